import { useNow } from '../../../../app/frame/connection-label.tsx';
import { type GridColumn, GridTable } from '../../../../design/data/grid-table.tsx';
import { StateLabel } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatAge, formatTime } from '../../../../state/format.ts';
import type { Invite } from '../model/invite-fate.ts';
import { useRoleNames } from '../role-words.ts';
import { openTrustDialog } from '../trust-dialogs.ts';

const kinds = { open: 'running', used: 'online', burned: 'failed', expired: 'paused' } as const;

/** The invitations of this node with what became of them; the open ones can be withdrawn. Never the codes. */
export function InviteTable({ invites, mayWithdraw }: { readonly invites: readonly Invite[]; readonly mayWithdraw: boolean }) {
  const { t } = useTranslation('membership');
  const roleNames = useRoleNames();
  const nowMs = useNow(invites.some(({ state }) => state === 'open'));
  const columns: readonly GridColumn[] = [
    { id: 'state', title: t('col_state'), width: '128px' },
    { id: 'roles', title: t('col_gives'), width: 'minmax(140px, 1fr)' },
    { id: 'uses', title: t('col_usesLeft'), width: '72px', right: true },
    { id: 'failures', title: t('col_wrongProofs'), width: '96px', right: true },
    { id: 'made', title: t('col_made'), width: '140px', optional: true },
    { id: 'ends', title: t('col_ends'), width: '116px' },
    { id: 'act', title: '', width: '84px' },
  ];
  return (
    <GridTable
      label={t('invitations')}
      columns={columns}
      rows={[...invites]
        .sort((a, b) => b.createdAt - a.createdAt)
        .map(({ inviteId, state, roles, usesLeft, failures, createdAt, expiresAt }) => ({
          id: inviteId,
          cells: [
            <StateLabel key="state" kind={kinds[state]}>
              {t(`invite_${state}`)}
            </StateLabel>,
            <span key="roles" className="sb-2" title={roleNames(roles)}>
              {roleNames(roles)}
            </span>,
            usesLeft,
            <span key="failures" className={failures > 0 ? 'sb-warn' : 'sb-3'}>
              {failures}
            </span>,
            <span key="made" className="sb-3">
              {formatTime(createdAt)}
            </span>,
            <span key="ends" className="sb-2">
              {state === 'open' ? t('endsIn', { time: formatAge(expiresAt - nowMs) }) : formatTime(expiresAt)}
            </span>,
            state === 'open' ? (
              <button
                key="act"
                type="button"
                className="sb-link sb-danger"
                disabled={!mayWithdraw}
                onClick={() => openTrustDialog({ kind: 'withdraw', inviteId })}
              >
                {t('withdrawAsk')}
              </button>
            ) : null,
          ],
        }))}
    />
  );
}
