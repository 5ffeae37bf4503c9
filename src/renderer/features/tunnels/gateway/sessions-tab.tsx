import type { GatewaySession } from '../../../../common/contract/gateway.ts';
import { goTo } from '../../../app/routes.ts';
import { type StateKind, StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatDuration } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { actOf } from '../../shared/rights.ts';
import { ChosenTable } from '../../shared/table/chosen-table.tsx';
import { openTunnelDialog } from '../tunnels-dialogs.ts';
import { msNumber } from '../words.ts';
import type { GatewayTabProps } from './gateway-tab-props.ts';
import { useGatewayCall } from './use-gateway-call.tsx';

const shapes: Record<GatewaySession['state'], StateKind> = { up: 'online', draining: 'draining', grace: 'running' };

/** Agents that are signed in. */
export function SessionsTab({ nodeId, status, context }: GatewayTabProps) {
  const { t } = useTranslation('tunnels');
  const nameOf = useNodeNames();
  const { answer, otherwise } = useGatewayCall('gateway.sessions', nodeId, context.ownId);
  if (answer === undefined) return otherwise;
  if (answer.sessions.length === 0) {
    return (
      <div className="sb-empty" role="status">
        <h2>{t('noSessions')}</h2>
        <p>{t('noSessionsDetail', { url: status.agentsUrl ?? '' })}</p>
      </div>
    );
  }
  const placeOf = ({ nodeId: agentNode, remoteAddress }: GatewaySession) => (agentNode === null ? remoteAddress : nameOf(agentNode));
  return (
    <ChosenTable
      id="tunnels-sessions"
      label={t('part_sessions')}
      rows={answer.sessions}
      keyOf={({ sessionId }) => sessionId}
      nameOf={({ agentId }) => agentId}
      columns={[
        {
          id: 'agent',
          title: t('col_agent'),
          minPx: 104,
          share: 1,
          leaves: 0,
          by: ({ agentId }) => agentId,
          cell: ({ agentId }) => <b className="tu-strong">{agentId}</b>,
        },
        {
          id: 'state',
          title: t('col_state'),
          minPx: 112,
          leaves: 0,
          by: ({ state }) => state,
          cell: ({ state }) => <StateLabel kind={shapes[state]}>{t(`session_${state}`)}</StateLabel>,
        },
        {
          id: 'from',
          title: t('col_from'),
          minPx: 104,
          share: 1,
          leaves: 3,
          by: placeOf,
          cell: (row) => (
            <span className="sb-2" title={`${row.remoteAddress}${row.tls ? ', TLS' : ''}`}>
              {placeOf(row)}
              {!row.tls && <span className="sb-3"> {t('plain')}</span>}
            </span>
          ),
        },
        {
          id: 'protocol',
          title: t('col_protocol'),
          minPx: 104,
          leaves: 6,
          by: ({ protocol }) => protocol,
          cell: ({ protocol, kind }) => (
            <span className="sb-2">{`${t(`protocol_${protocol}`)}${kind === 'http' ? '' : `, ${kind.toUpperCase()}`}`}</span>
          ),
        },
        {
          id: 'since',
          title: t('col_since'),
          minPx: 84,
          leaves: 5,
          right: true,
          largestFirst: true,
          by: ({ since }) => -since,
          cell: ({ since }) => formatDuration(Date.now() - since),
        },
        {
          id: 'rtt',
          title: t('col_rtt'),
          minPx: 56,
          leaves: 2,
          right: true,
          largestFirst: true,
          by: ({ rttMs }) => rttMs,
          cell: ({ rttMs }) => msNumber(rttMs),
        },
        {
          id: 'requests',
          title: t('col_requests'),
          minPx: 72,
          leaves: 1,
          right: true,
          largestFirst: true,
          by: ({ requests }) => requests,
          cell: ({ requests, inFlight }) => <span title={t('inFlight', { count: inFlight })}>{formatCount(requests)}</span>,
        },
        {
          id: 'bytes',
          title: t('col_bytes'),
          hint: t('hint_bytes'),
          minPx: 72,
          leaves: 4,
          right: true,
          largestFirst: true,
          by: ({ bytesOut }) => bytesOut,
          cell: ({ bytesOut }) => formatBytes(bytesOut),
        },
      ]}
      actionsOf={({ sessionId, agentId, nodeId: agentNode }) => [
        ...(agentNode === null
          ? []
          : [
              actOf(
                context.rights,
                'tunnels.agentNode',
                t('act_node'),
                0,
                'viewer' as const,
                () => goTo('nodes', { node: agentNode }),
                agentId,
              ),
            ]),
        actOf(
          context.rights,
          'tunnels.closeSession',
          t('act_closeSession'),
          2,
          'operator',
          () => openTunnelDialog({ kind: 'closeSession', nodeId, sessionId }),
          agentId,
        ),
      ]}
    />
  );
}
