import { onDemand } from '../../../design/on-demand.tsx';
import { closeQueueDialog, type QueueDialog, useQueueDialog } from '../queues-dialogs.ts';
import type { QueuesData } from '../use-queues-data.ts';
import { LeaveDialog, RebalanceDialog, RemoveBrokerDialog } from './group-confirmations.tsx';
import { DeleteDialog, ForgetDialog, PurgeDialog } from './queue-confirmations.tsx';

const CreateDialog = onDemand(() => import('./create-dialog.tsx').then((module) => module.CreateDialog));
const CreateGroupDialog = onDemand(() => import('./create-group-dialog.tsx').then((module) => module.CreateGroupDialog));
const AppendDialog = onDemand(() => import('./append-dialog.tsx').then((module) => module.AppendDialog));
const ReadDialog = onDemand(() => import('./read-dialog.tsx').then((module) => module.ReadDialog));
const SeekDialog = onDemand(() => import('./seek-dialog.tsx').then((module) => module.SeekDialog));
const TransferDialog = onDemand(() => import('./transfer-dialog.tsx').then((module) => module.TransferDialog));
const AddBrokerDialog = onDemand(() => import('./add-broker-dialog.tsx').then((module) => module.AddBrokerDialog));
const BackupDialog = onDemand(() => import('./backup-dialog.tsx').then((module) => module.BackupDialog));
const RestoreDialog = onDemand(() => import('./restore-dialog.tsx').then((module) => module.RestoreDialog));

/** The dialog that is open, if any. One whose object has gone meanwhile is not shown. */
export function OpenQueueDialog({ data }: { readonly data: QueuesData }) {
  const dialog = useQueueDialog((state) => state.dialog);
  if (dialog === undefined) return null;
  const common = { onClose: closeQueueDialog, refresh: data.refresh };
  switch (dialog.kind) {
    case 'create':
      return <CreateDialog data={data} {...common} />;
    case 'createGroup':
      return <CreateGroupDialog data={data} {...common} />;
    case 'restore':
      return <RestoreDialog {...common} />;
    case 'rebalance':
      return <RebalanceDialog groups={data.groups.size} {...common} />;
    case 'transfer':
    case 'addBroker':
    case 'backup':
    case 'removeBroker':
    case 'leave':
      return <GroupDialog dialog={dialog} data={data} />;
    default:
      return <OneQueueDialog dialog={dialog} data={data} />;
  }
}

type About<K extends keyof QueueDialog | 'queueId' | 'groupId'> = Extract<QueueDialog, { readonly [key in K]: unknown }>;

function OneQueueDialog({ dialog, data }: { readonly dialog: About<'queueId'>; readonly data: QueuesData }) {
  const queue = data.queues.find(({ queueId }) => queueId === dialog.queueId);
  if (queue === undefined) return null;
  const props = { queue, onClose: closeQueueDialog, refresh: data.refresh };
  switch (dialog.kind) {
    case 'append':
      return <AppendDialog {...props} />;
    case 'read':
      return <ReadDialog {...props} />;
    case 'purge':
      return <PurgeDialog {...props} />;
    case 'delete':
      return <DeleteDialog {...props} />;
    case 'seek':
      return <SeekDialog {...props} clientId={dialog.clientId} />;
    case 'forget':
      return <ForgetDialog {...props} clientId={dialog.clientId} />;
  }
}

function GroupDialog({ dialog, data }: { readonly dialog: About<'groupId'>; readonly data: QueuesData }) {
  const group = data.groups.get(dialog.groupId);
  if (group === undefined) return null;
  const props = { group, onClose: closeQueueDialog, refresh: data.refresh };
  switch (dialog.kind) {
    case 'transfer':
      return <TransferDialog {...props} />;
    case 'addBroker':
      return <AddBrokerDialog replaces={dialog.replaces} {...props} />;
    case 'backup':
      return <BackupDialog {...props} />;
    default: {
      const member = group.members.find(({ brokerId }) => brokerId === dialog.brokerId);
      if (member === undefined) return null;
      return dialog.kind === 'leave' ? <LeaveDialog {...props} member={member} /> : <RemoveBrokerDialog {...props} member={member} />;
    }
  }
}
