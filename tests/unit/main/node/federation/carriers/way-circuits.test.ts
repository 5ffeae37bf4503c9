import { beforeEach, describe, expect, it } from 'vitest';
import type { CarrierKind } from '../../../../../../src/common/contract/nodes.ts';
import type { Carrier } from '../../../../../../src/main/node/federation/carriers/carrier.ts';
import { Reach } from '../../../../../../src/main/node/federation/carriers/reach.ts';
import { type CircuitChange, WayCircuits } from '../../../../../../src/main/node/federation/carriers/way-circuits.ts';
import { recordingLogger } from '../../../../../helpers/router-fixture.ts';

let nowMs: number;
let circuits: WayCircuits;
let reach: Reach;
let reaching: Set<CarrierKind>;
let changes: CircuitChange[];

const carrier = (kind: CarrierKind): Carrier => ({
  kind,
  reaches: () => reaching.has(kind),
  isCongested: () => kind === 'mqtt',
  send: () => true,
});

beforeEach(() => {
  nowMs = 0;
  circuits = new WayCircuits({ logger: recordingLogger(), monotonicMs: () => nowMs });
  changes = [];
  circuits.listen((change) => changes.push(change));
  reach = new Reach(circuits);
  reaching = new Set(['link', 'mqtt', 'relay']);
  for (const kind of reaching) reach.add(carrier(kind));
});

const fail = (kind: CarrierKind, times = 5, nodeId = 'a') => {
  for (let time = 0; time < times; time++) circuits.failed(nodeId, kind);
};
const best = (nodeId = 'a') => reach.best(nodeId)?.kind;

describe('a way that brings nothing there', () => {
  it('is passed over after five failures in a row, for this node alone', () => {
    fail('link', 4);
    expect(best()).toBe('link');
    circuits.answered('a', 'link');
    fail('link', 4);
    expect(best()).toBe('link');
    fail('link', 1);
    expect([best(), best('b'), reach.bestSealed('a')?.kind, reach.isCongested('a')]).toEqual(['mqtt', 'link', 'mqtt', true]);
    expect([circuits.open, circuits.opened, changes]).toEqual([1, 1, [{ nodeId: 'a', kind: 'link', circuit: 'opened', restMs: 60_000 }]]);
  });

  it('is used all the same while no other leads there', () => {
    fail('link');
    fail('mqtt');
    expect([best(), reach.bestSealed('a')?.kind]).toEqual(['relay', 'relay']);
    fail('relay');
    expect([best(), reach.bestSealed('a')?.kind]).toEqual(['link', 'mqtt']);
    reaching = new Set(['relay']);
    expect(best()).toBe('relay');
  });

  it('is tried by one message when its rest is over, and rests twice as long in vain, up to five minutes', () => {
    fail('link');
    const rests: number[] = [];
    for (let round = 0; round < 4; round++) {
      rests.push(circuits.of('a', 'link').restMs);
      nowMs += circuits.of('a', 'link').restMs;
      expect(circuits.of('a', 'link').state).toBe('halfOpen');
      // Nothing but the one that tries takes it.
      expect(best()).toBe('mqtt');
      circuits.probe('a', 'link');
      circuits.failed('a', 'link');
      // One that was under way before says nothing new.
      circuits.failed('a', 'link');
    }
    expect(rests).toEqual([60_000, 120_000, 240_000, 300_000]);
    nowMs += 300_000;
    circuits.probe('a', 'link');
    circuits.answered('a', 'link');
    expect([best(), circuits.open, changes.at(-1)?.circuit]).toEqual(['link', 0, 'closed']);
  });

  it('is used again at once when something on it is acknowledged late, and when the node was started anew', () => {
    fail('link');
    circuits.answered('a', 'link');
    expect([best(), circuits.open]).toEqual(['link', 0]);
    fail('link');
    fail('mqtt');
    circuits.forget('a');
    expect([best(), circuits.open]).toEqual(['link', 0]);
    expect(changes.map(({ circuit }) => circuit)).toEqual(['opened', 'closed', 'opened', 'opened', 'closed', 'closed']);
  });

  it('is forgotten alone when it is another way now', () => {
    fail('link');
    fail('mqtt');
    circuits.forget('a', 'link');
    expect([best(), circuits.open, circuits.of('a', 'mqtt').state]).toEqual(['link', 1, 'open']);
    circuits.forget('a', 'link');
    expect(circuits.open).toBe(1);
  });

  it('is tried before its rest is over when somebody asks', () => {
    fail('link');
    circuits.probe('a', 'link');
    expect(circuits.of('a', 'link').state).toBe('halfOpen');
    circuits.undecided('a', 'link');
    expect(circuits.of('a', 'link').state).toBe('open');
  });

  it('costs nothing while all circuits are closed', () => {
    circuits.answered('a', 'link');
    circuits.undecided('a', 'link');
    circuits.probe('a', 'link');
    expect([circuits.of('a', 'link'), changes]).toEqual([{ state: 'closed', restMs: 0, failures: 0 }, []]);
  });
});
