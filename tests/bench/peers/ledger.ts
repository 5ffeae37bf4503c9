/** The ledger's file: blocks appended, beside rows of a bare table; a long chain verified, beside the same cryptography alone. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { KnownKeys } from '../../../src/main/node/identity/index.ts';
import { encodeHead } from '../../../src/main/node/ledger/block.ts';
import type { OwnBlock } from '../../../src/main/node/ledger/chain-store.ts';
import { WorkerChainStore } from '../../../src/main/node/ledger/worker-chain-store.ts';
import { createStore } from '../../../src/main/node/store/index.ts';
import { ChainWriter } from '../../helpers/chain-writer.ts';
import { recordingLogger } from '../../helpers/router-fixture.ts';
import type { BenchOptions, Measure } from '../harness.ts';
import { silentLogger } from '../link-party.ts';
import type { Endings } from '../rpc-remote-callers.ts';

const verifiedEntries = 100_000;
const verifyAimSeconds = 20;
/** Of a thread that others wait for. */
const loopDelayAimMs = 20;

/** The measures; what they need is ended by `endings`. */
export async function ledgerMeasures(folder: string, { seconds }: BenchOptions, endings: Endings): Promise<readonly Measure[]> {
  const long = await longChain(join(folder, 'long.db'), endings);
  const looks = { p99Ms: 0 };
  return [
    await appends(folder, seconds, endings),
    {
      measure: `verify ${verifiedEntries.toLocaleString('en')} entries, a block each`,
      unit: 's',
      subjects: [
        {
          name: 'ledger',
          sample: async () => {
            const delay = monitorEventLoopDelay({ resolution: 1 });
            delay.enable();
            const { checkedEntries, durationMs, fault } = await long.store.verify(long.writer.chainId);
            delay.disable();
            if (fault !== null || checkedEntries < verifiedEntries) throw new Error(`The chain was not verified: ${fault?.message}`);
            looks.p99Ms = delay.percentile(99) / 1e6;
            return durationMs / 1_000;
          },
        },
        { name: 'budget', sample: () => Promise.resolve(verifyAimSeconds) },
        { name: 'bare SHA-256 and Ed25519', sample: () => Promise.resolve(bareSeconds(long.writer)) },
      ],
      aims: [{ peer: 'budget', ratio: 1, kind: 'atMost' }],
    },
    {
      measure: 'event loop of the main thread meanwhile, p99',
      unit: 'ms',
      subjects: [
        { name: 'ledger', sample: () => Promise.resolve(looks.p99Ms) },
        { name: 'budget', sample: () => Promise.resolve(loopDelayAimMs) },
      ],
      aims: [{ peer: 'budget', ratio: 1, kind: 'atMost' }],
    },
  ];
}

async function openStore(writer: ChainWriter, file: string, endings: Endings): Promise<WorkerChainStore> {
  const store = new WorkerChainStore({ file, self: writer.chainId, resourcesPath: undefined, logger: recordingLogger() });
  await store.start();
  endings.push(() => store.stop());
  return store;
}

async function longChain(file: string, endings: Endings): Promise<{ readonly store: WorkerChainStore; readonly writer: ChainWriter }> {
  const author = new ChainWriter(7);
  const reader = new ChainWriter(8);
  const store = await openStore(reader, file, endings);
  // Brought as a copy of another node's chain: page by page, as a node that comes back takes it.
  for (let written = 0; written < verifiedEntries; written += 500) {
    const { refused } = await store.take(author.chainId, author.writeMany(500), 'bench', Date.now() + 1e12);
    if (refused !== null) throw new Error(`The chain was not taken: ${refused.message}`);
  }
  return { store, writer: author };
}

/** The hashes and signatures of the same blocks, and nothing else. */
function bareSeconds(writer: ChainWriter): number {
  const keys = new KnownKeys();
  const beganMs = performance.now();
  for (const { block, entries } of writer.blocks) {
    for (const entry of entries) createHash('sha256').update(entry).digest();
    if (!keys.isSigned(block.author, encodeHead(block), block.signature)) throw new Error('A signature of the chain is wrong.');
  }
  return (performance.now() - beganMs) / 1_000;
}

async function appends(folder: string, seconds: number, endings: Endings): Promise<Measure> {
  const writer = new ChainWriter(9);
  const store = await openStore(writer, join(folder, 'own.db'), endings);
  const table = createStore({
    file: join(folder, 'bare.db'),
    migrations: [{ id: 'bare', sql: 'CREATE TABLE rows (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT' }],
    logger: silentLogger,
  });
  await table.start();
  endings.push(() => table.stop());
  const perSecond = async (work: () => Promise<unknown>) => {
    const beganMs = performance.now();
    let done = 0;
    for (; performance.now() - beganMs < seconds * 1_000; done++) await work();
    return (done * 1_000) / (performance.now() - beganMs);
  };
  const sizeOf = ({ entries }: OwnBlock) => entries.reduce((sum, entry) => sum + entry.length, 0);
  const row = new Uint8Array(sizeOf(writer.write()) + 204);
  await store.append(writer.blocks[0] as OwnBlock);
  return {
    measure: 'acts written one after another, each flushed',
    unit: '/s',
    subjects: [
      { name: 'ledger', durability: 'flushed', sample: () => perSecond(() => store.append(writer.write())) },
      {
        name: 'bare table',
        durability: 'flushed',
        sample: () => perSecond(() => table.transaction([{ sql: 'INSERT INTO rows (data) VALUES (?)', params: [row] }])),
      },
    ],
    aims: [],
  };
}
