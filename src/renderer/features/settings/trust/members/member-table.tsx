import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import { ContextMenu } from '../../../../design/controls/context-menu.tsx';
import { useElementSize } from '../../../../design/controls/index.ts';
import { DataGrid } from '../../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../../design/data/row-height.ts';
import { StateLabel } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatTime } from '../../../../state/format.ts';
import { linkStateOf } from '../model/member-state.ts';
import { type ColumnId, fittingColumns, type MemberSort, sortMembers, toggledSort } from '../model/members-table.ts';
import { useRoleNames } from '../role-words.ts';
import { showTrust, useTrustRoute } from '../trust-route.ts';
import { useMemberEntries } from './member-entries.ts';

const tableId = 'tr-members';

/** The members, one a row: sorted by any column, as many columns as there is room for. */
export function MemberTable({ members }: { readonly members: readonly ClusterMember[] }) {
  const { t } = useTranslation('membership');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [sort, setSort] = useState<MemberSort>({ column: 'name', descending: false });
  const rowHeight = useRowHeight('--sb-row');
  const rows = useMemo(() => sortMembers(members, sort), [members, sort]);
  const columns = fittingColumns(width === 0 ? Number.POSITIVE_INFINITY : width);
  const { memberId } = useTrustRoute();
  const [cursorId, setCursorId] = useState(memberId);
  const [menu, setMenu] = useState<{ readonly member: ClusterMember; readonly at: { readonly x: number; readonly y: number } }>();
  useEffect(() => setCursorId(memberId), [memberId]);
  const indexOf = (id: string | undefined) => {
    const index = rows.findIndex(({ nodeId }) => nodeId === id);
    return index === -1 ? undefined : index;
  };
  const open = (index: number) => showTrust('members', rows[index]?.nodeId);
  return (
    <div ref={ref} id={tableId} className="sb-col sb-grow">
      <DataGrid
        label={t('tab_members')}
        columns={columns.map((column) => ({ ...column, title: t(`col_${column.id}`) }))}
        sort={sort}
        onSort={(column) => setSort(toggledSort(sort, column))}
        count={rows.length}
        rowHeight={rowHeight}
        keyOf={(index) => rows[index]?.nodeId ?? String(index)}
        renderRow={(index) => {
          const member = rows[index];
          return member === undefined ? null : <MemberCells member={member} columns={columns.map(({ id }) => id)} />;
        }}
        cursor={indexOf(cursorId)}
        onCursor={(index) => {
          setCursorId(rows[index]?.nodeId);
          // An open inspector follows.
          if (memberId !== undefined) open(index);
        }}
        selected={indexOf(memberId)}
        onToggle={(index) => (rows[index]?.nodeId === memberId ? showTrust('members') : open(index))}
        onOpen={open}
        onMenu={(index, at) => {
          const member = rows[index];
          if (member !== undefined) setMenu({ member, at });
        }}
      />
      {menu !== undefined && (
        <MemberMenu
          {...menu}
          onClose={() => {
            setMenu(undefined);
            document.querySelector<HTMLElement>(`#${tableId} [role="grid"]`)?.focus();
          }}
        />
      )}
    </div>
  );
}

function MemberMenu(props: {
  readonly member: ClusterMember;
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('membership');
  const entries = useMemberEntries(props.member);
  return <ContextMenu at={props.at} label={t('memberMenu', { name: props.member.name })} entries={entries} onClose={props.onClose} />;
}

function MemberCells({ member, columns }: { readonly member: ClusterMember; readonly columns: readonly ColumnId[] }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const roleNames = useRoleNames();
  const cell = (id: ColumnId): ReactNode => {
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
  return columns.map((id) => (
    // biome-ignore lint/a11y/useSemanticElements: the grid is made of plain elements
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <span key={id} role="gridcell" className={id === 'rtt' ? 'sb-r' : undefined}>
      {cell(id)}
    </span>
  ));
}
