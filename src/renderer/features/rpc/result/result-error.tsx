import { Button } from '../../../design/controls/index.ts';
import { ErrorPanel } from '../../../design/feedback/states.tsx';
import { IconCopy, IconRefresh } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatDuration, formatTime } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { copyAndSay } from '../acts.ts';
import { issuesOf } from '../model/problems.ts';
import type { Run } from '../state/run.ts';
import { send } from '../state/sending.ts';
import { shortOf } from './result-status.tsx';

/** What failed, whether it has run all the same, the facts, and what can be done. */
export function ResultError(props: { readonly run: Run; readonly tabId: string; readonly onReveal: (pointer: string) => void }) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const { run } = props;
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const { error } = run;
  if (error === undefined) return null;
  const executed = error.executed ?? 'maybe';
  const facts = [
    [common('error.code'), error.code],
    [common('error.node'), node],
    [common('error.call'), `${run.method}, ${formatTime(run.startedAtMs)}, ${formatDuration(run.durationMs)}`],
    [common('error.executed'), common(`error.executed_${executed}`)],
  ] as const;
  const issues = issuesOf(error);
  const cancelled = run.state === 'cancelled';
  const title = cancelled ? t('error_CANCELLED', { method: run.method }) : t(`error_${shortOf(error.code)}`, titleValues(run, node));
  const details = [
    title,
    error.message,
    ...facts.map(([label, value]) => `${label}: ${value}`),
    ...issues.map((issue) => `${issue.path}: ${issue.message}`),
  ];
  return (
    <div className="sb-scroll sb-rpc-error">
      <ErrorPanel
        title={title}
        meaning={`${error.message} ${t(`executed_${executed}`)}`}
        facts={facts}
        acts={
          <>
            <Button leftSection={<IconRefresh size={14} stroke={1.6} />} onClick={() => send(props.tabId)}>
              {common('tryAgain')}
            </Button>
            <Button variant="default" leftSection={<IconCopy size={14} stroke={1.6} />} onClick={() => void copyAndSay(details.join('\n'))}>
              {common('copyDetails')}
            </Button>
          </>
        }
      />
      {issues.length > 0 && (
        <ul className="sb-rpc-issues">
          {issues.map((issue) => (
            <li key={issue.path + issue.message}>
              <button type="button" className="sb-link sb-mono" onClick={() => props.onReveal(issue.path)}>
                {issue.path === '' ? '/' : issue.path}
              </button>
              <span>{issue.message}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function titleValues(run: Run, node: string) {
  return { method: run.method, node, time: formatDuration(run.timeoutMs) };
}
