import { goTo } from '../../../app/routes.ts';
import { Button } from '../../../design/controls/index.ts';
import { ErrorPanel } from '../../../design/feedback/states.tsx';
import { IconCopy, IconRefresh } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useClusterNode } from '../../../state/cluster.ts';
import { formatDuration, formatTime } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { trustAdvice } from '../../shared/trust-words.ts';
import { copyAndSay } from '../acts.ts';
import { issuesOf } from '../model/problems.ts';
import { useTargetName } from '../request/target-picker.tsx';
import type { Run } from '../state/run.ts';
import { send } from '../state/sending.ts';
import { timeoutText } from '../timeout-text.ts';
import { absence, adviceOf, shortOf } from './error-words.ts';

/** What failed, whether it has run all the same, the facts, and what can be done. */
export function ResultError(props: { readonly run: Run; readonly tabId: string; readonly onReveal: (pointer: string) => void }) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const { run } = props;
  const labelOf = useTargetName();
  const nameOf = useNodeNames();
  const own = useNode(({ status }) => status?.nodeId);
  const elsewhere = elsewhereOf(run, own);
  const info = useClusterNode(elsewhere);
  const node = elsewhere === undefined ? labelOf(run.target) : nameOf(elsewhere);
  const { error } = run;
  if (error === undefined) return null;
  const executed = error.executed ?? 'maybe';
  const facts = [
    [common('error.code'), error.code],
    [common('error.node'), elsewhere === undefined ? node : `${node} (${elsewhere})`],
    [common('error.call'), `${run.method}, ${formatTime(run.startedAtMs)}, ${formatDuration(run.durationMs)}`],
    [common('error.executed'), common(`error.executed_${executed}`)],
  ] as const;
  const issues = issuesOf(error);
  const cancelled = run.state === 'cancelled';
  const title = cancelled ? t('error_CANCELLED', { method: run.method }) : t(`error_${shortOf(error.code)}`, titleValues(run, node));
  const advice = elsewhere === undefined || cancelled ? undefined : (adviceOf(t, error.code, node) ?? trustAdvice(common, error.code));
  const since = error.code === 'NODE_UNREACHABLE' && info !== undefined && info.status !== 'online' ? `${absence(t, info)}.` : undefined;
  const meaning = [since ?? error.message, t(`executed_${executed}`), advice].filter((part) => part !== undefined).join(' ');
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
        meaning={meaning}
        facts={facts}
        acts={
          <>
            <Button leftSection={<IconRefresh size={14} stroke={1.6} />} onClick={() => send(props.tabId)}>
              {common('tryAgain')}
            </Button>
            {elsewhere !== undefined && (
              <Button variant="default" onClick={() => goTo('nodes', { node: elsewhere })}>
                {t('openNode')}
              </Button>
            )}
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

/** The other node that an error is about; undefined where it is the own one, or nobody knows. */
function elsewhereOf({ target, answeredBy }: Run, own: string | undefined): string | undefined {
  if (target.kind === 'node') return target.nodeId;
  return target.kind === 'any' && answeredBy !== own ? answeredBy : undefined;
}

function titleValues(run: Run, node: string) {
  return { method: run.method, node, time: timeoutText(run.timeoutMs) };
}
