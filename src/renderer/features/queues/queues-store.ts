/** How a person has set the list of queues up, and what they are writing. */
import { create } from 'zustand';
import { keptOrder } from '../shared/table/table-order.ts';
import type { QueueColumnId } from './model/queue-table.ts';

export const useListOrder = keptOrder<QueueColumnId>('signalbox.queues.list', 'name');

/** Kept while the console is open. */
export const useListFilter = create<{ readonly text: string }>(() => ({ text: '' }));

/** A message that is being written, by queue: closing the dialog loses nothing. */
export interface Draft {
  readonly as: 'json' | 'text';
  readonly text: string;
  readonly key: string;
  /** One `name: value` a line. */
  readonly headers: string;
}

export const emptyDraft: Draft = { as: 'json', text: '', key: '', headers: '' };
const mostDrafts = 20;

export const useDrafts = create<{ readonly byQueue: ReadonlyMap<string, Draft> }>(() => ({ byQueue: new Map() }));

/** Keeps what is written for a queue; the draft that was not touched for longest goes when there are many. */
export function keepDraft(queueId: string, draft: Draft): void {
  useDrafts.setState(({ byQueue }) => {
    const next = new Map(byQueue);
    next.delete(queueId);
    next.set(queueId, draft);
    const [oldest] = next.keys();
    if (next.size > mostDrafts && oldest !== undefined) next.delete(oldest);
    return { byQueue: next };
  });
}

/** Counts what was changed in a queue from here: what is shown of its messages is looked at again. */
export const useChanges = create<{ readonly byQueue: Readonly<Record<string, number>> }>(() => ({ byQueue: {} }));

export function messagesChanged(queueId: string): void {
  useChanges.setState(({ byQueue }) => ({ byQueue: { ...byQueue, [queueId]: (byQueue[queueId] ?? 0) + 1 } }));
}

export const listFilterId = 'queues-filter';
export const messageFilterId = 'queues-message-filter';
export const listId = 'queues-list';

export function focusListFilter(): void {
  document.getElementById(listFilterId)?.focus();
}

export function focusMessageFilter(): void {
  document.getElementById(messageFilterId)?.focus();
}
