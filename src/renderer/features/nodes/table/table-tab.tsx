import { useEffect, useMemo } from 'react';
import { provideActions } from '../../../app/actions/registry.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { SideColumn } from '../../../design/layout/split.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useFollowClusterMetrics } from '../../../state/cluster-metrics.ts';
import { useCall } from '../../../state/use-call.ts';
import { useFollowClusterProblems } from '../../shared/cluster-problems.ts';
import { NodeInspector } from '../inspector/inspector.tsx';
import { nodeActions, nodeTableActions } from '../node-actions.ts';
import { useNodesRoute } from '../nodes-route.ts';
import { useKnownNodes, useStale } from '../use-known-nodes.ts';
import { NodeTable } from './node-table.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { Alone, AloneStrip, OutOfSightStrip, UnknownStrip } from './strips.tsx';

/** The nodes of the cluster, one a row, and the selected one in detail. */
export function TableTab() {
  const { t } = useTranslation('nodes');
  const { t: common } = useTranslation('common');
  useFollowClusterMetrics();
  useFollowClusterProblems();
  const nodes = useKnownNodes();
  const route = useNodesRoute();
  const selected = nodes.find(({ nodeId }) => nodeId === route.nodeId);
  const stale = useStale();
  const alone = nodes.length === 1;
  const { state: mqtt } = useCall('mqtt.status', {}, { enabled: alone });
  const link = mqtt.kind === 'ready' || mqtt.kind === 'stale' ? mqtt.data : undefined;
  const actions = useMemo(
    () => [...nodeTableActions(t, route), ...(selected === undefined ? [] : nodeActions(t, selected))],
    [t, route, selected],
  );
  useEffect(() => provideActions('nodes', actions), [actions]);
  const [self] = nodes;
  if (self === undefined) {
    return (
      <Loading rows={12} asking={(seconds) => common('asking', { node: common('thisNode'), seconds })} cancelLabel={common('cancel')} />
    );
  }
  if (alone && route.nodeId === undefined) {
    // Whether it is alone by its settings is not known yet: a table of one would flash.
    if (mqtt.kind === 'loading') return null;
    if (link?.mode === 'off') return <Alone self={self} />;
  }
  return (
    <div className="sb-split nd-split">
      <div className="sb-col sb-grow">
        {!stale && <OutOfSightStrip nodes={nodes} />}
        {alone && link !== undefined && link.mode !== 'off' && <AloneStrip broker={link.broker} />}
        {route.nodeId !== undefined && selected === undefined && <UnknownStrip nodeId={route.nodeId} />}
        <NodeTable nodes={nodes} />
        {selected !== undefined && <SelectionBar node={selected} />}
      </div>
      {route.show !== undefined && selected !== undefined && (
        <SideColumn
          name="nodes.inspector"
          side="right"
          initialWidth={396}
          minWidth={388}
          maxWidth={720}
          label={t('inspectorWidth')}
          className="sb-col nd-inspector"
        >
          <NodeInspector node={selected} show={route.show} />
        </SideColumn>
      )}
    </div>
  );
}
