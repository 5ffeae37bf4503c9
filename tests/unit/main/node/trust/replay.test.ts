import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Store } from '../../../../../src/main/node/store/index.ts';
import { toHex } from '../../../../../src/main/node/trust/digest.ts';
import { loadReplayGuard, ReplayGuard, type ReplaySubject, replayMigrations } from '../../../../../src/main/node/trust/replay/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { alice, bob, refusedAs, startMs } from './people.ts';
import { killEverywhere, openStore } from './stored.ts';

let made = 0;
function message(seq: number, other: Partial<ReplaySubject> = {}): ReplaySubject {
  const messageId = Buffer.alloc(16);
  messageId.writeUInt32BE(++made);
  return { source: alice.publicKey, epoch: 1, seq, messageId, timestampMs: startMs, ttlSeconds: 60, ...other };
}

function take(guard: ReplayGuard, subject: ReplaySubject, nowMs = startMs): void {
  const reservation = guard.reserve(subject, nowMs);
  if (reservation === undefined) throw new Error('The message is not new.');
  reservation.confirm();
}

test('row 42: an exact repeat is a duplicate: at once, out of order, and after the next start of its sender', () => {
  const guard = new ReplayGuard();
  const first = message(1);
  expect(guard.check(first)).toBe('new');
  take(guard, first);
  take(guard, message(3));
  take(guard, message(2));
  expect(guard.check(first)).toBe('duplicate');
  expect(guard.reserve(first, startMs)).toBeUndefined();
  take(guard, message(1, { epoch: 2 }));
  expect(guard.check(first)).toBe('duplicate');
  expect(guard.check({ ...first, source: bob.publicKey })).toBe('new');
});

test('row 43: a used number, an earlier epoch and a poisoning jump are refused', () => {
  const guard = new ReplayGuard();
  take(guard, message(5, { epoch: 7 }));
  expect(() => guard.check(message(5, { epoch: 7 }))).toThrow(expect.objectContaining({ code: 'REPLAYED', data: { reason: 'sequence' } }));
  expect(() => guard.check(message(6, { epoch: 6 }))).toThrow(
    expect.objectContaining({ code: 'REPLAYED', data: { reason: 'epoch', highestEpoch: 7 } }),
  );
  expect(() => guard.check(message(5 + 2 ** 20 + 1, { epoch: 7 }))).toThrow(
    expect.objectContaining({ code: 'REPLAYED', data: { reason: 'jump' } }),
  );
  expect(guard.check(message(5 + 2 ** 20, { epoch: 7 }))).toBe('new');
  expect(guard.check(message(2 ** 40, { epoch: 8 }))).toBe('new');
  // What was only checked left no trace.
  expect(guard.highestEpochOf(alice.publicKey)).toBe(7);
  expect(guard.highestEpochOf(bob.publicKey)).toBe(0);
});

test('a message that is being stored is neither taken twice nor acknowledged, and one that could not be stored may come again', () => {
  const guard = new ReplayGuard();
  const subject = message(1);
  const reservation = guard.reserve(subject, startMs);
  expect(guard.check(subject)).toBe('pending');
  expect(guard.reserve(subject, startMs)).toBeUndefined();
  expect(() => guard.check(message(1))).toThrow(refusedAs('REPLAYED'));
  reservation?.release();
  expect(guard.check(subject)).toBe('new');
  expect(guard.check(message(1))).toBe('new');
});

test('a full memory refuses what is older instead of forgetting it', () => {
  const guard = new ReplayGuard();
  const taken = Array.from({ length: 20_001 }, (_, at) => message(at + 1));
  for (const subject of taken) take(guard, subject);
  for (const subject of taken) {
    try {
      expect(guard.check(subject)).toBe('duplicate');
    } catch (error) {
      expect(error).toEqual(expect.objectContaining({ code: 'REPLAYED' }));
    }
  }
});

test('what has expired goes first, and a clock set back does not let it in again', () => {
  const guard = new ReplayGuard();
  const late = message(15_000, { ttlSeconds: 604_800 });
  const taken = Array.from({ length: 20_000 }, (_, at) => (at + 1 === late.seq ? late : message(at + 1)));
  for (const subject of taken) take(guard, subject);
  const hourLater = startMs + 3_600_000;
  take(guard, message(20_001, { timestampMs: hourLater }), hourLater);
  expect(guard.check(late)).toBe('duplicate');
  for (const subject of taken.slice(0, 1_000)) expect(() => guard.check(subject)).toThrow(refusedAs('REPLAYED'));
});

