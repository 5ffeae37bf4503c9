/** What is hard to undo of a queue: each names its object and says what follows, in numbers (danger levels 2 and 3, ui.md section 4). */
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { act } from '../../shared/act.ts';
import { showQueues } from '../queues-route.ts';
import { messagesChanged } from '../queues-store.ts';

interface DialogProps {
  readonly onClose: () => void;
  /** Read the figures again: something was changed. */
  readonly refresh: () => void;
}
interface QueueDialogProps extends DialogProps {
  readonly queue: QueueInfo;
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
