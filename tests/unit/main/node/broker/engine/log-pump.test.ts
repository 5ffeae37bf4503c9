import { expect, test } from 'vitest';
import type { Persist } from '../../../../../../src/main/node/broker/core/types.ts';
import { LogPump } from '../../../../../../src/main/node/broker/engine/log-pump.ts';
import type { LogStore } from '../../../../../../src/main/node/broker/log/types.ts';

const persist = (ticket: number): Persist => ({ ticket, hardState: undefined, truncateFrom: undefined, entries: [] });

/** A disk that ends a write when the test says so. */
function heldDisk() {
  const writes: { readonly groups: readonly string[]; readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  const write: LogStore['write'] = (due) =>
    new Promise((resolve, reject) => writes.push({ groups: due.map(({ groupId }) => groupId), end: resolve, fail: reject }));
  return { log: { write } as LogStore, writes };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('one write at a time: what comes meanwhile, of whatever group, is the next one', async () => {
  const { log, writes } = heldDisk();
  const persisted: [string, number][] = [];
  const pump = new LogPump({ log, onPersisted: (groupId, ticket) => persisted.push([groupId, ticket]), onFailed: () => undefined });
  pump.add('G-A', persist(1));
  await turn();
  pump.add('G-A', persist(2));
  pump.add('G-B', persist(1));
  pump.add('G-A', persist(3));
  expect(writes.map(({ groups }) => groups)).toEqual([['G-A']]);
  writes[0]?.end();
  await turn();
  expect(writes[1]?.groups).toEqual(['G-A', 'G-B', 'G-A']);
  writes[1]?.end();
  await pump.drained();
  expect(persisted).toEqual([
    ['G-A', 1],
    ['G-A', 3],
    ['G-B', 1],
  ]);
});

test('after a failure nothing more is written, and it is told once', async () => {
  const { log, writes } = heldDisk();
  const failures: unknown[] = [];
  const pump = new LogPump({ log, onPersisted: () => undefined, onFailed: (error) => failures.push(error) });
  pump.add('G-A', persist(1));
  await turn();
  pump.add('G-A', persist(2));
  writes[0]?.fail(new Error('full'));
  await pump.drained();
  pump.add('G-A', persist(3));
  await turn();
  expect(writes).toHaveLength(1);
  expect(failures).toEqual([new Error('full')]);
});
