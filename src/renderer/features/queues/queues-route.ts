/** What the address says of the Queues screen: `#/queues/orders?tab=messages&from=latest&message=88119`, `#/queues?group=G-XYZ78`. */
import { useMemo } from 'react';
import { goTo, type Route, routeNow, useRoute } from '../../app/routes.ts';

export const queueTabs = ['messages', 'clients', 'config', 'history'] as const;
export type QueueTab = (typeof queueTabs)[number];

export interface QueuesRoute {
  /** Id or name of the queue that is looked at. */
  readonly queue: string | undefined;
  readonly tab: QueueTab;
  /** The list shows groups; the id of the chosen one, or empty. Undefined: it shows queues. */
  readonly group: string | undefined;
  /** Where messages are looked at from: `latest`, `first`, `#88119`, `@1763719200000`. */
  readonly from: string;
  readonly filter: string;
  /** Sequence of the message that is looked at. */
  readonly message: number | undefined;
}

/** The address as this screen reads it. */
export function queuesRouteOf({ object, query }: Pick<Route, 'object' | 'query'>): QueuesRoute {
  const message = Number(query.get('message'));
  return {
    queue: object,
    tab: queueTabs.find((tab) => tab === query.get('tab')) ?? 'messages',
    group: query.get('group') ?? undefined,
    from: query.get('from') ?? 'latest',
    filter: query.get('filter') ?? '',
    message: Number.isSafeInteger(message) && message > 0 ? message : undefined,
  };
}

export function useQueuesRoute(): QueuesRoute {
  const route = useRoute();
  return useMemo(() => queuesRouteOf(route), [route]);
}

/** Looks at a queue; at its messages, unless a tab is named. */
export function showQueue(queue: string, tab: QueueTab = 'messages'): void {
  goTo('queues', tab === 'messages' ? {} : { tab }, { object: queue, replace: true });
}

/** Lists groups, and looks at one. */
export function showGroup(groupId = ''): void {
  goTo('queues', { group: groupId }, { replace: true });
}

/** Lists queues. */
export function showQueues(): void {
  goTo('queues', {}, { replace: true });
}

/**
 * Looks at the first of a list where nobody has chosen. The screen may be drawn once more after the address has left it: a
 * person who has gone on is not brought back.
 */
export function showFirst(first: { readonly queue: string } | { readonly group: string }): void {
  if (routeNow().view !== 'queues') return;
  if ('queue' in first) showQueue(first.queue);
  else showGroup(first.group);
}

/** Changes where messages are looked at from, or which is looked at, and keeps the rest of the address. */
export function showMessages(change: { readonly from?: string; readonly filter?: string; readonly message?: number | undefined }): void {
  const now = { ...queuesRouteOf(routeNow()), ...change };
  const query: Record<string, string> = {};
  if (now.from !== 'latest') query.from = now.from;
  if (now.filter !== '') query.filter = now.filter;
  if (now.message !== undefined) query.message = String(now.message);
  goTo('queues', query, { object: now.queue, replace: true });
}
