import { expect, it } from 'vitest';
import { communicatorLimits } from '../../../../../../src/main/node/peers/communicator/limits.ts';
import { ReceivedIds } from '../../../../../../src/main/node/peers/communicator/received-ids.ts';
import { memoryStore } from '../../../../../helpers/memory-store.ts';

const { durableSeen, durableSeenPerPeer } = communicatorLimits;
const untilMs = 1_795_000_000_000;

/** Has each peer in turn send as many durable messages as are taken of it. */
function fill(received: ReceivedIds, peers: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Map(peers.map((nodeId) => [nodeId, 0]));
  let isFull = false;
  while (!isFull) {
    isFull = true;
    for (const nodeId of peers) {
      if (!received.hasRoom(nodeId)) continue;
      const count = (taken.get(nodeId) ?? 0) + 1;
      received.remember(nodeId, `${nodeId}-${count}`, untilMs);
      taken.set(nodeId, count);
      isFull = false;
    }
  }
  return taken;
}

it('remembers so many durable messages of one peer and no more', () => {
  expect([...fill(new ReceivedIds(memoryStore()), ['evil']).values()]).toEqual([durableSeenPerPeer]);
});

it('has room for one more peer, however many fill it together', () => {
  for (const count of [5, 20]) {
    const received = new ReceivedIds(memoryStore());
    const evil = fill(
      received,
      Array.from({ length: count }, (_, index) => `evil-${index}`),
    );
    const share = Math.floor(durableSeen / (count + 1));
    for (const taken of evil.values()) expect(taken).toBeLessThanOrEqual(share + 1);
    const good = fill(received, ['good']).get('good') ?? 0;
    expect(good).toBeGreaterThanOrEqual(Math.floor(share / 2) - count);
  }
});

it('gives the room back when nobody can send them any more', async () => {
  const received = new ReceivedIds(memoryStore());
  fill(received, ['evil']);
  await received.prune(untilMs + 1);
  expect(received.hasRoom('evil')).toBe(true);
});
