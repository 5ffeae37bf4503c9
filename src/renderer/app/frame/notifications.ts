import { useEffect } from 'react';
import type { EventMessage } from '../../../common/wire/messages.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { nodeClient } from '../../state/node.ts';

/** Shows what the node tells everybody on `/notifications`, as long as the console is open. */
export function useNotifications(): void {
  useEffect(() => {
    const subscription = nodeClient().subscribe('/notifications', { maxQueuedEvents: 16 });
    void show(subscription);
    return () => subscription.dispose();
  }, []);
}

/** Code of a notification that reports a failure (wire.md 1.1: info, success, warning, error). */
const errorCode = 4;

async function show(events: AsyncIterable<EventMessage>): Promise<void> {
  try {
    for await (const { data } of events) {
      const toast = toToast(data);
      if (toast !== undefined) showToast(toast);
    }
  } catch {
    // The frame tells of a lost connection; the subscription comes back with it.
  }
}

/** The words of a notification, or undefined for something else. Any client with the right role may publish it. */
export function toToast(data: unknown): { readonly title: string; readonly tone: 'info' | 'error' } | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { message, code } = data as { readonly message?: unknown; readonly code?: unknown };
  if (typeof message !== 'string' || message === '') return undefined;
  return { title: message.slice(0, 300), tone: code === errorCode ? 'error' : 'info' };
}
