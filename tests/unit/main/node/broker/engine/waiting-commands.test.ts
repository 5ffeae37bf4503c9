import { expect, test } from 'vitest';
import { type CommandOutcome, WaitingCommands } from '../../../../../../src/main/node/broker/engine/waiting-commands.ts';
import { brokerLimits } from '../../../../../../src/main/node/broker/limits.ts';

const commandOf = (sizeBytes: number) => ({ sizeBytes, pieces: [] });
const done = { ok: true, type: 'done' } as const;

/** Commands that note how they ended, by number. */
function noting(waiting: WaitingCommands) {
  const ended = new Map<number, CommandOutcome>();
  let next = 0;
  const add = (sizeBytes = 10) => {
    const number = next++;
    return waiting.add(commandOf(sizeBytes), (outcome) => ended.set(number, outcome));
  };
  return { ended, add };
}

test('what waits becomes one bundle in its order, up to the bounds of an entry', () => {
  const waiting = new WaitingCommands();
  const { add } = noting(waiting);
  for (let count = 0; count < brokerLimits.bundleCommands + 5; count += 1) add();
  expect(waiting.takeBundle(1)?.commands).toHaveLength(brokerLimits.bundleCommands);
  expect(waiting.takeBundle(2)?.commands).toHaveLength(5);
  expect(waiting.takeBundle(3)).toBeUndefined();
  add(brokerLimits.bundleBytes * 2);
  add();
  expect(waiting.takeBundle(4)?.commands).toHaveLength(1);
  expect(waiting.takeBundle(5)?.commands).toHaveLength(1);
});

test('each command gets its own result once its entry is applied', () => {
  const waiting = new WaitingCommands();
  const { add, ended } = noting(waiting);
  add();
  add();
  waiting.takeBundle(1);
  waiting.accepted(1, 7, 3);
  const second = { ok: true, type: 'position', position: 9 } as const;
  waiting.applied(7, 3, [done, second]);
  expect([...ended.values()]).toEqual([
    { ok: true, result: done, index: 7, term: 3 },
    { ok: true, result: second, index: 7, term: 3 },
  ]);
  expect(waiting.size).toBe(0);
  expect(waiting.sizeBytes).toBe(0);
});

test('an entry of another term in its place means that it was not done', () => {
  const waiting = new WaitingCommands();
  const { add, ended } = noting(waiting);
  add();
  waiting.takeBundle(1);
  waiting.accepted(1, 7, 3);
  waiting.applied(7, 4, []);
  expect(ended.get(0)).toEqual({ ok: false, code: 'NOT_LEADER' });
});

test('when leadership is lost, what is in the log may yet be done and what is not will not', () => {
  const waiting = new WaitingCommands();
  const { add, ended } = noting(waiting);
  add();
  waiting.takeBundle(1);
  waiting.accepted(1, 7, 3);
  add();
  waiting.fail('NOT_LEADER');
  expect([...ended.values()]).toEqual([
    { ok: false, code: 'UNCERTAIN' },
    { ok: false, code: 'NOT_LEADER' },
  ]);
});

test('more than may wait is turned away and counted', () => {
  const waiting = new WaitingCommands();
  const { add } = noting(waiting);
  expect(add(brokerLimits.waitingBytes)).toBe(true);
  expect(add(1)).toBe(false);
  expect(waiting.refused).toBe(1);
});
