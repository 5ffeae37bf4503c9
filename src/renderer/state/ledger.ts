/** The ledger of the console's own node, as the frame shows it, and when its views have something new to read. */
import { create } from 'zustand';
import type { NodeClient } from '../../common/client/node-client.ts';
import type { ResultOf } from '../../common/contract/index.ts';

export type LedgerStatus = ResultOf<'ledger.status'>;

interface LedgerState {
  /** Kept while the node is away; undefined before the first answer. */
  readonly status: LedgerStatus | undefined;
  /** Counts what was told of new entries and of chains; how far a check has come does not count. */
  readonly version: number;
}

export const useLedger = create<LedgerState>(() => ({ status: undefined, version: 0 }));

/** What comes faster is taken together: views read again no more often. */
const beatMs = 250;

/** Chains that are damaged or forked: somebody has to look at them. */
export function chainsInTrouble(status: LedgerStatus | undefined): number {
  return status === undefined ? 0 : status.damaged + status.forks;
}

/** Reads `ledger.status` now, and makes the views read again: after an act of this console. */
export async function ledgerChanged(client: NodeClient): Promise<void> {
  useLedger.setState(({ version }) => ({ version: version + 1 }));
  await readStatus(client);
}

/** Follows `/ledger` as long as it is not stopped. */
export function followLedger(client: NodeClient): () => void {
  const stopped = new AbortController();
  const stopState = client.onState(({ kind }) => {
    if (kind === 'connected') void ledgerChanged(client);
  });
  // Of the events that wait only the newest is of use: it has the whole status.
  const events = client.subscribe('/ledger', { maxQueuedEvents: 1 });
  void read(events, stopped.signal);
  return () => {
    stopped.abort();
    stopState();
    events.dispose();
  };
}

async function readStatus(client: NodeClient): Promise<void> {
  try {
    useLedger.setState({ status: await client.call('ledger.status', {}) });
  } catch {
    // What is known stays; the connection's own state tells the person.
  }
}

async function read(events: AsyncIterable<{ readonly data: unknown }>, stopped: AbortSignal): Promise<void> {
  try {
    for await (const { data } of events) {
      const { change, status } = data as { readonly change: string; readonly status: LedgerStatus };
      useLedger.setState(({ version }) => ({ status, version: change === 'verifying' ? version : version + 1 }));
      await pause(beatMs, stopped);
      if (stopped.aborted) return;
    }
  } catch {
    // As above: the views read again when the node is back.
  }
}

/** Resolves after a time, or when the signal ends. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
