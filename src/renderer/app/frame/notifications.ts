import { useEffect } from 'react';
import type { EventMessage } from '../../../common/wire/messages.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { nodeClient } from '../../state/node.ts';
import { notificationWords } from './notification-words.ts';

/** Shows what the node tells everybody on `/notifications`, as long as the console is open. */
export function useNotifications(): void {
  useEffect(() => {
    const subscription = nodeClient().subscribe('/notifications', { maxQueuedEvents: 16 });
    void show(subscription);
    return () => subscription.dispose();
  }, []);
}

async function show(events: AsyncIterable<EventMessage>): Promise<void> {
  try {
    for await (const { data } of events) {
      const toast = notificationWords(data);
      if (toast !== undefined) showToast(toast);
    }
  } catch {
    // The frame tells of a lost connection; the subscription comes back with it.
  }
}
