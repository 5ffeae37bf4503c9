import { describe, expect, test } from 'vitest';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import type { Provenance } from '../../../../../../src/main/node/federation/carriers/carrier.ts';
import { carrierLimits } from '../../../../../../src/main/node/federation/carriers/limits.ts';
import { RelayCarrier } from '../../../../../../src/main/node/federation/carriers/relay-carrier.ts';
import { decodeRelayFrame, encodeRelayFrame } from '../../../../../../src/main/node/federation/carriers/relay-frame.ts';
import { RelayRoutes } from '../../../../../../src/main/node/federation/carriers/relay-routes.ts';
import { nodeIdOf, signerFromSeed } from '../../../../../../src/main/node/identity/index.ts';

const keyOf = (byte: number) => signerFromSeed(new Uint8Array(32).fill(byte)).publicKey;
const [alice, bob, carol, dave] = [1, 2, 3, 4].map(keyOf) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** Nodes whose links pass frames at once. */
class Yard {
  readonly nodes = new Map<string, { carrier: RelayCarrier; routes: RelayRoutes; taken: string[]; refused: string[] }>();
  readonly #links = new Set<string>();
  readonly revoked = new Set<string>();
  /** Frames that went over a link. */
  sent = 0;

  add(key: Uint8Array, knowsOfRevocations = true) {
    const self = nodeIdOf(key);
    const routes = new RelayRoutes();
    const taken: string[] = [];
    const refused: string[] = [];
    const carrier = new RelayCarrier({
      self: key,
      routes,
      links: {
        reaches: (nodeId) => this.#links.has(`${self} ${nodeId}`),
        isCongested: () => false,
        sendRelayed: (nodeId, bytes) => {
          this.sent++;
          this.nodes.get(nodeId)?.carrier.take(Buffer.from(bytes), self);
          return true;
        },
      },
      admit: (publicKey) => {
        if (knowsOfRevocations && this.revoked.has(nodeIdOf(publicKey))) throw new SignalboxError('REVOKED', 'It was removed by ada.');
      },
      received: (bytes: Buffer, { kind, peer }: Provenance) => void taken.push(`${kind} ${peer}: ${bytes}`),
      onRefused: (error) => void refused.push((error as SignalboxError).code),
      monotonicMs: () => 0,
    });
    const node = { carrier, routes, taken, refused, id: self };
    this.nodes.set(self, node);
    return node;
  }

  link(a: Uint8Array, b: Uint8Array): void {
    const [first, second] = [nodeIdOf(a), nodeIdOf(b)];
    this.#links.add(`${first} ${second}`);
    this.#links.add(`${second} ${first}`);
  }
}

describe('the way through a common neighbour', () => {
  test('what one member sends arrives at the other, and the relay counts it', () => {
    const yard = new Yard();
    const [a, b, c] = [yard.add(alice), yard.add(bob), yard.add(carol)];
    yard.link(alice, bob);
    yard.link(bob, carol);
    expect(a.carrier.send(c.id, 'sealed')).toBe(false);
    a.routes.learn(b.id, [{ nodeId: c.id, hops: 1 }]);
    expect(a.carrier.reaches(c.id)).toBe(true);
    expect(a.carrier.send(c.id, 'sealed')).toBe(true);
    expect([c.taken, b.taken, b.carrier.passedOn]).toEqual([['relay undefined: sealed'], [], 1]);
  });

  test('row 49: a message that goes round in circles ends after four relays', () => {
    const yard = new Yard();
    const [a, b, c, d] = [yard.add(alice), yard.add(bob), yard.add(carol), yard.add(dave)];
    for (const [one, other] of [
      [alice, bob],
      [bob, carol],
      [carol, dave],
      [dave, bob],
    ] as const)
      yard.link(one, other);
    const nobody = nodeIdOf(keyOf(9));
    // Each says that the next one leads there.
    a.routes.learn(b.id, [{ nodeId: nobody, hops: 3 }]);
    b.routes.learn(c.id, [{ nodeId: nobody, hops: 3 }]);
    c.routes.learn(d.id, [{ nodeId: nobody, hops: 3 }]);
    d.routes.learn(b.id, [{ nodeId: nobody, hops: 3 }]);
    a.carrier.send(nobody, 'sealed');
    expect(yard.sent).toBe(1 + carrierLimits.relayHops);
    expect([a, b, c, d].flatMap(({ refused }) => refused)).toEqual(['NODE_UNREACHABLE']);
  });

  test('what came from a neighbour is not sent back to it', () => {
    const yard = new Yard();
    const [a, b] = [yard.add(alice), yard.add(bob)];
    yard.link(alice, bob);
    const far = nodeIdOf(carol);
    a.routes.learn(b.id, [{ nodeId: far, hops: 1 }]);
    b.routes.learn(a.id, [{ nodeId: far, hops: 2 }]);
    a.carrier.send(far, 'sealed');
    expect([yard.sent, b.refused]).toEqual([1, ['NODE_UNREACHABLE']]);
  });

  test('row 62: what a removed member sends through a neighbour that has not heard of it is refused by the next', () => {
    const yard = new Yard();
    const [a, stale, c] = [yard.add(alice), yard.add(bob, false), yard.add(carol)];
    yard.link(alice, bob);
    yard.link(bob, carol);
    a.routes.learn(stale.id, [{ nodeId: c.id, hops: 1 }]);
    yard.revoked.add(a.id);
    a.carrier.send(c.id, 'sealed');
    expect([c.taken, c.refused]).toEqual([[], ['REVOKED']]);
  });

  test('nobody sends in the name of another, and nothing is passed on to a node that was removed', () => {
    const yard = new Yard();
    const [b, c] = [yard.add(bob), yard.add(carol)];
    yard.link(bob, carol);
    const frame = (change: object) => encodeRelayFrame({ hops: 0, source: alice, target: carol, bytes: Buffer.from('sealed'), ...change });
    b.carrier.take(frame({}), nodeIdOf(dave));
    b.carrier.take(frame({ source: bob }), nodeIdOf(bob));
    b.carrier.take(frame({ source: bob, hops: 1 }), nodeIdOf(dave));
    yard.revoked.add(c.id);
    b.carrier.take(frame({}), nodeIdOf(alice));
    b.carrier.take(Buffer.alloc(12), nodeIdOf(alice));
    expect([b.refused, c.taken]).toEqual([['BAD_SIGNATURE', 'SELF', 'SELF', 'REVOKED', 'INVALID_PARAMS'], []]);
  });

  test('row 51: one neighbour gets no more passed on than its share', () => {
    const yard = new Yard();
    const [a, b, c] = [yard.add(alice), yard.add(bob), yard.add(carol)];
    yard.link(alice, bob);
    yard.link(bob, carol);
    a.routes.learn(b.id, [{ nodeId: c.id, hops: 1 }]);
    for (let count = 0; count < carrierLimits.relayedBurst + 3; count++) a.carrier.send(c.id, 'sealed');
    expect([c.taken.length, b.refused]).toEqual([carrierLimits.relayedBurst, ['OVERLOADED', 'OVERLOADED', 'OVERLOADED']]);
  });
});

