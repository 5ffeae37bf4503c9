import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClockWatch } from '../../../../../src/main/node/federation/clock-watch.ts';
import { NodeDirectory } from '../../../../../src/main/node/federation/node-directory.ts';
import { type PresenceMessage, presenceSchema } from '../../../../../src/main/node/federation/presence-message.ts';

const minuteMs = 60_000;

let directory: NodeDirectory;
let watch: ClockWatch;
/** How far the other node's clock is ahead, and whether it answers. */
let offsetMs: number;
let answers: boolean;
let garbage: unknown;
let asked: number;

function presence(fields: Partial<PresenceMessage> = {}): PresenceMessage {
  return presenceSchema.parse({
    serviceId: 'far',
    status: 'online',
    epoch: 1,
    session: 1,
    instance: 'a',
    formats: ['envelope'],
    ...fields,
  });
}

const measured = () => directory.get('far')?.clockOffsetMs;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  offsetMs = 1_000;
  answers = true;
  garbage = undefined;
  asked = 0;
  directory = new NodeDirectory(Date.now);
  watch = new ClockWatch({
    gateway: {
      call: () => {
        asked++;
        if (garbage !== undefined) return Promise.resolve(garbage);
        return answers ? Promise.resolve({ nowMs: Date.now() + offsetMs }) : Promise.reject(new Error('no answer'));
      },
    },
    directory,
    nodeId: 'near',
    nowMs: Date.now,
  });
});

afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

describe('the clock of another node', () => {
  it.each([[null], [{}], [{ nowMs: 'noon' }]])('counts as unmeasured when the answer is %j', async (answer) => {
    garbage = answer;
    directory.apply(presence());
    await pass(2_300);
    expect([measured(), directory.get('far')?.rttMs]).toEqual([undefined, undefined]);
    await expect(watch.measure({ nodeId: 'far', name: 'far' } as never, 1)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('is measured soon after it appeared, and again all the while', async () => {
    directory.apply(presence());
    await pass(2_300);
    expect([measured(), asked]).toEqual([1_000, 3]);
    offsetMs = -400;
    await pass(3 * minuteMs);
    expect(asked).toBe(3);
    await pass(3 * minuteMs);
    expect([measured(), asked]).toEqual([-400, 6]);
    await pass(60 * minuteMs);
    expect(asked).toBeGreaterThanOrEqual(3 * 12);
    expect(asked).toBeLessThanOrEqual(3 * 18);
  });

  it('is not asked for while the node is away, and anew when it is back', async () => {
    directory.apply(presence());
    await pass(2_300);
    directory.apply(presence({ status: 'offline' }));
    await pass(60 * minuteMs);
    expect(asked).toBe(3);
    offsetMs = 7;
    directory.apply(presence({ session: 2 }));
    await pass(2_300);
    expect([measured(), asked]).toEqual([7, 6]);
    expect(vi.getTimerCount()).toBe(1);
  });

  it('is asked for again when the node did not answer', async () => {
    answers = false;
    directory.apply(presence());
    await pass(2_300);
    expect([measured(), asked]).toEqual([undefined, 1]);
    answers = true;
    await pass(10_000);
    expect(measured()).toBe(1_000);
  });

  it('is measured anew when a message contradicts it, once in ten seconds at most', async () => {
    directory.apply(presence());
    await pass(2_300);
    offsetMs = -90_000;
    for (let message = 0; message < 1_000; message++) watch.doubt('far', false);
    expect(measured()).toBe(1_000);
    await pass(10_000);
    expect([measured(), asked]).toEqual([-90_000, 6]);
    for (let message = 0; message < 1_000; message++) {
      watch.doubt('far', false);
      await pass(10);
    }
    expect(asked).toBeLessThanOrEqual(9);
    expect(vi.getTimerCount()).toBe(1);
  });

  it('counts as unmeasured when a message was refused for it: nothing would get through otherwise', async () => {
    directory.apply(presence());
    await pass(2_300);
    watch.doubt('far', true);
    expect(measured()).toBeUndefined();
    await pass(10_000);
    expect(measured()).toBe(1_000);
  });

  it('is not asked of nodes that have no such method, nor after the end', async () => {
    directory.apply(presence({ formats: [] }));
    await pass(minuteMs);
    watch.doubt('far', true);
    watch.doubt('stranger', true);
    directory.apply(presence({ serviceId: 'other' }));
    watch.stop();
    await pass(60 * minuteMs);
    expect([asked, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
