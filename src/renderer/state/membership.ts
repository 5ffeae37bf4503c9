/** Tells the views of who belongs to the cluster when there is something new to read. */
import { create } from 'zustand';
import type { NodeClient } from '../../common/client/node-client.ts';

/** Counts what has changed, as told on `/membership` or by an act of this console. */
export const useMembershipVersion = create<{ readonly version: number }>(() => ({ version: 0 }));

/** Makes every view of the membership read again: after an act of this console. */
export function membershipChanged(): void {
  useMembershipVersion.setState(({ version }) => ({ version: version + 1 }));
}

/** Follows `/membership` as long as it is not stopped. */
export function followMembership(client: NodeClient): () => void {
  // Each event says no more than that there is something new to read; one of another kind does not push it out.
  const events = client.subscribe('/membership', { maxQueuedEvents: 16 });
  void read(events);
  return () => events.dispose();
}

async function read(events: AsyncIterable<{ readonly data: unknown }>): Promise<void> {
  try {
    for await (const { data } of events) {
      // Who is found on the local network changes none of these views.
      if ((data as { readonly change?: unknown } | null)?.change !== 'nearby') membershipChanged();
    }
  } catch {
    // The connection's own state tells the person; views read again when it is back.
  }
}
