/** What is hard to undo of a group of brokers: each names its object and says what follows (danger levels 2 and 3, ui.md section 4). */
import type { GroupInfo, GroupMemberInfo } from '../../../../common/contract/brokers.ts';
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { act } from '../../shared/act.ts';
import { openQueueDialog } from '../queues-dialogs.ts';
import { showGroup } from '../queues-route.ts';
import { replicasWords } from '../words.ts';

interface DialogProps {
  readonly onClose: () => void;
  /** Read the figures again: something was changed. */
  readonly refresh: () => void;
}
interface MemberDialogProps extends DialogProps {
  readonly group: GroupInfo;
  readonly member: GroupMemberInfo;
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

/** Level 3: the name of the node is typed. The only replica of a group with queues stays: what helps is offered instead. */
export function LeaveDialog(props: MemberDialogProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { group, member, onClose, refresh } = props;
  const { groupId } = group;
  const { name, nodeId } = member;
  const alone = group.members.length === 1;
  if (alone && group.queues > 0) return <OnlyReplicaDialog {...props} />;
  const leave = async () => {
    const words = { done: () => t('left', { name, group: groupId }), failed: t('notLeft', { name }) };
    const gone = await act('brokers.leave', { groupId }, words, nodeId === null ? {} : { serviceId: nodeId });
    if (alone && gone !== undefined) showGroup();
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('leaveTitle', { name, group: groupId }),
        message: t(alone ? 'leaveLast' : 'leaveMessage', { name, group: groupId }),
        effects: alone ? [] : [...afterwards(t, group, member), [t('effect_copy'), t('leaveCopy', { name })]],
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

/** Says why the only replica cannot leave, and leads to what has to come first. */
function OnlyReplicaDialog({ group, member, onClose }: MemberDialogProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { groupId, queues, messages, bytes } = group;
  const { name } = member;
  return (
    <ConfirmDialog
      confirmation={{
        title: t('onlyReplicaTitle', { name, group: groupId }),
        message: t('onlyReplicaMessage', { name, group: groupId }),
        effects: [
          [t('effect_queues'), t('queueAmount', { count: queues })],
          [t('effect_holds'), t('messagesAndBytes', { count: messages, amount: formatCount(messages), size: formatBytes(bytes) })],
          [t('effect_keep'), t('onlyReplicaKeep', { name })],
          [t('effect_end'), t('onlyReplicaEnd')],
        ],
        verb: t('act_addBroker'),
        harmless: true,
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) openQueueDialog({ kind: 'addBroker', groupId });
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
