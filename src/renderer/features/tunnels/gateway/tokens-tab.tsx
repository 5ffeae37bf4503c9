import type { GatewayToken } from '../../../../common/contract/gateway.ts';
import type { Danger } from '../../../app/actions/registry.ts';
import { Button } from '../../../design/controls/index.ts';
import { IconKey } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { actOf, mayNow } from '../../shared/rights.ts';
import { ChosenTable } from '../../shared/table/chosen-table.tsx';
import { openTunnelDialog } from '../tunnels-dialogs.ts';
import type { GatewayTabProps } from './gateway-tab-props.ts';
import { useGatewayCall } from './use-gateway-call.tsx';

/** Tokens with which agents sign in. Their secrets are told once, when they are made. */
export function TokensTab(props: GatewayTabProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  if (!mayNow({ ...props.context.rights, connected: true }, 'admin')) {
    return (
      <div className="sb-empty" role="status">
        <h2>{t('part_tokens')}</h2>
        <p>{common('needsRole', { role: common('role_admin') })}.</p>
      </div>
    );
  }
  return <Tokens {...props} />;
}

function Tokens({ nodeId, context }: GatewayTabProps) {
  const { t } = useTranslation('tunnels');
  const { answer, otherwise } = useGatewayCall('gateway.tokens', nodeId, context.ownId);
  if (answer === undefined) return otherwise;
  const create = (
    <Button
      variant="default"
      leftSection={<IconKey size={14} stroke={1.6} />}
      disabled={!mayNow(context.rights, 'admin')}
      onClick={() => openTunnelDialog({ kind: 'createToken', nodeId })}
    >
      {t('act_createToken')}
    </Button>
  );
  if (answer.tokens.length === 0) {
    return (
      <div className="sb-empty" role="status">
        <h2>{t('noTokens')}</h2>
        <p>{t('noTokensDetail')}</p>
        <div className="sb-flex">{create}</div>
      </div>
    );
  }
  const when = (at: number | null) =>
    at === null ? <span className="sb-3">{t('never')}</span> : <span className="sb-2">{formatTime(at)}</span>;
  return (
    <ChosenTable
      id="tunnels-tokens"
      label={t('part_tokens')}
      rows={answer.tokens}
      keyOf={({ tokenId }) => tokenId}
      nameOf={({ name }) => name}
      columns={[
        {
          id: 'name',
          title: t('col_name'),
          minPx: 120,
          share: 1.2,
          leaves: 0,
          by: ({ name }) => name,
          cell: ({ name }) => <b className="tu-strong">{name}</b>,
        },
        {
          id: 'token',
          title: t('col_token'),
          minPx: 96,
          share: 0.8,
          leaves: 5,
          by: ({ tokenId }) => tokenId,
          cell: ({ tokenId }) => <span className="sb-mono sb-2">{tokenId}</span>,
        },
        {
          id: 'agents',
          title: t('col_agents'),
          minPx: 96,
          share: 1,
          leaves: 1,
          by: ({ agentIds }) => agentIds.join(' '),
          cell: (row) => <span className="sb-2">{agentsOf(row, t('anyName'))}</span>,
        },
        {
          id: 'rule',
          title: t('col_duplicates'),
          hint: t('hint_duplicates'),
          minPx: 104,
          leaves: 4,
          by: ({ duplicates }) => duplicates,
          cell: ({ duplicates, legacy }) => (
            <span className="sb-2">
              {t(`duplicates_${duplicates}`)}
              {legacy && <span className="sb-tag tu-tag-after">{t('protocol_legacy')}</span>}
            </span>
          ),
        },
        {
          id: 'sessions',
          title: t('col_sessions'),
          minPx: 72,
          leaves: 2,
          right: true,
          largestFirst: true,
          by: ({ sessions }) => sessions,
          cell: ({ sessions }) => formatCount(sessions),
        },
        {
          id: 'used',
          title: t('col_used'),
          minPx: 132,
          leaves: 3,
          right: true,
          largestFirst: true,
          by: ({ lastUsedAt }) => lastUsedAt,
          cell: ({ lastUsedAt }) => when(lastUsedAt),
        },
        {
          id: 'created',
          title: t('col_created'),
          minPx: 132,
          leaves: 6,
          right: true,
          largestFirst: true,
          by: ({ createdAt }) => createdAt,
          cell: ({ createdAt, createdBy }) => (
            <span className="sb-2" title={t('createdBy', { name: createdBy })}>
              {formatTime(createdAt)}
            </span>
          ),
        },
      ]}
      actionsOf={({ tokenId, name }) => {
        const ask = (kind: 'rotateToken' | 'revokeToken', danger: Danger) =>
          actOf(
            context.rights,
            `tunnels.${kind}`,
            t(`act_${kind}`),
            danger,
            'admin',
            () => openTunnelDialog({ kind, nodeId, tokenId }),
            name,
          );
        return [ask('rotateToken', 2), ask('revokeToken', 3)];
      }}
      acts={create}
    />
  );
}

function agentsOf({ agentIds }: GatewayToken, any: string): string {
  return agentIds.includes('*') ? any : agentIds.join(', ');
}
