import { goTo } from '../../../app/routes.ts';
import { GridTable } from '../../../design/data/grid-table.tsx';
import { Loading } from '../../../design/feedback/states.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatRate } from '../../../state/format.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { tunnelHealth, tunnelShapes } from '../../shared/tunnels/tunnel-health.ts';
import { NodeAway } from './node-away.tsx';
import type { InspectedProps } from './use-ask.ts';

const everyMs = 2_000;

/** Local services of the node that are reached from outside. */
export function TunnelsTab({ node, reachable }: InspectedProps) {
  const { t } = useTranslation('nodes');
  const { t: common } = useTranslation('common');
  const nodeId = node.self ? undefined : node.nodeId;
  const { state, retry, cancel } = useCall('tunnels.list', {}, { pollMs: everyMs, nodeId, enabled: reachable });
  const tunnels = dataOf(state)?.tunnels;
  if (tunnels === undefined) {
    if (!reachable) return <NodeAway node={node} missing="tunnels" />;
    if (state.kind === 'error') {
      return <CallFailure title={t('tunnelsFailed')} error={state.error} call="tunnels.list" node={node.name} onRetry={retry} />;
    }
    return (
      <Loading asking={(seconds) => common('asking', { node: node.name, seconds })} cancelLabel={common('cancel')} onCancel={cancel} />
    );
  }
  if (tunnels.length === 0) return <p className="sb-sec sb-3">{t('tunnelsNone', { name: node.name })}</p>;
  return (
    <ScrollArea label={t('show_tunnels')}>
      <GridTable
        label={t('show_tunnels')}
        columns={[
          { id: 'name', title: t('tunnelsName'), width: 'minmax(80px, 1fr)' },
          { id: 'service', title: t('tunnelsService'), width: '72px' },
          { id: 'state', title: t('tunnelsState'), width: '108px' },
          { id: 'rate', title: t('tunnelsRate'), width: '48px', right: true },
        ]}
        rows={tunnels.map((tunnel) => {
          const health = tunnelHealth(tunnel);
          return {
            id: tunnel.tunnelId,
            cells: [
              <button key="name" type="button" className="sb-link sb-clip" onClick={() => goTo('tunnels', {}, { object: tunnel.tunnelId })}>
                {tunnel.agentId}
              </button>,
              <span key="service" className="sb-mono">{`:${tunnel.target.port}`}</span>,
              <StateLabel key="state" kind={tunnelShapes[health]}>
                {t(`tunnels_${health}`)}
              </StateLabel>,
              formatRate(tunnel.requestsPerSecond),
            ],
          };
        })}
      />
    </ScrollArea>
  );
}
