import { join } from 'node:path';
import { AuditLog, auditMigrations } from '../../src/main/node/audit/index.ts';
import { nodeIdOf, signerFromSeed } from '../../src/main/node/identity/index.ts';
import { HighWaterMark, ledgerMarkMigrations } from '../../src/main/node/ledger/high-water-mark.ts';
import { Recorder, type RecorderOptions } from '../../src/main/node/ledger/recorder.ts';
import { WorkerChainStore } from '../../src/main/node/ledger/worker-chain-store.ts';
import { RetryDelay } from '../../src/main/node/retry-delay.ts';
import { createStore } from '../../src/main/node/store/index.ts';
import { Logs, Problems } from '../../src/main/node/telemetry/index.ts';
import { recordingLogger } from './router-fixture.ts';

const signer = signerFromSeed(new Uint8Array(32).fill(1));

/** Its key. */
export const recorderSigner = signer;

/** The node whose chain the fixture writes. */
export const recorderId = nodeIdOf(signer.publicKey);

/** The audit table, the ledger and what writes from one into the other, in files of a folder. */
export async function openRecorder(folder: string, options: Partial<RecorderOptions> = {}) {
  const problems = new Problems();
  const logger = new Logs({ level: 'error' }).logger('ledger');
  const node = createStore({ file: join(folder, 'node.db'), migrations: [...auditMigrations, ...ledgerMarkMigrations], logger });
  const store = new WorkerChainStore({
    file: join(folder, 'ledger.db'),
    self: recorderId,
    resourcesPath: undefined,
    logger: recordingLogger(),
  });
  await Promise.all([node.start(), store.start()]);
  const audit = new AuditLog({ store: node, nodeId: recorderId, logger, problems });
  const mark = new HighWaterMark(node);
  const recorder = new Recorder({
    store,
    audit,
    mark,
    identity: { ...signer, nodeId: recorderId, sign: (bytes) => signer.sign(bytes) },
    name: () => 'press-07',
    software: '1.2.3',
    logger,
    problems,
    retryDelay: new RetryDelay(Math.random, { firstMs: 5, longestMs: 20 }),
    ...options,
  });
  await recorder.start();
  const stop = async () => {
    await audit.stop();
    await recorder.stop();
    await store.stop();
    await node.stop();
  };
  return { audit, store, recorder, problems, node, mark, stop };
}

/** Every entry of the chain of the fixture, oldest first. */
export async function entriesOf(store: WorkerChainStore) {
  const { entries } = await store.list({ chainId: recorderId, limit: 100_000 });
  return entries.toReversed();
}
