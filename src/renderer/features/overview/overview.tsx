import './overview.css';
import { useEffect, useMemo } from 'react';
import { provideActions } from '../../app/actions/registry.ts';
import { useRoute } from '../../app/routes.ts';
import { onDemand } from '../../design/on-demand.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useScope } from '../../state/scope.ts';
import { rangeOf } from './model/ranges.ts';
import { NodeOverview } from './node-overview.tsx';
import { overviewActions } from './overview-actions.ts';

// The first screen is that of the own node.
const ClusterOverview = onDemand(() => import('./cluster-overview.tsx').then((module) => module.ClusterOverview));

/** How the instance is that the console looks at: one node, or all of them together (ui.md 4.1). */
export function Overview() {
  const { t } = useTranslation('overview');
  const range = rangeOf(useRoute().query.get('range'));
  const scope = useScope((state) => state.scope);
  const actions = useMemo(() => overviewActions(t), [t]);
  useEffect(() => provideActions('overview', actions), [actions]);
  if (scope.kind === 'all') return <ClusterOverview range={range} />;
  const nodeId = scope.kind === 'node' ? scope.nodeId : undefined;
  return <NodeOverview key={nodeId ?? ''} nodeId={nodeId} range={range} />;
}
