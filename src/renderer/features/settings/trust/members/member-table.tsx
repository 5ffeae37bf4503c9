import { type ReactNode, useMemo, useState } from 'react';
import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import { GridCells } from '../../../../design/data/grid-cells.tsx';
import { StateLabel } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatTime } from '../../../../state/format.ts';
import { RowTable } from '../../../shared/table/row-table.tsx';
import { orderRows, type TableOrder } from '../../../shared/table/table-model.ts';
import { linkStateOf } from '../model/member-state.ts';
import { type MemberColumn, type MemberColumnId, memberTable } from '../model/members-table.ts';
import { useRoleNames } from '../role-words.ts';
import { showTrust, useTrustRoute } from '../trust-route.ts';
import { useMemberActions } from './member-actions.ts';

/** The members, one a row: sorted by any column, as many columns as there is room for. */
export function MemberTable({ members }: { readonly members: readonly ClusterMember[] }) {
  const { t } = useTranslation('membership');
  const [order, setOrder] = useState<TableOrder<MemberColumnId>>({ column: 'name', descending: false });
  const rows = useMemo(() => orderRows(memberTable, members, order), [members, order]);
  const { memberId } = useTrustRoute();
  const actionsOf = useMemberActions();
  return (
    <RowTable
      id="tr-members"
      label={t('tab_members')}
      columns={memberTable.columns}
      headOf={({ id }) => ({ title: t(`col_${id}`) })}
      rows={rows}
      keyOf={memberTable.keyOf}
      order={order}
      onOrder={setOrder}
      renderRow={(member, columns) => <MemberCells member={member} columns={columns} />}
      selected={memberId}
      onOpen={({ nodeId }) => showTrust('members', nodeId)}
      onDeselect={() => showTrust('members')}
      // An open inspector goes with the cursor.
      follows={memberId !== undefined}
      menuOf={(member) => ({ name: member.name, actions: actionsOf(member) })}
    />
  );
}

function MemberCells({ member, columns }: { readonly member: ClusterMember; readonly columns: readonly MemberColumn[] }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const roleNames = useRoleNames();
  const cell = (id: MemberColumnId): ReactNode => {
    switch (id) {
      case 'name':
        return (
          <>
            <b className="tr-name" title={member.name}>
              {member.name}
            </b>
            {member.state === 'self' && <span className="sb-tag tr-tag">{common('thisNode')}</span>}
          </>
        );
      case 'link': {
        if (member.state === 'self') return <span className="sb-3">–</span>;
        const { kind, word } = linkStateOf(member);
        return (
          <span title={member.failure?.message}>
            <StateLabel kind={kind}>{t(`link_${word}`)}</StateLabel>
          </span>
        );
      }
      case 'roles':
        return (
          <span className="sb-2" title={roleNames(member.roles)}>
            {roleNames(member.roles)}
          </span>
        );
      case 'rtt':
        return member.rttMs === null ? '–' : member.rttMs.toFixed(member.rttMs < 10 ? 1 : 0);
      case 'proven':
        return <span className="sb-2">{member.provenAt === null ? '–' : formatTime(member.provenAt)}</span>;
      case 'addedBy':
        return <span className="sb-2">{member.addedBy.name ?? t('formerMember')}</span>;
      case 'since':
        return <span className="sb-3">{formatTime(member.since)}</span>;
    }
  };
  return <GridCells columns={columns} cell={({ id }) => cell(id)} />;
}
