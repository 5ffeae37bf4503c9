import { useId } from 'react';
import { Button, Select } from '../../../design/controls/index.ts';
import { Figure, FigureStrip } from '../../../design/data/figure.tsx';
import { Empty, Loading } from '../../../design/feedback/states.tsx';
import { IconAdjustments, IconPlus, IconWorld, type StateKind, StateLabel, StateShape } from '../../../design/icons/index.ts';
import { Strip, TabBar } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { formatBytes, formatCount, formatRate } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { mayNow } from '../../shared/rights.ts';
import type { GatewayStatus } from '../model/address.ts';
import type { ActContext } from '../tunnel-actions.ts';
import { openTunnelDialog } from '../tunnels-dialogs.ts';
import { gatewayParts, showGateway, type TunnelsRoute } from '../tunnels-route.ts';
import type { TunnelsData } from '../use-tunnels-data.ts';
import type { GatewayTabProps } from './gateway-tab-props.ts';
import { RoutesTab } from './routes-tab.tsx';
import { SessionsTab } from './sessions-tab.tsx';
import { TokensTab } from './tokens-tab.tsx';

const shapes: Record<GatewayStatus['state'], StateKind> = { off: 'paused', starting: 'running', running: 'online', failed: 'failed' };
const contents = { routes: RoutesTab, sessions: SessionsTab, tokens: TokensTab };

interface GatewayViewProps {
  readonly route: TunnelsRoute;
  readonly data: TunnelsData;
  readonly context: ActContext;
}

/** The gateway of a node: where it listens, who is signed in, which addresses lead where, which tokens open it. */
export function GatewayView({ route, data, context }: GatewayViewProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const nameOf = useNodeNames();
  const nodeId = useShownNode(route.gateway, data);
  if (data.gateways === undefined || nodeId === undefined) {
    const { state } = data.gatewayList;
    if (state.kind === 'error')
      return <CallFailure title={t('gatewayFailed')} error={state.error} call="gateway.status" onRetry={data.gatewayList.retry} />;
    return <Loading rows={6} asking={(seconds) => common('asking', { node: t('allNodes'), seconds })} cancelLabel={common('cancel')} />;
  }
  const status = data.gateways.get(nodeId);
  return (
    <>
      <GatewayBar nodeId={nodeId} status={status} data={data} context={context} />
      {status === undefined ? (
        <div className="sb-empty" role="status">
          <h2>{t('gatewaySilent', { node: nameOf(nodeId) })}</h2>
          <p>{t('gatewaySilentDetail')}</p>
        </div>
      ) : status.state === 'off' ? (
        <GatewayOff nodeId={nodeId} context={context} />
      ) : (
        <Running nodeId={nodeId} status={status} route={route} context={context} />
      )}
    </>
  );
}

/** The node that the address names; else one whose gateway runs, else the own one. */
function useShownNode(asked: string | undefined, { gateways, ownId }: TunnelsData): string | undefined {
  const known = useCluster(({ nodes }) => nodes.some(({ nodeId }) => nodeId === asked));
  if (asked !== undefined && known) return asked;
  if (gateways?.get(ownId ?? '')?.state === 'running') return ownId;
  return [...(gateways ?? [])].find(([, { state }]) => state === 'running')?.[0] ?? ownId;
}

interface GatewayBarProps {
  readonly nodeId: string;
  readonly status: GatewayStatus | undefined;
  readonly data: TunnelsData;
  readonly context: ActContext;
}

