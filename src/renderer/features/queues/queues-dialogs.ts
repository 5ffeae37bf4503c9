import { create } from 'zustand';

/** The one dialog of the Queues screen that is open. */
export type QueueDialog =
  | { readonly kind: 'create' | 'createGroup' | 'restore' | 'rebalance' }
  | { readonly kind: 'append' | 'read' | 'purge' | 'delete'; readonly queueId: string }
  | { readonly kind: 'seek' | 'forget'; readonly queueId: string; readonly clientId: string }
  | { readonly kind: 'transfer' | 'backup'; readonly groupId: string }
  /** `replaces`: the broker whose place the new one is to take. */
  | { readonly kind: 'addBroker'; readonly groupId: string; readonly replaces?: string }
  | { readonly kind: 'removeBroker' | 'leave'; readonly groupId: string; readonly brokerId: string };

export const useQueueDialog = create<{ readonly dialog: QueueDialog | undefined }>(() => ({ dialog: undefined }));

export function openQueueDialog(dialog: QueueDialog): void {
  useQueueDialog.setState({ dialog });
}

export function closeQueueDialog(): void {
  useQueueDialog.setState({ dialog: undefined });
}
