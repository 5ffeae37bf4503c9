import type { GatewayToken } from '../../../../common/contract/gateway.ts';
import type { Danger } from '../../../app/actions/registry.ts';
import { Button } from '../../../design/controls/index.ts';
import { IconKey } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { actOf, mayNow } from '../../shared/rights.ts';
import { openTunnelDialog } from '../tunnels-dialogs.ts';
import { ChosenTable } from './chosen-table.tsx';
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
      label={t('part_tokens')}
      rows={answer.tokens}
      keyOf={({ tokenId }) => tokenId}
      nameOf={({ name }) => name}
      columns={[
        {
          id: 'name',
          title: t('col_name'),
          width: 'minmax(120px, 1.2fr)',
          by: ({ name }) => name,
          cell: ({ name }) => <b className="tu-strong">{name}</b>,
        },
        {
          id: 'token',
          title: t('col_token'),
          width: 'minmax(96px, 0.8fr)',
          by: ({ tokenId }) => tokenId,
          cell: ({ tokenId }) => <span className="sb-mono sb-2">{tokenId}</span>,
        },
        {
          id: 'agents',
          title: t('col_agents'),
          width: 'minmax(96px, 1fr)',
          by: ({ agentIds }) => agentIds.join(' '),
          cell: (row) => <span className="sb-2">{agentsOf(row, t('anyName'))}</span>,
        },
        {
          id: 'rule',
          title: t('col_duplicates'),
          hint: t('hint_duplicates'),
          width: '104px',
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
          width: '72px',
          right: true,
          by: ({ sessions }) => sessions,
          cell: ({ sessions }) => formatCount(sessions),
        },
        {
          id: 'used',
          title: t('col_used'),
          width: '132px',
          right: true,
          by: ({ lastUsedAt }) => lastUsedAt ?? 0,
          cell: ({ lastUsedAt }) => when(lastUsedAt),
        },
        {
          id: 'created',
          title: t('col_created'),
          width: '132px',
          right: true,
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