function GatewayBar({ nodeId, status, data, context }: GatewayBarProps) {
  const { t } = useTranslation('tunnels');
  const nodes = useCluster((state) => state.nodes);
  const nameOf = useNodeNames();
  const mayChange = mayNow(context.rights, 'admin');
  return (
    <div className="sb-subbar tu-gateway-bar">
      {nodes.length > 1 ? (
        <Select
          aria-label={t('gatewayNode')}
          data={nodes.map((node) => {
            const state = data.gateways?.get(node.nodeId)?.state;
            return {
              value: node.nodeId,
              label: t('gatewayChoice', { node: nameOf(node.nodeId), state: t(`gateway_${state ?? 'unknown'}`) }),
            };
          })}
          value={nodeId}
          onChange={(next) => showGateway(next ?? undefined)}
          allowDeselect={false}
          searchable={nodes.length > 10}
          w={240}
        />
      ) : (
        <h2 className="sb-h">{nameOf(nodeId)}</h2>
      )}
      {status !== undefined && <StateLabel kind={shapes[status.state]}>{t(`gatewayIs_${status.state}`)}</StateLabel>}
      {status?.state === 'running' && (
        <span className="sb-2 sb-clip tu-exposure" title={t(`exposureHelp_${status.exposure}`)}>
          {status.exposure === 'public' && <IconWorld size={14} stroke={1.6} />}
          <span className="sb-clip">{t(`gatewayReach_${status.exposure}`)}</span>
        </span>
      )}
      <span className="sb-grow" />
      {status !== undefined && status.state !== 'off' && (
        <>
          <Button
            variant="default"
            leftSection={<IconAdjustments size={14} stroke={1.6} />}
            disabled={!mayChange}
            onClick={() => openTunnelDialog({ kind: 'gatewaySettings', nodeId })}
          >
            {t('act_gatewaySettings')}
          </Button>
          <Button variant="default" disabled={!mayChange} onClick={() => openTunnelDialog({ kind: 'turnOff', nodeId })}>
            {t('act_gatewayOff')}
          </Button>
        </>
      )}
    </div>
  );
}

function GatewayOff({ nodeId, context }: Pick<GatewayTabProps, 'nodeId' | 'context'>) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const nameOf = useNodeNames();
  const mayChange = mayNow(context.rights, 'admin');
  return (
    <Empty
      icon={<IconWorld size={24} stroke={1.5} />}
      title={t('gatewayOffTitle', { node: nameOf(nodeId) })}
      act={
        <>
          <Button
            leftSection={<IconPlus size={14} stroke={1.6} />}
            disabled={!mayChange}
            onClick={() => openTunnelDialog({ kind: 'gatewaySettings', nodeId })}
          >
            {t('act_gatewayOn')}
          </Button>
          {!mayChange && <span className="sb-3">{common('needsRole', { role: common('role_admin') })}</span>}
        </>
      }
      terminal={{ label: t('terminal'), command: 'signalbox gateway --domain field.example' }}
    >
      {t('gatewayOffText')}
    </Empty>
  );
}

function Running({ nodeId, status, route, context }: GatewayTabProps & { readonly route: TunnelsRoute }) {
  const { t } = useTranslation('tunnels');
  const panelId = useId();
  const Content = contents[route.part];
  return (
    <div className="sb-col sb-grow">
      {status.state === 'failed' && (
        <Strip tone="crit" icon={<StateShape kind="failed" />} fact={t('gatewayIs_failed')}>
          {status.detail}
        </Strip>
      )}
      <FigureStrip label={t('gatewayFigures')}>
        <Figure
          label={t('figure_address')}
          value={`*.${status.domain}`}
          sub={t('figure_addressSub', { listener: listenerText(status.public) })}
        />
        <Figure
          label={t('figure_agents')}
          value={formatCount(status.sessions)}
          sub={t('figure_agentsSub', { listener: listenerText(status.agents) })}
        />
        <Figure
          label={t('figure_requests')}
          value={formatRate(status.requestsPerSecond)}
          unit={t('aSecond')}
          sub={t('figure_requestsSub', { amount: formatCount(status.requests), inFlight: formatCount(status.inFlight) })}
        />
        <Figure
          label={t('figure_refused')}
          value={formatCount(status.refused)}
          sub={t('figure_refusedSub', { count: status.signInFailures, amount: formatCount(status.signInFailures) })}
        />
        <Figure
          label={t('figure_bytes')}
          value={formatBytes(status.bytesOut)}
          sub={t('figure_bytesSub', { size: formatBytes(status.bytesIn) })}
        />
      </FigureStrip>
      <TabBar
        label={t('gatewayTabs')}
        items={gatewayParts.map((id) => ({ id, label: t(`part_${id}`), ...(id === 'sessions' && { count: status.sessions }) }))}
        current={route.part}
        onChange={(part) => showGateway(nodeId, part)}
        panelId={panelId}
      />
      <div id={panelId} role="tabpanel" aria-label={t(`part_${route.part}`)} className="sb-col sb-grow">
        <Content nodeId={nodeId} status={status} context={context} />
      </div>
    </div>
  );
}

/** `0.0.0.0:8082, TLS` */
function listenerText({ host, port, tls }: GatewayStatus['public']): string {
  const place = port === null ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return tls ? `${place}, TLS` : place;
}
