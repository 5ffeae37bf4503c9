import './tunnels.css';
import './texts.ts';
import { type ReactNode, useEffect, useId, useMemo } from 'react';
import type { TunnelInfo } from '../../../common/contract/tunnels.ts';
import { type Action, provideActions } from '../../app/actions/registry.ts';
import { Button, useMediaQuery } from '../../design/controls/index.ts';
import { Loading } from '../../design/feedback/states.tsx';
import { IconPlus } from '../../design/icons/index.ts';
import { TabBar, ViewBar } from '../../design/layout/bars.tsx';
import { TopRow } from '../../design/layout/row-split.tsx';
import { SideColumn } from '../../design/layout/split.tsx';
import { onDemand } from '../../design/on-demand.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { formatRate } from '../../state/format.ts';
import { useNodeNames } from '../../state/node-names.ts';
import { dataOf } from '../../state/use-call.ts';
import { CallFailure } from '../shared/call-failure.tsx';
import { mayNow, RightsContext, usePersonsRights } from '../shared/rights.ts';
import { StaleStrip } from '../shared/stale-strip.tsx';
import { orderRows } from '../shared/table/table-model.ts';
import { sumTunnels } from '../shared/tunnels/tunnel-health.ts';
import { TunnelAbout } from './about/tunnel-about.tsx';
import { OpenTunnelDialog } from './dialogs/open-tunnel-dialog.tsx';
import { NoTunnels } from './empty.tsx';
import { SelectionBar } from './list/selection-bar.tsx';
import { TunnelList } from './list/tunnel-list.tsx';
import { Live } from './live/live.tsx';
import { findTunnel, tunnelTable } from './model/tunnel-table.ts';
import { SilentStrip } from './strips.tsx';
import { type ActContext, screenActions, tunnelActions } from './tunnel-actions.ts';
import { closeTunnelDialog, openTunnelDialog } from './tunnels-dialogs.ts';
import { showFirstTunnel, showGateway, showTunnel, type TunnelsRoute, useTunnelsRoute } from './tunnels-route.ts';
import { useLive, useTableOrder } from './tunnels-store.ts';
import { type TunnelsData, useTunnelsData } from './use-tunnels-data.ts';

const GatewayView = onDemand(() => import('./gateway/gateway-view.tsx').then((module) => module.GatewayView));
const RequestInspector = onDemand(() => import('./request/request-inspector.tsx').then((module) => module.RequestInspector));

/** The Tunnels screen: local services that are reached from outside, their requests as they come, the gateways (ui.md 4.6). */
export function Tunnels() {
  const { t } = useTranslation('tunnels');
  const route = useTunnelsRoute();
  const data = useTunnelsData();
  const rights = usePersonsRights();
  const panelId = useId();
  const { ownId, refresh } = data;
  const context = useMemo<ActContext>(() => ({ t, rights, ownId, refresh }), [t, rights, ownId, refresh]);
  const chosen = findTunnel(data.tunnels, route.tunnel);
  useActionsOf(context, route, chosen);
  useFirstTunnel(route, data);
  useEffect(() => closeTunnelDialog, []);
  const gateways = [...(data.gateways?.values() ?? [])].filter(({ state }) => state !== 'off').length;
  const tab = route.gateway === undefined ? 'tunnels' : 'gateways';
  return (
    <RightsContext value={rights}>
      <ViewBar title={t('title')} detail={<Count data={data} />}>
        <Button
          leftSection={<IconPlus size={14} stroke={1.6} />}
          disabled={!mayNow(rights, 'operator')}
          onClick={() => openTunnelDialog({ kind: 'expose' })}
        >
          {t('expose')}
        </Button>
      </ViewBar>
      <TabBar
        label={t('tabs')}
        items={[
          { id: 'tunnels', label: t('tab_tunnels'), count: data.tunnels.length },
          { id: 'gateways', label: t('tab_gateways'), count: gateways },
        ]}
        current={tab}
        onChange={(next) => (next === 'tunnels' ? showTunnel() : showGateway())}
        panelId={panelId}
      />
      <div id={panelId} role="tabpanel" aria-label={t(`tab_${tab}`)} className="sb-col sb-grow">
        {route.gateway === undefined ? (
          <Content route={route} data={data} chosen={chosen} context={context} />
        ) : (
          <GatewayView route={route} data={data} context={context} />
        )}
      </div>
      <OpenTunnelDialog data={data} context={context} />
    </RightsContext>
  );
}

/** `3 tunnels · 2 nodes · 12.4 requests/s` */
function Count({ data }: { readonly data: TunnelsData }) {
  const { t } = useTranslation('tunnels');
  const { tunnels } = data;
  if (dataOf(data.list.state) === undefined) return null;
  if (tunnels.length === 0) return '0';
  const { wanted, up, requestsPerSecond } = sumTunnels(tunnels);
  return [
    t('countUp', { up, count: wanted }),
    t('countNodes', { count: new Set(tunnels.map(({ nodeId }) => nodeId)).size }),
    t('countRate', { rate: formatRate(requestsPerSecond) }),
  ].join(' · ');
}

