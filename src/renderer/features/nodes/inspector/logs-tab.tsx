import { useMemo, useState } from 'react';
import { type LogLevel, logLevels } from '../../../../common/contract/logs.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Select, TextInput } from '../../../design/controls/index.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { IconEraser, IconPlayerPause, IconPlayerPlay, IconSearch, StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { LogLineList } from '../../shared/logs/log-line-list.tsx';
import { filterLines } from '../../shared/logs/log-tail.ts';
import { useLogTail } from '../../shared/logs/use-log-tail.ts';
import { NodeAway } from './node-away.tsx';
import type { InspectedProps } from './use-ask.ts';

/** The node's logs, live. */
export function LogsTab({ node, reachable }: InspectedProps) {
  const { t } = useTranslation('nodes');
  const { t: logs } = useTranslation('logs');
  const { t: common } = useTranslation('common');
  const [least, setLeast] = useState<LogLevel>('info');
  const [text, setText] = useState('');
  const [paused, setPaused] = useState(false);
  const live = useLogTail({ name: 'all', paused, nodeId: node.self ? undefined : node.nodeId, enabled: reachable });
  const lines = useMemo(() => filterLines(live.lines, least, text), [live.lines, least, text]);
  if (!reachable && live.lines.length === 0) return <NodeAway node={node} missing="logs" />;
  if (live.failure !== undefined && live.lines.length === 0) {
    return (
      <CallFailure
        title={t('logsFailed', { name: node.name })}
        error={live.failure}
        call="logs.tail"
        node={node.name}
        // On another node a caller has the role of a setting there, whatever the person may do here.
        {...(live.failure.code === 'FORBIDDEN' && { hint: t('logsForbidden', { name: node.name }) })}
        onRetry={live.retry}
      />
    );
  }
  return (
    <>
      <div className="sb-subbar nd-bar">
        <Select
          aria-label={logs('showLevel')}
          className="nd-log-level"
          value={least}
          onChange={(next) => next !== null && setLeast(next as LogLevel)}
          data={logLevels.map((value) => ({ value, label: logs(`level_${value}`) }))}
        />
        <TextInput
          aria-label={logs('filterLines')}
          placeholder={logs('filterLines')}
          className="sb-grow"
          leftSection={<IconSearch size={14} stroke={1.6} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <IconButton label={paused ? logs('resume') : logs('pause')} pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? <IconPlayerPlay size={16} stroke={1.6} /> : <IconPlayerPause size={16} stroke={1.6} />}
        </IconButton>
        <IconButton label={logs('clearLines')} onClick={live.clear}>
          <IconEraser size={16} stroke={1.6} />
        </IconButton>
      </div>
      {!reachable && <NodeAway node={node} missing="logs" />}
      {paused && (
        <Strip tone="mode" icon={<StateShape kind="paused" />} fact={logs('paused')}>
          {logs('pausedDetail')}
        </Strip>
      )}
      {reachable && live.liveFailure !== undefined && (
        <Strip tone="warn" icon={<StateShape kind="warn" />} fact={t('notLive')}>
          {live.liveFailure.message}
        </Strip>
      )}
      {live.loading && live.lines.length === 0 ? (
        <Loading rows={12} asking={(seconds) => common('asking', { node: node.name, seconds })} cancelLabel={common('cancel')} />
      ) : lines.length === 0 ? (
        <p className="sb-2 sb-grow nd-pad">{live.lines.length === 0 ? logs('noLines') : logs('noLineMatches', { text })}</p>
      ) : (
        <LogLineList lines={lines} dropped={live.gone} paused={paused} narrow />
      )}
      <div className="nd-counters">
        <span>{logs('linesShown', { shown: formatCount(lines.length), kept: formatCount(live.lines.length) })}</span>
        {live.missed > 0 && <span className="sb-warn">{logs('linesMissed', { amount: formatCount(live.missed) })}</span>}
      </div>
    </>
  );
}