test('a frame says where it comes from and where it goes', () => {
  const frame = { hops: 2, source: alice, target: carol, bytes: Buffer.from('sealed') };
  const decoded = decodeRelayFrame(encodeRelayFrame(frame));
  expect([decoded.hops, Buffer.from(decoded.source), Buffer.from(decoded.target), decoded.bytes.toString()]).toEqual([
    2,
    Buffer.from(alice),
    Buffer.from(carol),
    'sealed',
  ]);
});

describe('routes', () => {
  test('the shortest way is taken, lists replace each other, and a lost neighbour leads nowhere', () => {
    const routes = new RelayRoutes();
    expect(routes.learn('b', [{ nodeId: 'x', hops: 2 }])).toEqual(['x']);
    routes.learn('c', [{ nodeId: 'x', hops: 1 }]);
    expect(routes.next('x')).toEqual({ neighbour: 'c', hops: 1 });
    expect(routes.next('x', ['c'])).toEqual({ neighbour: 'b', hops: 2 });
    expect(routes.drop('c')).toEqual(['x']);
    expect(routes.learn('b', [])).toEqual(['x']);
    expect([routes.next('x'), routes.reachable().size]).toEqual([undefined, 0]);
  });

  test('nothing is left to a neighbour that behaved badly, even on the shortest way', () => {
    const bad = new Set(['c']);
    const routes = new RelayRoutes((neighbour) => !bad.has(neighbour));
    routes.learn('b', [{ nodeId: 'x', hops: 2 }]);
    routes.learn('c', [{ nodeId: 'x', hops: 1 }]);
    expect(routes.next('x')).toEqual({ neighbour: 'b', hops: 2 });
    bad.clear();
    expect(routes.next('x')).toEqual({ neighbour: 'c', hops: 1 });
  });

  test('a way of more than four relays, and one to the neighbour itself, are none', () => {
    const routes = new RelayRoutes();
    routes.learn('b', [
      { nodeId: 'x', hops: carrierLimits.relayHops + 1 },
      { nodeId: 'b', hops: 1 },
      { nodeId: 'y', hops: 0 },
    ]);
    expect(routes.reachable().size).toBe(0);
  });
});

describe('a neighbour through which nothing is acknowledged', () => {
  test('is passed over for that member while another leads there, though it says that its way is shorter', () => {
    let nowMs = 0;
    const routes = new RelayRoutes(undefined, () => nowMs);
    routes.learn('evil', [
      { nodeId: 'a', hops: 1 },
      { nodeId: 'b', hops: 1 },
    ]);
    routes.learn('good', [{ nodeId: 'a', hops: 2 }]);
    expect(routes.next('a')).toEqual({ neighbour: 'evil', hops: 1 });
    expect([routes.avoidNext('a', 1_000), routes.avoidNext('b', 1_000)]).toEqual([true, false]);
    expect([routes.next('a'), routes.next('b')]).toEqual([
      { neighbour: 'good', hops: 2 },
      { neighbour: 'evil', hops: 1 },
    ]);
    // Now the member itself is silent: to go round and round would help nobody.
    expect(routes.avoidNext('a', 1_000)).toBe(false);
    nowMs = 1_000;
    expect(routes.next('a')?.neighbour).toBe('evil');
  });
});
