import { describe, expect, it } from 'vitest';
import { errorCodes, SignalboxError } from '../../../../../../src/common/errors.ts';
import { classOf, errorClasses, networkErrorOf, Recoveries, recoveryLimits } from '../../../../../../src/main/node/peers/recovery/index.ts';
import {
  failMessage,
  honourRetryAfter,
  measureClockOnce,
  putAside,
  restAndAlert,
  retryThenPutAside,
  retryWithJitter,
  stopAccepting,
  strategies,
} from '../../../../../../src/main/node/peers/recovery/strategies.ts';
import { Problems } from '../../../../../../src/main/node/telemetry/index.ts';

const error = (code: ConstructorParameters<typeof SignalboxError>[0], data?: unknown) =>
  new SignalboxError(code, `It is ${code}.`, { data });
const failure = (attempt = 1, random = 0, where: 'here' | 'there' = 'there', cause: unknown = error('TIMEOUT')) => ({
  error: cause,
  attempt,
  where,
  random: () => random,
});

describe('the strategies', () => {
  it('try again after a pause that grows from 250 ms to 30 s, spread over its whole length', () => {
    const longest = [1, 2, 3, 8, 100].map((attempt) => retryWithJitter(failure(attempt, 1)));
    expect(longest).toEqual([250, 500, 1_000, 30_000, 30_000].map((afterMs) => ({ action: 'retry', afterMs })));
    expect(retryWithJitter(failure(100, 0))).toEqual({ action: 'retry', afterMs: 125 });
  });

  it('wait as long as a busy peer asks, within bounds', () => {
    const asked = (retryAfterMs: unknown) => honourRetryAfter(failure(1, 1, 'there', error('OVERLOADED', { retryAfterMs })));
    expect([asked(2_000), asked(1), asked(1e9), asked('soon')]).toEqual(
      [2_000, 250, 300_000, 250].map((afterMs) => ({ action: 'retry', afterMs })),
    );
  });

  it('leave a peer alone for five minutes that could not prove itself', () => {
    expect(restAndAlert(failure())).toEqual({ action: 'rest', forMs: 300_000 });
  });

  it('fail what is not allowed, and put aside what would be refused again', () => {
    expect(failMessage(failure())).toEqual({ action: 'fail' });
    expect(putAside(failure(1, 0, 'there', error('VERSION')))).toEqual({ action: 'deadLetter', reason: 'It is VERSION.' });
  });

  it('compare the clocks once', () => {
    expect([measureClockOnce(failure(1)).action, measureClockOnce(failure(2)).action]).toEqual(['measureClock', 'fail']);
  });

  it('promise nothing more when the own disk is full, and wait for that of a peer', () => {
    expect(stopAccepting(failure(1, 0, 'here'))).toEqual({ action: 'stopAccepting' });
    expect(stopAccepting(failure(1, 0, 'there')).action).toBe('retry');
  });

  it('try a fault three times', () => {
    expect([1, 2, 3].map((attempt) => retryThenPutAside(failure(attempt)).action)).toEqual(['retry', 'retry', 'deadLetter']);
  });
});

describe('the table', () => {
  it('has a class for every code, and a strategy for every class', () => {
    for (const code of errorCodes) expect.soft([code, classOf(error(code))]).not.toEqual([code, code === 'INTERNAL' ? '' : 'internal']);
    for (const errorClass of errorClasses) expect(strategies[errorClass]).toBeTypeOf('function');
  });

  it('names classes as the seed does', () => {
    expect(errorClasses.map(networkErrorOf)).toEqual([
      'ConnectionFailed',
      'Timeout',
      'Timeout',
      'SecurityError',
      'SecurityError',
      'ProtocolError',
      'ValidationFailed',
      'ProtocolError',
      'StorageError',
      'InternalError',
    ]);
  });

  it('takes whatever has no code for a fault', () => {
    expect(classOf(new TypeError('ours'))).toBe('internal');
  });
});

describe('recoveries', () => {
  function setUp() {
    const problems = new Problems();
    const clock = { nowMs: 0 };
    const recoveries = new Recoveries({ problems, nameOf: () => 'press-07', random: () => 1, monotonicMs: () => clock.nowMs });
    return { problems, recoveries, clock };
  }

  it('are counted by kind of error', () => {
    const { recoveries } = setUp();
    recoveries.decide('b', error('TIMEOUT'), 1);
    recoveries.decide('b', error('OVERLOADED'), 1);
    recoveries.decide('b', error('VERSION'), 1);
    expect(recoveries.counts).toEqual({ Timeout: 2, ProtocolError: 1 });
  });

  it('tell people where only they can help, until the peer takes a message, or refuses none for a while', () => {
    const { recoveries, problems, clock } = setUp();
    recoveries.decide('b', error('PIN'), 1);
    recoveries.decide('b', error('FORBIDDEN'), 1);
    recoveries.decide('b', error('CLOCK'), 1);
    expect(problems.list().map(({ title }) => title)).toEqual([
      'press-07 and this node could not prove themselves to each other',
      'press-07 refuses messages of this node',
    ]);
    recoveries.decide('b', error('CLOCK'), 2);
    expect(problems.list()).toHaveLength(3);
    // A heartbeat that is taken says nothing of what is refused.
    recoveries.taken('b');
    const refuses = [{ title: 'press-07 refuses messages of this node' }];
    expect(problems.list()).toMatchObject(refuses);
    clock.nowMs = recoveryLimits.toldMs - 1;
    recoveries.maintain();
    expect(problems.list()).toMatchObject(refuses);
    clock.nowMs++;
    recoveries.maintain();
    expect(problems.list()).toEqual([]);
  });

  it('leave it to the store to say that the own disk is full', () => {
    const { recoveries, problems } = setUp();
    expect(recoveries.decide('b', error('STORAGE_FULL'), 1, 'here')).toEqual({ action: 'stopAccepting' });
    expect([recoveries.counts, problems.list()]).toEqual([{ StorageError: 1 }, []]);
  });
});
