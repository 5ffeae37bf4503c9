/** What is hard to undo: each names its object and says what follows, in numbers (danger levels 2 and 3, ui.md section 4). */
import type { GroupInfo, GroupMemberInfo } from '../../../../common/contract/brokers.ts';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { act } from '../../shared/act.ts';
import { showQueues } from '../queues-route.ts';
import { messagesChanged } from '../queues-store.ts';
import { replicasWords } from '../words.ts';

interface DialogProps {
  readonly onClose: () => void;
  /** Read the figures again: something was changed. */
  readonly refresh: () => void;
}
interface QueueDialogProps extends DialogProps {
  readonly queue: QueueInfo;
}
interface MemberDialogProps extends DialogProps {
  readonly group: GroupInfo;
  readonly member: GroupMemberInfo;
}

/** Level 3: the name of the queue is typed. */
export function PurgeDialog({ queue, onClose, refresh }: QueueDialogProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { name, queueId, messages, bytes, clients, lastSequence } = queue;
  const purge = async () => {
    // Only what is counted here goes: what comes while the person reads this stays.
    const params = { queue: queueId, ...(lastSequence > 0 && { upTo: lastSequence }) };
    await act('queues.purge', params, {
      done: (gone) => t('purged', { name, count: gone.messages, amount: formatCount(gone.messages) }),
      failed: t('notPurged', { name }),
    });
    messagesChanged(queueId);
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('purgeTitle', { name }),
        message: t('purgeMessage', { name, sequence: formatCount(lastSequence) }),
        effects: [
          [t('effect_removed'), t('messagesAndBytes', { count: messages, amount: formatCount(messages), size: formatBytes(bytes) })],
          [t('effect_clients'), t('purgeClients', { count: clients })],
          [t('effect_undo'), t('undoBackup')],
        ],
        verb: t('purgeVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { name }), value: name },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void purge();
      }}
    />
  );
}

/** Level 3: the name of the queue is typed. */
export function DeleteDialog({ queue, onClose, refresh }: QueueDialogProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { name, queueId, messages, bytes, clients } = queue;
  const remove = async () => {
    const gone = await act('queues.delete', { queue: queueId }, { done: () => t('deleted', { name }), failed: t('notDeleted', { name }) });
    if (gone !== undefined) showQueues();
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('deleteTitle', { name }),
        message: t('deleteMessage', { name, group: queue.groupId }),
        effects: [
          [t('effect_removed'), t('messagesAndBytes', { count: messages, amount: formatCount(messages), size: formatBytes(bytes) })],
          [t('effect_clients'), t('deleteClients', { count: clients })],
          [t('effect_programs'), t('deletePrograms')],
          [t('effect_undo'), t('undoBackup')],
        ],
        verb: t('deleteVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { name }), value: name },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void remove();
      }}
    />
  );
}

/** Level 3: the name of the client is typed. */
export function ForgetDialog({ queue, clientId, onClose, refresh }: QueueDialogProps & { readonly clientId: string }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { name, queueId, messages } = queue;
  const forget = async () => {
    const words = { done: () => t('forgotten', { client: clientId, name }), failed: t('notForgotten', { client: clientId }) };
    await act('queues.forgetClient', { queue: queueId, clientId }, words);
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('forgetTitle', { client: clientId }),
        message: t('forgetMessage', { client: clientId, name }),
        effects: [
          [t('effect_again'), t('forgetAgain', { count: messages, amount: formatCount(messages) })],
          [t('effect_undo'), t('forgetUndo')],
        ],
        verb: t('forgetVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { name: clientId }), value: clientId },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void forget();
      }}
    />
  );
}

/** Level 3: the name of the broker's node is typed. */
export function RemoveBrokerDialog({ group, member, onClose, refresh }: MemberDialogProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { groupId } = group;
  const { brokerId, name } = member;
  const remove = async () => {
    const words = { done: () => t('removed', { name, group: groupId }), failed: t('notRemoved', { name }) };
    await act('brokers.remove', { groupId, brokerId }, words);
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('removeTitle', { name }),
        message: t('removeMessage', { name, group: groupId }),
        effects: [...afterwards(t, group, member), [t('effect_copy'), t('removeCopy', { name })]],
        verb: t('removeVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { name }), value: name },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void remove();
      }}
    />
  );
}

/** Level 3: the name of the node is typed. */
export function LeaveDialog({ group, member, onClose, refresh }: MemberDialogProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { groupId } = group;
  const { name, nodeId } = member;
  const leave = async () => {
    const words = { done: () => t('left', { name, group: groupId }), failed: t('notLeft', { name }) };
    await act('brokers.leave', { groupId }, words, nodeId === null ? {} : { serviceId: nodeId });
    refresh();
  };
  const alone = group.members.length === 1;
  return (
    <ConfirmDialog
      confirmation={{
        title: t('leaveTitle', { name, group: groupId }),
        message: t(alone ? 'leaveAlone' : 'leaveMessage', { name, group: groupId }),
        effects: alone
          ? [
              [
                t('effect_removed'),
                t('messagesAndBytes', { count: group.messages, amount: formatCount(group.messages), size: formatBytes(group.bytes) }),
              ],
              [t('effect_queues'), t('queueAmount', { count: group.queues })],
              [t('effect_undo'), t('undoBackup')],
            ]
          : [...afterwards(t, group, member), [t('effect_copy'), t('leaveCopy', { name })]],
        verb: t('leaveVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { name }), value: name },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void leave();
      }}
    />
  );
}

type Translate = ReturnType<typeof useTranslation<'queues'>>['t'];

/** What a group is like without one of its replicas. */
function afterwards(t: Translate, group: GroupInfo, member: GroupMemberInfo): (readonly [string, string])[] {
  const isVoter = member.role !== 'learner';
  return [
    [t('effect_replicas'), replicasWords(t, group.voters - (isVoter ? 1 : 0))],
    ...(member.brokerId === group.leader ? [[t('effect_leader'), t('afterLeader')] as const] : []),
  ];
}

/** Level 2. */
export function RebalanceDialog({ groups, onClose, refresh }: DialogProps & { readonly groups: number }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const rebalance = async () => {
    await act('brokers.rebalance', {}, { done: ({ moved }) => t('rebalanced', { count: moved.length }), failed: t('notRebalanced') });
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('rebalanceTitle'),
        message: t('rebalanceMessage'),
        effects: [
          [t('effect_groups'), t('rebalanceGroups', { count: groups })],
          [t('effect_writes'), t('transferPause')],
        ],
        verb: t('rebalanceVerb'),
        harmless: true,
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void rebalance();
      }}
    />
  );
}
