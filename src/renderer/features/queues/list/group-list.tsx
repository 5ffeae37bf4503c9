import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import { GridCells } from '../../../design/data/grid-cells.tsx';
import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { groupHealth, healthShapes } from '../../shared/queues/health.ts';
import { useRights } from '../../shared/rights.ts';
import { RowTable } from '../../shared/table/row-table.tsx';
import { orderRows, type TableOrder } from '../../shared/table/table-model.ts';
import { shortCount } from '../model/amounts.ts';
import { type GroupColumnId, groupLag, groupTable, leaderName } from '../model/group-table.ts';
import { groupActions } from '../queue-actions.ts';
import { showFirst, showGroup } from '../queues-route.ts';
import { listId } from '../queues-store.ts';
import type { QueuesData } from '../use-queues-data.ts';

/** The groups of brokers, one a row. */
export function GroupList({ data, chosen }: { readonly data: QueuesData; readonly chosen: string }) {
  const { t } = useTranslation('queues');
  const rights = useRights();
  const [order, setOrder] = useState<TableOrder<GroupColumnId>>({ column: 'group', descending: false });
  const rows = useMemo(() => orderRows(groupTable, [...data.groups.values()], order), [data.groups, order]);
  const first = rows[0]?.groupId;
  useEffect(() => {
    if (chosen === '' && first !== undefined) showFirst({ group: first });
  }, [chosen, first]);
  return (
    <RowTable
      id={listId}
      label={t('tab_groups')}
      columns={groupTable.columns}
      headOf={({ id }) => ({ title: t(`col_${id}`), hint: t(`hint_${id}`) })}
      rows={rows}
      keyOf={groupTable.keyOf}
      order={order}
      onOrder={setOrder}
      renderRow={(group, columns) => <GridCells columns={columns} cell={({ id }) => <Cell id={id} group={group} />} />}
      selected={chosen}
      onOpen={({ groupId }) => showGroup(groupId)}
      menuOf={(group) => ({ name: group.groupId, actions: groupActions(t, group, rights) })}
      empty={<p className="qu-note sb-3">{t('noGroupYet')}</p>}
    />
  );
}

function Cell({ id, group }: { readonly id: GroupColumnId; readonly group: GroupInfo }): ReactNode {
  const { t } = useTranslation('queues');
  const health = groupHealth(group);
  switch (id) {
    case 'group':
      return (
        <span className="qu-name" title={t(`health_${health}`)}>
          <StateShape kind={healthShapes[health]} />
          <span className="sb-hidden">{t(`health_${health}`)}</span>
          <b className="sb-mono">{group.groupId}</b>
        </span>
      );
    case 'leader': {
      const leader = leaderName(group);
      return <span title={leader}>{leader ?? t('noLeader')}</span>;
    }
    case 'active':
      return (
        <span className={health === 'unwritable' ? 'sb-crit' : group.activeVoters < group.voters ? 'sb-warn' : 'sb-2'}>
          {t('ofReplicas', { inSync: group.activeVoters, count: group.voters })}
        </span>
      );
    case 'groupLag':
      return <span className={health === 'behind' ? 'sb-warn' : undefined}>{shortCount(groupLag(group))}</span>;
    case 'queueCount':
      return shortCount(group.queues);
  }
}
