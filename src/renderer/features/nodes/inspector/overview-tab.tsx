import type { Problem } from '../../../../common/contract/node.ts';
import { IconAlertTriangle } from '../../../design/icons/index.ts';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge } from '../../../state/format.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { Facts } from './facts.tsx';
import { LoadCharts } from './load-charts.tsx';
import { NodeAway, NotAnswering } from './node-away.tsx';
import { RoundTrips } from './round-trips.tsx';
import { answerOf, type InspectedProps, useAsk } from './use-ask.ts';

const statusEveryMs = 5_000;

/** How the node is: its problems, what it is, its load of the last minutes, the way to it. */
export function OverviewTab(props: InspectedProps) {
  const { t } = useTranslation('nodes');
  const { node, reachable } = props;
  const { state, retry } = useAsk(props, 'node.status', {}, { pollMs: statusEveryMs });
  const answer = answerOf(state);
  return (
    <ScrollArea label={t('show_overview')}>
      {!reachable && <NodeAway node={node} missing="overview" shownAtMs={answer?.atMs} />}
      {reachable && <NotAnswering node={node} state={state} />}
      {reachable && answer?.data.problems.map((problem) => <ProblemStrip key={problem.id} problem={problem} />)}
      {reachable && state.kind === 'error' && (
        <CallFailure
          title={t('statusFailed', { name: node.name })}
          error={state.error}
          call="node.status"
          node={node.name}
          onRetry={retry}
        />
      )}
      <Facts {...props} status={answer?.data} />
      <LoadCharts {...props} />
      {!node.self && <RoundTrips {...props} />}
    </ScrollArea>
  );
}

function ProblemStrip({ problem }: { readonly problem: Problem }) {
  const { t } = useTranslation('nodes');
  return (
    <div className={`nd-problem sb-strip ${problem.severity}`} role={problem.severity === 'crit' ? 'alert' : 'status'}>
      <IconAlertTriangle size={14} stroke={1.6} className={`sb-${problem.severity}`} />
      <p>
        <b>{problem.title}</b> <span className="sb-num">· {t('forTime', { age: formatAge(Date.now() - problem.sinceMs) })}</span>
        <br />
        <span className="sb-2">{problem.detail}</span>
      </p>
    </div>
  );
}
