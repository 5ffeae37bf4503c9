import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { DataGrid } from '../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { groupHealth, healthShapes } from '../../shared/queues/health.ts';
import { shortCount } from '../model/amounts.ts';
import { type GroupSort, groupLag, leaderName, sortGroups, toggledGroupSort } from '../model/group-table.ts';
import { showFirst, showGroup } from '../queues-route.ts';
import { listId } from '../queues-store.ts';
import type { QueuesData } from '../use-queues-data.ts';

const columns = [
  { id: 'group', width: '84px' },
  { id: 'leader', width: 'minmax(64px, 1fr)' },
  { id: 'active', width: '50px' },
  { id: 'groupLag', width: '54px', right: true },
  { id: 'queueCount', width: '48px', right: true },
] as const;

/** The groups of brokers, one a row. */
export function GroupList({ data, chosen }: { readonly data: QueuesData; readonly chosen: string }) {
  const { t } = useTranslation('queues');
  const rowHeight = useRowHeight('--sb-row');
  const [sort, setSort] = useState<GroupSort>({ column: 'group', descending: false });
  const rows = useMemo(() => sortGroups([...data.groups.values()], sort), [data.groups, sort]);
  const heads = useMemo(() => columns.map((column) => ({ ...column, title: t(`col_${column.id}`), hint: t(`hint_${column.id}`) })), [t]);
  const [cursorId, setCursorId] = useState(chosen);
  const first = rows[0]?.groupId;
  useEffect(() => setCursorId(chosen), [chosen]);
  useEffect(() => {
    if (chosen === '' && first !== undefined) showFirst({ group: first });
  }, [chosen, first]);
  const indexOf = (id: string) => {
    const index = rows.findIndex(({ groupId }) => groupId === id);
    return index === -1 ? undefined : index;
  };
  const open = (index: number) => {
    const id = rows[index]?.groupId;
    if (id !== undefined) showGroup(id);
  };
  if (rows.length === 0) return <p className="qu-note sb-3">{t('noGroupYet')}</p>;
  return (
    <div id={listId} className="sb-col sb-grow">
      <DataGrid
        label={t('tab_groups')}
        columns={heads}
        sort={sort}
        onSort={(column) => setSort(toggledGroupSort(sort, column))}
        count={rows.length}
        rowHeight={rowHeight}
        keyOf={(index) => rows[index]?.groupId ?? String(index)}
        renderRow={(index) => {
          const group = rows[index];
          if (group === undefined) return null;
          const health = groupHealth(group);
          const leader = leaderName(group);
          const active = t('ofReplicas', { inSync: group.activeVoters, count: group.voters });
          return (
            <>
              <Cell>
                <span className="qu-name" title={t(`health_${health}`)}>
                  <StateShape kind={healthShapes[health]} />
                  <span className="sb-hidden">{t(`health_${health}`)}</span>
                  <b className="sb-mono">{group.groupId}</b>
                </span>
              </Cell>
              <Cell>
                <span title={leader}>{leader ?? t('noLeader')}</span>
              </Cell>
              <Cell>
                <span className={health === 'unwritable' ? 'sb-crit' : group.activeVoters < group.voters ? 'sb-warn' : 'sb-2'}>
                  {active}
                </span>
              </Cell>
              <Cell right>
                <span className={health === 'behind' ? 'sb-warn' : undefined}>{shortCount(groupLag(group))}</span>
              </Cell>
              <Cell right>{shortCount(group.queues)}</Cell>
            </>
          );
        }}
        cursor={indexOf(cursorId)}
        onCursor={(index) => setCursorId(rows[index]?.groupId ?? '')}
        selected={indexOf(chosen)}
        onToggle={open}
        onOpen={open}
      />
    </div>
  );
}

function Cell({ right, children }: { readonly right?: boolean; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the grid is made of plain elements
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <span role="gridcell" className={right === true ? 'sb-r' : undefined}>
      {children}
    </span>
  );
}
