import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WorkerChainStore } from '../../src/main/node/ledger/worker-chain-store.ts';
import { recordingLogger } from './router-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

export { actDraft, ChainWriter } from './chain-writer.ts';

/** An open store in a file of its own. */
export async function openChainStore(self: string, file?: string): Promise<{ readonly store: WorkerChainStore; readonly file: string }> {
  const path = file ?? join(await temporaryFolder(), 'ledger.db');
  const store = new WorkerChainStore({ file: path, self, resourcesPath: undefined, logger: recordingLogger() });
  onTestFinished(() => store.stop());
  await store.start();
  return { store, file: path };
}
