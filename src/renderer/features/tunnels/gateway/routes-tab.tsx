import type { GatewayRoute } from '../../../../common/contract/gateway.ts';
import { Button } from '../../../design/controls/index.ts';
import { IconPlus, type StateKind, StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatRate } from '../../../state/format.ts';
import { actOf, mayNow } from '../../shared/rights.ts';
import { ChosenTable } from '../../shared/table/chosen-table.tsx';
import { copyAndSay } from '../copy-acts.ts';
import { shortAddress } from '../model/tunnel-table.ts';
import { openTunnelDialog } from '../tunnels-dialogs.ts';
import { msNumber, percentWords } from '../words.ts';
import type { GatewayTabProps } from './gateway-tab-props.ts';
import { useGatewayCall } from './use-gateway-call.tsx';

const shapes: Record<GatewayRoute['state'], StateKind> = { up: 'online', grace: 'running', down: 'offline' };

/** Every address that the gateway answers for. */
export function RoutesTab({ nodeId, status, context }: GatewayTabProps) {
  const { t } = useTranslation('tunnels');
  const { answer, otherwise } = useGatewayCall('gateway.routes', nodeId, context.ownId);
  if (answer === undefined) return otherwise;
  const mayChange = mayNow(context.rights, 'admin');
  const add = (
    <Button
      variant="default"
      leftSection={<IconPlus size={14} stroke={1.6} />}
      disabled={!mayChange}
      onClick={() => openTunnelDialog({ kind: 'createRoute', nodeId })}
    >
      {t('act_createRoute')}
    </Button>
  );
  if (answer.routes.length === 0) {
    return (
      <div className="sb-empty" role="status">
        <h2>{t('noRoutes')}</h2>
        <p>{t('noRoutesDetail', { domain: status.domain })}</p>
        <div className="sb-flex">{add}</div>
      </div>
    );
  }
  const keyOf = (row: GatewayRoute) => row.routeId ?? `${row.kind} ${row.url} ${row.agentId}`;
  return (
    <ChosenTable
      id="tunnels-routes"
      label={t('part_routes')}
      rows={answer.routes}
      keyOf={keyOf}
      nameOf={({ url }) => shortAddress(url)}
      columns={[
        {
          id: 'address',
          title: t('col_address'),
          minPx: 160,
          share: 1.4,
          leaves: 0,
          by: ({ url }) => shortAddress(url),
          cell: ({ url }) => (
            <b className="tu-strong" title={url}>
              {shortAddress(url)}
            </b>
          ),
        },
        {
          id: 'agent',
          title: t('col_agent'),
          minPx: 88,
          share: 0.8,
          leaves: 3,
          by: ({ agentId }) => agentId,
          cell: ({ agentId }) => agentId,
        },
        {
          id: 'state',
          title: t('col_state'),
          minPx: 104,
          leaves: 0,
          by: ({ state }) => state,
          cell: ({ state }) => <StateLabel kind={shapes[state]}>{t(`route_${state}`)}</StateLabel>,
        },
        {
          id: 'rate',
          title: t('col_rate'),
          minPx: 60,
          leaves: 4,
          right: true,
          largestFirst: true,
          by: ({ requestsPerSecond }) => requestsPerSecond,
          cell: ({ requestsPerSecond }) => formatRate(requestsPerSecond),
        },
        {
          id: 'p95',
          title: t('col_p95'),
          minPx: 60,
          leaves: 5,
          right: true,
          largestFirst: true,
          by: ({ p95Ms }) => p95Ms,
          cell: ({ p95Ms }) => msNumber(p95Ms),
        },
        {
          id: 'errors',
          title: t('col_errors'),
          minPx: 56,
          leaves: 1,
          right: true,
          largestFirst: true,
          by: ({ errorRatio }) => errorRatio,
          cell: ({ errorRatio }) => <span className={(errorRatio ?? 0) > 0 ? 'sb-warn' : undefined}>{percentWords(errorRatio)}</span>,
        },
        {
          id: 'refused',
          title: t('col_refused'),
          hint: t('hint_refused'),
          minPx: 64,
          leaves: 2,
          right: true,
          largestFirst: true,
          by: ({ refused }) => refused,
          cell: ({ refused }) => formatCount(refused),
        },
        {
          id: 'source',
          title: t('col_source'),
          minPx: 88,
          share: 0.7,
          leaves: 6,
          by: ({ routeId }) => (routeId === null ? 0 : 1),
          cell: ({ routeId, access }) => (
            <span className="sb-2">
              {[
                t(routeId === null ? 'source_agent' : 'source_person'),
                ...(access.basicAuth === null ? [] : [t('rule_password')]),
                ...(access.allowedAddresses.length === 0 ? [] : [t('rule_addresses', { count: access.allowedAddresses.length })]),
              ].join(', ')}
            </span>
          ),
        },
      ]}
      actionsOf={({ routeId, url }) => [
        actOf(context.rights, 'tunnels.copyRoute', t('act_copy'), 0, 'viewer', () => void copyAndSay(url, shortAddress(url)), url),
        ...(routeId === null
          ? []
          : [
              actOf(
                context.rights,
                'tunnels.deleteRoute',
                t('act_deleteRoute'),
                2,
                'admin',
                () => openTunnelDialog({ kind: 'deleteRoute', nodeId, routeId }),
                url,
              ),
            ]),
      ]}
      acts={add}
    />
  );
}
