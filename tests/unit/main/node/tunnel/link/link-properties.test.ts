import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLink,
  type LinkEnd,
  linkLimits,
  type TunnelLink,
  type TunnelStream,
} from '../../../../../../src/main/node/tunnel/link/index.ts';
import { MemoryLinkSocket } from '../../../../../helpers/memory-link-socket.ts';
import { linkEvents, requestHead, StreamRecord } from '../../../../../helpers/tunnel-streams.ts';

/** One step of what users and the network may do, in any order. `at` chooses a stream. */
const action = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constant('open' as const), raw: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({
      act: fc.constant('write' as const),
      at: fc.nat(),
      end: fc.boolean(),
      sizeBytes: fc.oneof(fc.nat(100), fc.nat(100_000)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('end' as const), at: fc.nat(), end: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('reset' as const), at: fc.nat(), end: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({ act: fc.constant('consume' as const), at: fc.nat(), end: fc.boolean(), sizeBytes: fc.nat(200_000) }),
  },
  { weight: 12, arbitrary: fc.record({ act: fc.constant('carry' as const), end: fc.boolean(), frames: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('turn' as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** One end of a stream: what it was told and what it wrote. */
interface Side {
  readonly record: StreamRecord;
  readonly written: Buffer[];
  unconsumed: number;
  mostUnconsumed: number;
  ended: boolean;
  reset: boolean;
}

class World {
  readonly sockets = MemoryLinkSocket.pair(false);
  readonly ends: LinkEnd[] = [];
  readonly gateway: TunnelLink;
  readonly agent: TunnelLink;
  /** At the gateway and at the agent, by id. */
  readonly asking = new Map<string, Side>();
  readonly serving = new Map<string, Side>();
  #letter = 0;

  constructor() {
    const [gatewaySocket, agentSocket] = this.sockets;
    const onEnd = (end: LinkEnd): void => void this.ends.push(end);
    this.gateway = createLink({ role: 'gateway', protocol: 'v1', socket: gatewaySocket, events: linkEvents({ onEnd }) });
    this.agent = createLink({
      role: 'agent',
      protocol: 'v1',
      socket: agentSocket,
      events: linkEvents({
        onEnd,
        onStream: (_, stream) => {
          const side = this.#side(stream);
          this.serving.set(stream.id, side);
          stream.respond({ status: 200, headers: [] });
          return side.record;
        },
      }),
    });
  }

  async act(step: Action): Promise<void> {
    switch (step.act) {
      case 'open': {
        const side = this.#side(undefined);
        const stream = this.gateway.open(requestHead({ kind: step.raw ? 'connection' : 'http', bodyBytes: undefined }), side.record);
        side.record.stream = stream;
        this.asking.set(stream.id, side);
        break;
      }
      case 'write': {
        const side = this.#choose(step.end, step.at);
        if (side === undefined || side.ended || side.reset) break;
        const chunk = Buffer.alloc(step.sizeBytes, 97 + (this.#letter++ % 26));
        streamOf(side).write(chunk);
        side.written.push(chunk);
        break;
      }
      case 'end': {
        const side = this.#choose(step.end, step.at);
        if (side === undefined || side.reset) break;
        streamOf(side).end();
        side.ended = true;
        break;
      }
      case 'reset': {
        const side = this.#choose(step.end, step.at);
        if (side === undefined) break;
        streamOf(side).reset('cancelled', 'Somebody left.');
        side.reset = true;
        break;
      }
      case 'consume':
        this.#consume(this.#choose(step.end, step.at), step.sizeBytes);
        break;
      case 'carry':
        for (let count = 0; count <= step.frames; count++) this.sockets[step.end ? 0 : 1].step();
        break;
      case 'turn':
        await turn();
        break;
    }
  }

  /** Everything that can still come comes, and is consumed. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      let moved = this.sockets[0].step();
      moved = this.sockets[1].step() || moved;
      for (const side of this.sides()) {
        if (side.unconsumed > 0) moved = true;
        this.#consume(side, side.unconsumed);
      }
      await turn();
      quiet = moved ? 0 : quiet + 1;
    }
  }

  *sides(): IterableIterator<Side> {
    yield* this.asking.values();
    yield* this.serving.values();
  }

  #side(stream: TunnelStream | undefined): Side {
    const record = new StreamRecord(false);
    record.stream = stream;
    const side: Side = { record, written: [], unconsumed: 0, mostUnconsumed: 0, ended: false, reset: false };
    const keep = record.onData.bind(record);
    record.onData = (chunk) => {
      keep(chunk);
      side.unconsumed += chunk.length;
      side.mostUnconsumed = Math.max(side.mostUnconsumed, side.unconsumed);
    };
    return side;
  }

  #choose(asking: boolean, at: number): Side | undefined {
    const sides = [...(asking ? this.asking : this.serving).values()];
    return sides[at % Math.max(sides.length, 1)];
  }

  #consume(side: Side | undefined, sizeBytes: number): void {
    if (side === undefined) return;
    const bytes = Math.min(sizeBytes, side.unconsumed);
    side.unconsumed -= bytes;
    streamOf(side).consumed(bytes);
  }
}

function streamOf(side: Side): TunnelStream {
  if (side.record.stream === undefined) throw new Error('The side has no stream.');
  return side.record.stream;
}

/** What `to` was told of what `from` did. */
function check(from: Side, to: Side): void {
  const written = Buffer.concat(from.written);
  const received = to.record.body;
  expect(received.equals(written.subarray(0, received.length))).toBe(true);
  expect(to.mostUnconsumed).toBeLessThanOrEqual(linkLimits.largestWindowBytes);
  expect(to.record.ends).toBeLessThanOrEqual(1);
  expect(to.record.resets.length).toBeLessThanOrEqual(1);
  const anyReset = from.reset || to.reset;
  if (!anyReset) {
    expect(received.length).toBe(written.length);
    expect(to.record.ends).toBe(from.ended ? 1 : 0);
    expect(to.record.resets).toEqual([]);
  }
  // A body that was cut short is never told to be complete.
  if (to.record.ends === 1) expect(received.length).toBe(written.length);
  if (to.reset) expect(to.record.resets).toEqual([]);
}

describe('a link, whatever its users and the network do', () => {
  it('gives each stream its bytes in order, holds no more than a window of each, and tells each end once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 120 }), async (steps) => {
        const world = new World();
        try {
          for (const step of steps) await world.act(step);
          await world.settle();
          expect(world.ends).toEqual([]);
          for (const [id, asking] of world.asking) {
            const serving = world.serving.get(id);
            if (serving === undefined) {
              expect(asking.reset).toBe(true);
              continue;
            }
            check(asking, serving);
            check(serving, asking);
          }
          const open = [...world.asking].filter(([id, asking]) => {
            const serving = world.serving.get(id);
            return !asking.reset && serving?.reset !== true && !(asking.ended && serving?.ended === true);
          });
          expect([world.gateway.openStreams, world.agent.openStreams]).toEqual([open.length, open.length]);
          expect([world.gateway.bufferedBytes, world.agent.bufferedBytes]).toEqual([0, 0]);
        } finally {
          world.gateway.close({ code: 'closed', reason: '' });
          world.agent.close({ code: 'closed', reason: '' });
        }
      }),
      { numRuns: 150 },
    );
  });

  it('keeps nothing of ten thousand streams that came and went', async () => {
    const world = new World();
    try {
      for (let count = 0; count < 10_000; count++) {
        await world.act({ act: 'open', raw: false });
        await world.act({ act: 'write', at: count % 20, end: true, sizeBytes: 10 });
        if (count % 2 === 0) await world.act({ act: 'reset', at: count % 20, end: count % 4 === 0 });
        if (count % 20 !== 19) continue;
        await world.settle();
        for (const side of world.sides()) if (!side.reset) streamOf(side).end();
        await world.settle();
        world.asking.clear();
        world.serving.clear();
        for (const socket of world.sockets) socket.frames.length = 0;
      }
      expect([world.gateway.openStreams, world.agent.openStreams]).toEqual([0, 0]);
      expect([world.gateway.bufferedBytes, world.agent.bufferedBytes, world.ends.length]).toEqual([0, 0, 0]);
    } finally {
      world.gateway.close({ code: 'closed', reason: '' });
      world.agent.close({ code: 'closed', reason: '' });
    }
  });
});