test('it never takes anything twice, whatever comes (against a plain list)', () => {
  const step = fc.record({ epoch: fc.nat({ max: 3 }), seq: fc.integer({ min: 1, max: 40 }), id: fc.nat({ max: 60 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const guard = new ReplayGuard();
      const ids = new Set<number>();
      const numbers = new Set<string>();
      let epoch = 0;
      for (const one of steps) {
        const subject = message(one.seq, { epoch: one.epoch, messageId: Uint8Array.from({ length: 16 }, () => one.id) });
        const known = ids.has(one.id) ? 'duplicate' : one.epoch < epoch || numbers.has(`${one.epoch}/${one.seq}`) ? 'refused' : 'new';
        let found: string;
        try {
          found = guard.check(subject);
        } catch {
          found = 'refused';
        }
        expect(found).toBe(known);
        if (found !== 'new') continue;
        take(guard, subject);
        ids.add(one.id);
        numbers.add(`${one.epoch}/${one.seq}`);
        epoch = Math.max(epoch, one.epoch);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('row 42: after a restart the same is known, whether or not the node ended in the middle of a message', async () => {
  const store = await openStore(await temporaryFolder(), replayMigrations);
  const guard = await loadReplayGuard(store);
  const [first, second, lost] = [message(1), message(3), message(4)];
  for (const subject of [first, second]) {
    const reservation = guard.reserve(subject, startMs);
    await store.transaction(reservation?.statements ?? []);
    reservation?.confirm();
  }
  expect(guard.reserve(lost, startMs)).toBeDefined();

  const restarted = await loadReplayGuard(store);
  expect(restarted.check(first)).toBe('duplicate');
  expect(restarted.check(second)).toBe('duplicate');
  expect(() => restarted.check(message(3))).toThrow(refusedAs('REPLAYED'));
  expect(restarted.check(message(2))).toBe('new');
  expect(restarted.check(lost)).toBe('new');
  expect(restarted.highestEpochOf(alice.publicKey)).toBe(1);
});

test('what is let go of in memory goes from the disk with it, and stays refused after a restart', async () => {
  const store = await openStore(await temporaryFolder(), replayMigrations);
  const guard = await loadReplayGuard(store);
  const taken = Array.from({ length: 20_000 }, (_, at) => message(at + 1));
  for (const subject of taken) take(guard, subject);
  await store.run('INSERT INTO replay_sources (source, epoch, floor) VALUES (?, 1, 0)', [alice.publicKey]);
  await store.run(
    `INSERT INTO replay_messages SELECT ?, value ->> 0, 1, value ->> 1, ? FROM json_each(?)`.replace('value ->> 0', 'unhex(value ->> 0)'),
    [alice.publicKey, startMs + 180_000, JSON.stringify(taken.map(({ messageId, seq }) => [toHex(messageId), seq]))],
  );
  const reservation = guard.reserve(message(20_001, { timestampMs: startMs + 600_000 }), startMs + 600_000);
  await store.transaction(reservation?.statements ?? []);
  const left = await store.get<{ count: number }>('SELECT count(*) AS count FROM replay_messages');
  expect(left?.count).toBe(1_025);
  const restarted = await loadReplayGuard(store);
  for (const seq of [1, 10_000, 18_976, 18_977, 20_000, 20_001])
    expect(() => restarted.check(message(seq)), `${seq}`).toThrow(refusedAs('REPLAYED'));
  expect(restarted.check(message(20_002))).toBe('new');
});

test('row 38: killed at any write, every message has its effect exactly once when all are sent again', async () => {
  const migrations = [...replayMigrations, { id: 'effects', sql: 'CREATE TABLE effects (seq INTEGER NOT NULL) STRICT' }];
  const messages = [message(1), message(3), message(2), message(1, { epoch: 2 })];
  const deliver = async (store: Store) => {
    const guard = await loadReplayGuard(store);
    for (const subject of messages) {
      const reservation = guard.reserve(subject, startMs);
      if (reservation === undefined) continue;
      await store.transaction([...reservation.statements, { sql: 'INSERT INTO effects (seq) VALUES (?)', params: [subject.seq] }]);
      reservation.confirm();
    }
  };
  await killEverywhere(migrations, deliver, async (store) => {
    await deliver(store);
    expect((await store.all<{ seq: number }>('SELECT seq FROM effects ORDER BY seq')).map(({ seq }) => seq)).toEqual([1, 1, 2, 3]);
  });
});
