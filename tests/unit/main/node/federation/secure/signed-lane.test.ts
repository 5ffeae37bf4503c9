import { afterEach, describe, expect, it, vi } from 'vitest';
import { SignedLane } from '../../../../../../src/main/node/federation/secure/signed-lane.ts';
import { KnownKeys } from '../../../../../../src/main/node/identity/index.ts';
import { type EnvelopePriority, newGroupKey, ReplayGuard, trustLimits } from '../../../../../../src/main/node/trust/index.ts';
import { clusterOf, nowMs, personOf } from './people.ts';

afterEach(() => void vi.useRealTimers());

const ada = personOf(1);
const bo = personOf(2);
const content = '{"type":"Router","message":{"type":"rpc","secret":"confidential"}}';
const groupKey = newGroupKey(1);

function openLane(
  person: typeof ada,
  options: { epoch?: number; priority?: EnvelopePriority; replay?: ReplayGuard; atMs?: number; key?: typeof groupKey | undefined } = {},
) {
  const { epoch = 1, priority = 'Medium', replay = new ReplayGuard(), atMs = nowMs } = options;
  const view = clusterOf([ada, bo], 'key' in options ? options.key : groupKey);
  const lane = new SignedLane({
    identity: person,
    keys: new KnownKeys(),
    cluster: () => view,
    epoch: () => epoch,
    priority,
    replay,
    offsetMs: () => undefined,
    nowMs: () => atMs,
  });
  const receive = async (bytes: Buffer) => {
    const received = await lane.receive(bytes);
    if (received.outcome === 'accept') received.reservation.confirm();
    return 'error' in received ? received.error.code : received.outcome;
  };
  return { lane, view, receive };
}

describe('a message for every member', () => {
  it('is sealed with the group key, signed, and taken once', async () => {
    const bytes = openLane(ada).lane.seal(content, 60);
    expect(bytes[0]).toBe(1);
    expect(bytes.toString('latin1')).not.toMatch(/confidential|Router/);
    const { receive } = openLane(bo);
    expect([await receive(bytes), await receive(bytes)]).toEqual(['accept', 'duplicate']);
  });

  it('is signed and readable while there is no group key', async () => {
    const bytes = openLane(ada, { key: undefined }).lane.seal(content, 60);
    expect(await openLane(bo).receive(bytes)).toBe('accept');
  });

  it('is refused under a group key that is not held, and opens once it is', async () => {
    const bytes = openLane(ada).lane.seal(content, 60);
    const replay = new ReplayGuard();
    expect(await openLane(bo, { key: undefined, replay }).receive(bytes)).toBe('DECRYPT');
    expect(await openLane(bo, { replay }).receive(bytes)).toBe('accept');
  });

  it.each([
    ['of its sender, back from the broker', 'SELF', () => openLane(ada)],
    ['an hour late (rows 29, 42)', 'EXPIRED', () => openLane(bo, { atMs: nowMs + 3_600_000 })],
    ['from the future (row 44)', 'FUTURE', () => openLane(bo, { atMs: nowMs - 3_600_000 })],
    ['on the way of events', 'INVALID_PARAMS', () => openLane(bo, { priority: 'Low' })],
  ])('is refused %s', async (_how, code, open) => {
    const bytes = openLane(ada).lane.seal(content, 60);
    expect(await open().receive(bytes)).toBe(code);
  });

  it('is refused of an earlier start, of who was removed, and when a bit is turned (rows 41, 43)', async () => {
    const { receive, view } = openLane(bo);
    const former = openLane(ada).lane.seal(content, 60);
    expect(await receive(openLane(ada, { epoch: 2 }).lane.seal(content, 60))).toBe('accept');
    expect(await receive(former)).toBe('REPLAYED');
    const bytes = openLane(ada, { epoch: 3 }).lane.seal(content, 60);
    for (let bit = 8; bit < bytes.length * 8; bit += 7) {
      const altered = Buffer.from(bytes);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const outcome = await receive(altered).catch((error: { code?: string }) => error.code);
      expect(['accept', 'duplicate']).not.toContain(outcome);
    }
    expect(await receive(bytes)).toBe('accept');
    view.removed.add(ada.nodeId);
    expect(await receive(openLane(ada, { epoch: 4 }).lane.seal(content, 60))).toBe('REVOKED');
  });

  it('is not looked at when its sender says too much (row 51)', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { receive } = openLane(bo);
    const bytes = openLane(ada).lane.seal(content, 60);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const outcomes = new Map<string, number>();
    for (let index = 0; index < 6_000; index++) {
      const outcome = await receive(bytes);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes]).toEqual([
      ['BAD_SIGNATURE', trustLimits.envelopeBurst],
      ['OVERLOADED', 6_000 - trustLimits.envelopeBurst],
    ]);
  });
});
