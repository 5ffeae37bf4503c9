import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MemoryPeers } from '../../helpers/memory-peers.ts';
import { startStore, text } from '../../helpers/peer-stores.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const writer = join(import.meta.dirname, '../../helpers/store-writer.ts');
const rounds = 2;

interface Told {
  readonly begun?: number;
  readonly acknowledged?: number;
  readonly version?: number;
}

/** What a peer asked for and saw until its node was killed. */
class Witness {
  readonly begun = new Set<number>();
  readonly versions = new Map<number, number>();

  take({ begun, acknowledged, version }: Told): void {
    if (begun !== undefined) this.begun.add(begun);
    if (acknowledged !== undefined && version !== undefined) this.versions.set(acknowledged, version);
  }
}

test('kill -9 while peers write: what was acknowledged is there, and what is sent again has its effect once', async () => {
  const dataFolder = await temporaryFolder();
  const witness = new Witness();
  for (let round = 0; round < rounds; round++) {
    const first = witness.begun.size;
    const child = fork(writer, [dataFolder, String(first)], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const closed = once(child, 'close');
    const enough = new Promise<void>((resolve) => {
      child.on('message', (told: Told) => {
        witness.take(told);
        // A different moment of a write each time, among some hundred that were acknowledged.
        if (told.acknowledged === first + 60 + round * 7) resolve();
      });
    });
    await enough;
    child.kill('SIGKILL');
    await closed;

    const network = new MemoryPeers();
    const { part } = await startStore(network, 'n1-here', { dataFolder });
    network.peer('n1-peer');
    // The peer cannot know what became of those that were not acknowledged: it sends them all again, with the ids that they had.
    for (const number of witness.begun) {
      const value = Buffer.from(String(number)).toString('base64');
      const request = { type: 'StorageRequest', request_id: `r${number}`, operation: 'Put', key: `k${number % 4}`, value };
      const answer = await network.deliver('n1-peer', 'n1-here', request, `m${number}`);
      expect(answer).toMatchObject({ result: 'Success' });
      const before = witness.versions.get(number);
      if (before !== undefined) expect([number, answer?.version]).toEqual([number, before]);
      witness.versions.set(number, Number(answer?.version));
    }
    for (let key = 0; key < 4; key++) {
      const writes = [...witness.versions].filter(([number]) => number % 4 === key).sort(([, a], [, b]) => a - b);
      // No version was given twice, and none was left out.
      expect(writes.map(([, version]) => version)).toEqual(writes.map((_, index) => index + 1));
      const found = await part.get(`k${key}`);
      expect(found.version).toBe(writes.length);
      expect(text(found.value)).toBe(String(writes.at(-1)?.[0]));
    }
    await part.stop();
  }
});