interface ContentProps {
  readonly route: TunnelsRoute;
  readonly data: TunnelsData;
  readonly chosen: TunnelInfo | undefined;
  readonly context: ActContext;
}

function Content({ route, data, chosen, context }: ContentProps): ReactNode {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const { state, retry, cancel } = data.list;
  if (state.kind === 'loading') {
    return (
      <Loading
        rows={8}
        asking={(seconds) => common('asking', { node: t('allNodes'), seconds })}
        cancelLabel={common('cancel')}
        onCancel={cancel}
      />
    );
  }
  if (state.kind === 'error') return <CallFailure title={t('listFailed')} error={state.error} call="tunnels.list" onRetry={retry} />;
  return (
    <>
      <StaleStrip state={state} onRetry={retry} />
      <SilentStrip silent={data.silent} answered={state.data.results.length - failures(data)} onRetry={data.refresh} />
      {data.tunnels.length === 0 ? <NoTunnels data={data} /> : <TunnelsView route={route} data={data} chosen={chosen} context={context} />}
    </>
  );
}

/** Nodes that answered, with an error. */
function failures({ silent }: TunnelsData): number {
  return silent.filter(({ code }) => code !== undefined).length;
}

/** Height of head and rows of the table in px, as it first is: five tunnels. */
const tableHeightPx = 204;

function TunnelsView({ route, data, chosen, context }: ContentProps) {
  const { t } = useTranslation('tunnels');
  const stale = chosen !== undefined && data.staleIds.has(chosen.tunnelId);
  return (
    <>
      <TopRow
        name="tunnels.table"
        initialHeight={Math.min(tableHeightPx, 64 + 28 * Math.max(2, data.tunnels.length))}
        minHeight={88}
        minHeightBelow={180}
        label={t('tableHeight')}
        className="sb-col tu-top"
      >
        <TunnelList data={data} chosen={chosen} context={context} />
        {chosen !== undefined && <SelectionBar tunnel={chosen} context={context} />}
      </TopRow>
      {chosen === undefined ? (
        <NothingChosen asked={route.tunnel} />
      ) : (
        <div className="sb-split tu-split">
          <div className="sb-col sb-grow">
            <Live key={chosen.tunnelId} tunnel={chosen} filter={route.filter} selected={route.request} context={context} />
          </div>
          <Side route={route} tunnel={chosen} stale={stale} context={context} />
        </div>
      )}
    </>
  );
}

interface SideProps {
  readonly route: TunnelsRoute;
  readonly tunnel: TunnelInfo;
  readonly stale: boolean;
  readonly context: ActContext;
}

/** At the right: the request that is looked at, else the facts of the tunnel. In a narrow window it lies over the list, when it is asked for. */
function Side({ route, tunnel, stale, context }: SideProps) {
  const { t } = useTranslation('tunnels');
  const wide = useMediaQuery('(min-width: 1100px)', true, { getInitialValueInEffect: false });
  const about = useLive((state) => state.about);
  if (route.request === undefined && !wide && !about) return null;
  return (
    <SideColumn
      name="tunnels.inspector"
      side="right"
      initialWidth={468}
      minWidth={320}
      maxWidth={760}
      label={t('inspectorWidth')}
      className="sb-col tu-inspector"
    >
      {route.request === undefined ? (
        <TunnelAbout tunnel={tunnel} stale={stale} />
      ) : (
        <RequestInspector key={route.request} tunnel={tunnel} requestId={route.request} tab={route.requestTab} context={context} />
      )}
    </SideColumn>
  );
}

/** An address led to a tunnel that is not there, or none is chosen. */
function NothingChosen({ asked }: { readonly asked: string | undefined }) {
  const { t } = useTranslation('tunnels');
  if (asked === undefined) return null;
  return (
    <div className="sb-empty tu-empty" role="status">
      <h2>{t('notKnown', { name: asked })}</h2>
      <p>{t('notKnownDetail')}</p>
    </div>
  );
}

/** What can be done now, for palette and keys. Figures change every second and acts do not: they are told when they differ. */
function useActionsOf(context: ActContext, route: TunnelsRoute, chosen: TunnelInfo | undefined): void {
  const key = `${chosen?.tunnelId} ${chosen?.enabled} ${chosen?.publicUrls[0]}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what the acts hang on
  const actions = useMemo<readonly Action[]>(
    () => [
      ...screenActions(context, route, chosen !== undefined),
      ...(route.gateway === undefined && chosen !== undefined ? tunnelActions(context, chosen) : []),
    ],
    [context, route, key],
  );
  useEffect(() => provideActions('tunnels', actions), [actions]);
}

/** A screen that was opened without a tunnel shows the first one. */
function useFirstTunnel(route: TunnelsRoute, data: TunnelsData): void {
  const sort = useTableOrder((state) => state.sort);
  const nameOf = useNodeNames();
  const none = route.tunnel === undefined && route.gateway === undefined;
  const first = none ? orderRows(tunnelTable, data.tunnels, sort, nameOf)[0]?.tunnelId : undefined;
  useEffect(() => {
    if (first !== undefined) showFirstTunnel(first);
  }, [first]);
}
