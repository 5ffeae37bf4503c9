/** A node as far as chains are concerned: a store on the disk, a writer of its own chain, and what keeps chains alike between nodes. */
import { onTestFinished } from 'vitest';
import type { EntryDraft } from '../../src/main/node/ledger/entry.ts';
import { LedgerSync, type LedgerSyncOptions } from '../../src/main/node/ledger/sync/index.ts';
import type { FullBlock } from '../../src/main/node/ledger/types.ts';
import type { WorkerChainStore } from '../../src/main/node/ledger/worker-chain-store.ts';
import { Logs, Metrics, Problems } from '../../src/main/node/telemetry/index.ts';
import type { MemoryNetwork, MemoryPeer } from './chain-network.ts';
import { actDraft, type ChainWriter, openChainStore } from './ledger-fixture.ts';

export interface ChainNode {
  readonly writer: ChainWriter;
  readonly store: WorkerChainStore;
  readonly file: string;
  readonly sync: LedgerSync;
  readonly peer: MemoryPeer;
  readonly problems: Problems;
  /** What the writer of the own chain was told. */
  readonly heard: readonly string[];
  /** Says that a chain in the store may be another now, as the part of the node does. */
  changed(chainId: string): void;
  /** Writes a block of one entry into the own chain, as the recorder does. */
  act(draft?: Partial<EntryDraft>): Promise<FullBlock>;
}

/**
 * Starts one.
 *
 * @param network through which it reaches the others
 * @param writer its key and chain; what it has written already is not kept
 * @param strangers nodes that it takes for no members
 */
export async function startChainNode(
  network: MemoryNetwork,
  writer: ChainWriter,
  strangers: ReadonlySet<string> = new Set(),
  headsMs = 3_600_000,
  options: Partial<Pick<LedgerSyncOptions, 'record' | 'witnessMs'>> = {},
): Promise<ChainNode> {
  const { store, file } = await openChainStore(writer.chainId);
  const peer = network.join(writer.chainId);
  const problems = new Problems();
  const heard: string[] = [];
  const listeners = new Set<(block: FullBlock) => void>();
  const changed = new Set<(chainId: string) => void>();
  const act = async (draft: Partial<EntryDraft> = {}) => {
    const block = writer.write([actDraft(draft)], Date.now());
    await store.append(block);
    for (const listener of listeners) listener(block);
    for (const listener of changed) listener(writer.chainId);
    return block;
  };
  const sync = new LedgerSync({
    nodeId: writer.chainId,
    signer: writer.signer,
    communicator: peer,
    store,
    members: {
      standing: (nodeId) => (strangers.has(nodeId) ? 'stranger' : 'member'),
      nameOf: (nodeId) => nodeId.slice(0, 8),
      idsOf: () => [],
    },
    problems,
    logger: new Logs({ level: 'fatal' }).logger('ledger'),
    nowMs: Date.now,
    record: async (draft) => {
      const { block } = await act(draft);
      return block.firstNumber;
    },
    own: {
      peersHold: ({ height }) => void heard.push(`peers hold ${height}`),
      ownChainChanged: () => void heard.push('changed'),
      peersAnswered: () => void heard.push('answered'),
    },
    metrics: new Metrics(),
    onChanged: (listener) => {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    onBlock: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    headsMs,
    ...options,
  });
  onTestFinished(() => sync.stop());
  await sync.start();
  const tellChanged = (chainId: string) => {
    for (const listener of changed) listener(chainId);
  };
  return { writer, store, file, sync, peer, problems, heard, changed: tellChanged, act };
}
