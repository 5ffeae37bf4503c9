import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { peerPriorities } from '../../../../../../src/common/contract/peers.ts';
import type { DeliveryOutcome } from '../../../../../../src/main/node/peers/types.ts';
import { type MemoryStore, memoryStore } from '../../../../../helpers/memory-store.ts';
import { type NetworkPeer, PeerNetwork } from '../../../../../helpers/peer-network.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A pseudo-random sequence that the same seed repeats. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Adds what a message says to a table, in one transaction with its receipt. */
function storeEffects({ communicator }: NetworkPeer, store: MemoryStore): void {
  communicator.on('Count', (message, { receipt }) =>
    store
      .transaction([...receipt(), { sql: 'INSERT INTO effects (number) VALUES (?)', params: [message.number as number] }])
      .then(() => undefined),
  );
}

const effects = async (store: MemoryStore) =>
  (await store.all<{ number: number }>('SELECT number FROM effects ORDER BY number')).map(({ number }) => number);

type Priority = (typeof peerPriorities)[number];

interface Happening {
  readonly afterMs: number;
  readonly what: 'send' | 'cut' | 'mend' | 'silence' | 'restart sender' | 'restart receiver';
  readonly priority: Priority;
}

/** Two nodes to which all kinds of things happen. */
class Pair {
  readonly stores = { north: memoryStore(), south: memoryStore() };
  readonly #network: PeerNetwork;
  #sender: NetworkPeer | undefined;
  #receiver: NetworkPeer | undefined;
  #sent = 0;

  constructor(seed: number, loss: number) {
    this.#network = new PeerNetwork({ kinds: ['link', 'mqtt'], random: randomOf(seed), behaviour: { loss, latencyMs: 20 } });
  }

  get sent(): number {
    return this.#sent;
  }

  get sender(): NetworkPeer {
    return this.#sender ?? expect.fail('not started');
  }

  async start(): Promise<void> {
    await this.stores.south.run('CREATE TABLE effects (number INTEGER NOT NULL)');
    await this.#startReceiver();
    await this.#startSender();
  }

  async happen({ what, priority }: Happening): Promise<void> {
    const network = this.#network;
    const actions: Record<Happening['what'], () => void | Promise<void>> = {
      send: () => this.#send(priority),
      cut: () => network.cut('north', 'south', ['link']),
      silence: () => network.behave('north', 'south', { isSilent: true }, ['link']),
      mend: () => this.mend(),
      'restart sender': () => this.#startSender(),
      'restart receiver': () => this.#startReceiver(),
    };
    await actions[what]();
  }

  mend(behaviour: { readonly loss?: number } = {}): void {
    this.#network.mend('north', 'south');
    this.#network.behave('north', 'south', { isSilent: false, ...behaviour });
  }

  async stop(): Promise<void> {
    await this.#sender?.communicator.stop();
    await this.#receiver?.communicator.stop();
  }

  async #send(priority: Priority): Promise<void> {
    for (let each = 0; each < 5; each++) {
      const message = { type: 'Count', number: this.#sent++ };
      await this.sender.communicator.send('south', message, { priority, durable: true, ttlSeconds: 86_400 });
    }
  }

  /** The former one is killed. */
  async #startSender(): Promise<void> {
    this.#network.remove('north');
    this.#sender = this.#network.add('north', { store: this.stores.north });
    await this.#sender.communicator.start();
  }

  async #startReceiver(): Promise<void> {
    this.#network.remove('south');
    this.#receiver = this.#network.add('south', { store: this.stores.south });
    storeEffects(this.#receiver, this.stores.south);
    await this.#receiver.communicator.start();
  }
}

describe('durable messages', () => {
  it('have their effect exactly once, over loss, cuts and restarts of both ends', async () => {
    const happening = fc.record({
      afterMs: fc.integer({ min: 0, max: 8_000 }),
      what: fc.constantFrom<Happening['what'][]>('send', 'cut', 'mend', 'silence', 'restart sender', 'restart receiver'),
      priority: fc.constantFrom(...peerPriorities),
    });
    const run = async (happenings: readonly Happening[], seed: number, loss: number) => {
      vi.useFakeTimers();
      const pair = new Pair(seed, loss);
      await pair.start();
      for (const each of happenings) {
        await vi.advanceTimersByTimeAsync(each.afterMs);
        await pair.happen(each);
      }
      pair.mend({ loss: 0 });
      await vi.advanceTimersByTimeAsync(1_200_000);
      expect(await effects(pair.stores.south)).toEqual(Array.from({ length: pair.sent }, (_, index) => index));
      expect(pair.sender.communicator.totals().durable).toEqual({ messages: 0, sizeBytes: 0 });
      expect(await pair.stores.north.all('SELECT * FROM peer_outbox')).toEqual([]);
      await pair.stop();
      vi.useRealTimers();
    };
    await fc.assert(fc.asyncProperty(fc.array(happening, { maxLength: 14 }), fc.nat(), fc.constantFrom(0, 0.1, 0.3), run), { numRuns: 40 });
  });
});

describe('every message that was accepted', () => {
  it('ends in exactly one way', async () => {
    const message = fc.record({
      priority: fc.constantFrom(...peerPriorities),
      ttlSeconds: fc.constantFrom(0, 1, 5, 60),
      supersedes: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      afterMs: fc.integer({ min: 0, max: 2_000 }),
      cut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 40 }), fc.nat(), async (messages, seed) => {
        vi.useFakeTimers();
        const network = new PeerNetwork({ random: randomOf(seed), behaviour: { loss: 0.3, latencyMs: 10 } });
        const north = network.add('north');
        const south = network.add('south');
        const seen = new Map<unknown, number>();
        south.communicator.on('Count', ({ number }) => {
          seen.set(number, (seen.get(number) ?? 0) + 1);
        });
        await north.communicator.start();
        await south.communicator.start();
        const outcomes: DeliveryOutcome[] = [];
        for (const [number, { priority, ttlSeconds, supersedes, afterMs, cut }] of messages.entries()) {
          await vi.advanceTimersByTimeAsync(afterMs);
          if (cut) network.cut('north', 'south');
          else network.mend('north', 'south');
          const options = { priority, ttlSeconds, ...(supersedes !== undefined && { supersedes }) };
          const { settled } = await north.communicator.send('south', { type: 'Count', number }, options);
          void settled.then((outcome) => outcomes.push(outcome));
        }
        await vi.advanceTimersByTimeAsync(120_000);
        expect(outcomes).toHaveLength(messages.length);
        expect([...seen.values()].every((times) => times === 1)).toBe(true);
        const taken = outcomes.filter(({ outcome }) => outcome === 'taken').length;
        expect(seen.size).toBeGreaterThanOrEqual(taken);
        expect(north.communicator.figures('south').inFlight).toEqual({ messages: 0, sizeBytes: 0 });
        await north.communicator.stop();
        await south.communicator.stop();
        vi.useRealTimers();
      }),
      { numRuns: 40 },
    );
  });
});
