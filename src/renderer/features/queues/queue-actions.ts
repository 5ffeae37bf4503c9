import type { TFunction } from 'i18next';
import type { GroupInfo, GroupMemberInfo } from '../../../common/contract/brokers.ts';
import type { QueueInfo } from '../../../common/contract/queues.ts';
import type { Role } from '../../../common/roles.ts';
import type { Action, Danger } from '../../app/actions/registry.ts';
import { goTo } from '../../app/routes.ts';
import { copyText } from '../../design/copy-text.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { actOf as actOfConsole, type Rights } from '../shared/rights.ts';
import { focusTable } from '../shared/table/table-order.ts';
import { openQueueDialog, type QueueDialog } from './queues-dialogs.ts';
import { type QueuesRoute, showGroup, showMessages, showQueue, showQueues } from './queues-route.ts';
import { focusListFilter, focusMessageFilter, listId } from './queues-store.ts';

type Translate = TFunction<'queues'>;

/** An act of this screen. */
function actOf(rights: Rights, id: string, title: string, danger: Danger, role: Role, run: () => void, detail?: string): Action {
  return actOfConsole(rights, `queues.${id}`, title, danger, role, run, detail);
}

/** What can be done with a queue: its head, its menu, the menu of its row and the palette all show these. */
export function queueActions(t: Translate, queue: QueueInfo, rights: Rights): readonly Action[] {
  const { queueId, groupId, name } = queue;
  const ask = (id: string, danger: Danger, role: Role, dialog: QueueDialog) =>
    actOf(rights, id, t(`act_${id as 'append'}`), danger, role, () => openQueueDialog(dialog), name);
  return [
    ask('append', 1, queue.options.appendRole === 'admin' ? 'admin' : 'operator', { kind: 'append', queueId }),
    ask('read', 2, 'operator', { kind: 'read', queueId }),
    ask('transfer', 2, 'operator', { kind: 'transfer', groupId }),
    actOf(rights, 'configure', t('act_configure'), 1, 'viewer', () => showQueue(queueId, 'config'), name),
    actOf(rights, 'showGroup', t('act_showGroup', { group: groupId }), 0, 'viewer', () => showGroup(groupId), name),
    actOf(rights, 'copyId', t('act_copyId'), 0, 'viewer', () => void copyId(t, queueId), name),
    ask('purge', 3, 'admin', { kind: 'purge', queueId }),
    ask('delete', 3, 'admin', { kind: 'delete', queueId }),
  ];
}

/** What can be done with a group of brokers. */
export function groupActions(t: Translate, group: GroupInfo, rights: Rights): readonly Action[] {
  const { groupId } = group;
  const ask = (id: string, danger: Danger, role: Role, dialog: QueueDialog) =>
    actOf(rights, id, t(`act_${id as 'append'}`), danger, role, () => openQueueDialog(dialog), groupId);
  return [
    ask('addBroker', 1, 'admin', { kind: 'addBroker', groupId }),
    ask('transfer', 2, 'operator', { kind: 'transfer', groupId }),
    ask('backup', 1, 'admin', { kind: 'backup', groupId }),
    actOf(rights, 'copyGroupId', t('act_copyGroupId'), 0, 'viewer', () => void copyId(t, groupId), groupId),
  ];
}

/** What can be done with one replica of a group. */
export function memberActions(t: Translate, group: GroupInfo, member: GroupMemberInfo, rights: Rights): readonly Action[] {
  const { groupId } = group;
  const { brokerId, nodeId, name } = member;
  const dialog = { groupId, brokerId };
  const several = group.members.length > 1;
  const withLeave = nodeId !== null && member.status === 'active';
  return [
    ...(nodeId === null
      ? []
      : [actOf(rights, 'openNode', t('act_openNode', { name }), 0, 'viewer' as const, () => goTo('nodes', { node: nodeId }), name)]),
    ...(withLeave
      ? [actOf(rights, 'leave', t('act_leave', { name }), 3, 'admin' as const, () => openQueueDialog({ kind: 'leave', ...dialog }), name)]
      : []),
    ...(member.status === 'inactive' || member.impaired
      ? [
          actOf(
            rights,
            'replaceBroker',
            t('act_replaceBroker', { name }),
            1,
            'admin' as const,
            () => openQueueDialog({ kind: 'addBroker', groupId, replaces: brokerId }),
            name,
          ),
        ]
      : []),
    ...(several
      ? [
          actOf(
            rights,
            'removeBroker',
            t('act_removeBroker', { name }),
            3,
            'admin' as const,
            () => openQueueDialog({ kind: 'removeBroker', ...dialog }),
            name,
          ),
        ]
      : []),
  ];
}

/** What can be done with the position of one client. */
export function clientActions(t: Translate, queueId: string, clientId: string, rights: Rights): readonly Action[] {
  const ask = (kind: 'seek' | 'forget') =>
    actOf(rights, kind, t(`act_${kind}`), 3, 'admin', () => openQueueDialog({ kind, queueId, clientId }), clientId);
  return [ask('seek'), ask('forget')];
}

/** What belongs to the screen itself. */
export function screenActions(t: Translate, route: QueuesRoute, rights: Rights): readonly Action[] {
  const open = (kind: 'create' | 'createGroup' | 'restore' | 'rebalance', danger: Danger, role: Role): Action =>
    actOf(rights, kind, t(`act_${kind}`), danger, role, () => openQueueDialog({ kind }));
  return [
    { ...open('create', 1, 'operator'), shortcut: 'mod+n' },
    open('createGroup', 1, 'admin'),
    open('rebalance', 2, 'operator'),
    open('restore', 1, 'admin'),
    { id: 'queues.filter', group: 'act', title: t('focusFilter'), shortcut: '/', danger: 0, run: focusListFilter },
    {
      id: 'queues.find',
      group: 'act',
      title: t('focusMessageFilter'),
      shortcut: 'mod+f',
      danger: 0,
      enabled: route.group === undefined && route.tab === 'messages',
      run: focusMessageFilter,
    },
    {
      id: 'queues.list',
      group: 'act',
      title: route.group === undefined ? t('showGroups') : t('showQueues'),
      danger: 0,
      run: () => (route.group === undefined ? showGroup() : showQueues()),
    },
    {
      id: 'queues.close',
      group: 'act',
      title: t('closeMessage'),
      shortcut: 'escape',
      danger: 0,
      enabled: route.message !== undefined,
      run: () => {
        showMessages({ message: undefined });
        focusTable(listId);
      },
    },
  ];
}

async function copyId(t: Translate, id: string): Promise<void> {
  showToast((await copyText(id)) ? { title: t('idCopied', { id }) } : { title: t('idNotCopied'), tone: 'error' });
}
