import type { GatheredResults } from '../../../../common/wire/messages.ts';
import { useNow } from '../../../app/frame/connection-label.tsx';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { saveTextFile } from '../../../design/copy-text.ts';
import { IconCopy, IconDownload, StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge, formatBytes, formatDuration } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { copyAndSay } from '../acts.ts';
import { nodeGrid } from '../model/result-table.ts';
import type { Run } from '../state/run.ts';

/** State, time, size and node of an answer; copy and save. */
export function ResultStatus({ run, gathered }: { readonly run: Run; readonly gathered: GatheredResults | undefined }) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const nodeName = useNode(({ status }) => status?.name);
  const running = run.state === 'running';
  const nowMs = useNow(running);
  const facts = [
    running ? formatAge(nowMs - run.startedAtMs) : formatDuration(run.durationMs),
    run.state === 'ok' ? formatBytes(run.bytes) : undefined,
    gathered === undefined ? nodeName : undefined,
  ].filter((fact) => fact !== undefined);
  return (
    <div className="sb-flex" role="status">
      <RunState run={run} gathered={gathered} />
      <span className="sb-3 sb-num sb-clip">{facts.join(' · ')}</span>
      {run.state === 'ok' && (
        <>
          <IconButton label={common('copy')} onClick={() => void copyAndSay(JSON.stringify(run.data, null, 2))}>
            <IconCopy size={14} stroke={1.6} />
          </IconButton>
          <IconButton label={t('saveAnswer')} onClick={() => saveTextFile(`${run.method}.json`, JSON.stringify(run.data, null, 2))}>
            <IconDownload size={14} stroke={1.6} />
          </IconButton>
        </>
      )}
    </div>
  );
}

function RunState({ run, gathered }: { readonly run: Run; readonly gathered: GatheredResults | undefined }) {
  const { t } = useTranslation('rpc');
  if (run.state === 'running') return <StateLabel kind="running">{t('waiting')}</StateLabel>;
  if (run.state === 'cancelled') return <StateLabel kind="paused">{t('outcome_cancelled')}</StateLabel>;
  if (run.error !== undefined) return <StateLabel kind="failed">{t(`errorShort_${shortOf(run.error.code)}`)}</StateLabel>;
  if (gathered === undefined) return <StateLabel kind="online">{t('outcome_ok')}</StateLabel>;
  const { answered, rows } = nodeGrid(gathered);
  return <StateLabel kind={answered === rows.length ? 'online' : 'warn'}>{t('answered', { answered, asked: rows.length })}</StateLabel>;
}

/** The few words for a code; any other failed. */
export function shortOf(code: string) {
  switch (code) {
    case 'TIMEOUT':
    case 'METHOD_NOT_FOUND':
    case 'FORBIDDEN':
    case 'INVALID_PARAMS':
    case 'NODE_UNREACHABLE':
    case 'NODE_LOST':
      return code;
    default:
      return 'other';
  }
}
