import './logs.css';
import './texts.ts';
import { useState } from 'react';
import type { LogLevel } from '../../../../common/contract/logs.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { copyText } from '../../../design/copy-text.ts';
import { JsonView } from '../../../design/data/json-view.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconCopy, IconX, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatTime } from '../../../state/format.ts';
import { fieldsText, type LogLine, toPlainText } from './log-tail.ts';

const wide = '88px 56px 88px minmax(0, 1fr)';
const slim = '56px 40px minmax(0, 1fr)';
const tones: Partial<Record<LogLevel, string>> = { warn: 'sb-warn', error: 'sb-crit', fatal: 'sb-crit', debug: 'sb-3', trace: 'sb-3' };

/** The lines, newest last; the chosen one in full below. */
export function LogLineList(props: {
  readonly lines: readonly LogLine[];
  readonly dropped: number;
  readonly paused: boolean;
  /** For a column beside something else: seconds are enough, and the name of the log is in the line's detail. */
  readonly narrow?: boolean;
}) {
  const { t } = useTranslation('logs');
  const rowHeight = useRowHeight('--sb-tree-row');
  const [following, setFollowing] = useState(true);
  const [selectedId, setSelectedId] = useState<number>();
  const { lines } = props;
  const isNarrow = props.narrow === true;
  const columns = isNarrow ? slim : wide;
  const index = selectedId === undefined ? -1 : lines.findIndex(({ id }) => id === selectedId);
  const selected = lines[index];
  return (
    <>
      <VirtualList
        label={t('lines')}
        count={lines.length}
        rowHeight={rowHeight}
        columns={columns}
        rowClassName="compact"
        keyOf={(row) => lines[row]?.id ?? row}
        followTail={following && !props.paused && selected === undefined}
        onFollowChange={setFollowing}
        dropped={props.dropped}
        selectedIndex={index === -1 ? undefined : index}
        onSelect={(row) => setSelectedId(lines[row]?.id)}
        head={
          <div className="sb-head" style={{ gridTemplateColumns: columns }}>
            <span>{t('time')}</span>
            <span>{t('level')}</span>
            {!isNarrow && <span>{t('log')}</span>}
            <span>{t('message')}</span>
          </div>
        }
        renderRow={(row) => {
          const line = lines[row];
          return line === undefined ? null : <LineCells line={line} narrow={isNarrow} />;
        }}
      />
      {selected !== undefined && <LineDetail line={selected} onClose={() => setSelectedId(undefined)} />}
    </>
  );
}

function LineCells({ line, narrow }: { readonly line: LogLine; readonly narrow: boolean }) {
  const { t } = useTranslation('logs');
  const tone = tones[line.level];
  return (
    <>
      <span className="sb-3">{formatTime(line.timestamp, { milliseconds: !narrow })}</span>
      <span className={tone}>{t(`level_${line.level}`)}</span>
      {!narrow && <span className="sb-2">{line.log}</span>}
      <span>
        {line.message} <span className="sb-3 sb-mono">{fieldsText(line)}</span>
      </span>
    </>
  );
}

function LineDetail({ line, onClose }: { readonly line: LogLine; readonly onClose: () => void }) {
  const { t } = useTranslation('logs');
  const { t: common } = useTranslation('common');
  const { id: _, ...entry } = line;
  const copy = () => void copyText(toPlainText(line)).then((done) => done && showToast({ title: t('lineCopied') }));
  return (
    <div className="log-line-detail">
      <div className="sb-part-head">
        {tones[line.level] === 'sb-crit' && <StateShape kind="failed" />}
        {line.level === 'warn' && <StateShape kind="warn" />}
        <span className="sb-h sb-clip sb-select">{line.message}</span>
        <span className="sb-grow" />
        <IconButton label={t('copyLine')} onClick={copy}>
          <IconCopy size={14} stroke={1.6} />
        </IconButton>
        <IconButton label={common('close')} onClick={onClose}>
          <IconX size={14} stroke={1.6} />
        </IconButton>
      </div>
      <JsonView text={JSON.stringify(entry, null, 2)} label={t('lineInFull')} />
    </div>
  );
}
