import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PeerPriority, peerPriorities } from '../../../../../../src/common/contract/peers.ts';
import { PriorityLanes, type Queued } from '../../../../../../src/main/node/peers/communicator/lanes.ts';

interface Item extends Queued<Item> {
  readonly number: number;
}

const unlisted = { previous: undefined, next: undefined, isListed: false };
const item = (priority: PeerPriority, number: number, sizeBytes = 100): Item => ({
  priority,
  number,
  sizeBytes,
  lane: priority,
  ...unlisted,
});

function add(lanes: PriorityLanes<Item>, added: Item): void {
  lanes.push(added, lanes.laneFor(added.priority));
}

function takeAll(lanes: PriorityLanes<Item>): Item[] {
  const taken: Item[] = [];
  for (let next = lanes.next(); next !== undefined; next = lanes.next()) taken.push(next);
  return taken;
}

describe('priorities', () => {
  it('put Critical before everything that waits', () => {
    const lanes = new PriorityLanes<Item>(() => 0);
    for (let number = 0; number < 1_000; number++) add(lanes, item('Low', number));
    add(lanes, item('Critical', 1_000));
    expect(lanes.next()?.number).toBe(1_000);
  });

  it('share what is left by weight', () => {
    const lanes = new PriorityLanes<Item>(() => 0);
    for (const priority of ['Low', 'Medium', 'High'] as const)
      for (let number = 0; number < 1_000; number++) add(lanes, item(priority, number));
    const first = Array.from({ length: 1_300 }, () => lanes.next()?.priority);
    const count = (priority: PeerPriority) => first.filter((each) => each === priority).length;
    expect([count('High'), count('Medium'), count('Low')]).toEqual([800, 400, 100]);
  });

  it('treat what is urgent above 20 a second of one source as High, and count it (row 40)', () => {
    let nowMs = 0;
    const lanes = new PriorityLanes<Item>(() => nowMs);
    for (let number = 0; number < 100; number++) add(lanes, item('Critical', number));
    expect([lanes.backlog('Critical').messages, lanes.backlog('High').messages, lanes.demoted]).toEqual([20, 80, 80]);
    nowMs += 1_000;
    for (let number = 0; number < 100; number++) add(lanes, item('Critical', number));
    expect(lanes.backlog('Critical').messages).toBe(40);
  });

  it('give a lane that was empty no claim on what others had meanwhile', () => {
    const lanes = new PriorityLanes<Item>(() => 0);
    for (let number = 0; number < 500; number++) add(lanes, item('High', number));
    for (let number = 0; number < 400; number++) lanes.next();
    for (let number = 0; number < 100; number++) add(lanes, item('Low', number));
    const next = Array.from({ length: 90 }, () => lanes.next()?.priority);
    expect(next.filter((priority) => priority === 'Low').length).toBeLessThanOrEqual(12);
  });

  it('let none stand still, keep the order within each, and lose nothing', () => {
    const priority = fc.constantFrom(...peerPriorities);
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ add: priority, sizeBytes: fc.integer({ min: 1, max: 5_000 }) }) },
      { weight: 2, arbitrary: fc.constant('next' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const lanes = new PriorityLanes<Item>(() => 0);
        const taken: Item[] = [];
        let number = 0;
        let addedBytes = 0;
        for (const each of steps) {
          if (each !== 'next') {
            add(lanes, item(each.add, number++, each.sizeBytes));
            addedBytes += each.sizeBytes;
          } else {
            const next = lanes.next();
            if (next !== undefined) taken.push(next);
          }
          const takenBytes = taken.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
          expect([lanes.size, lanes.sizeBytes]).toEqual([number - taken.length, addedBytes - takenBytes]);
        }
        taken.push(...takeAll(lanes));
        expect(taken).toHaveLength(number);
        for (const each of ['Low', 'Medium'] as const) {
          const numbers = taken.filter((one) => one.priority === each).map((one) => one.number);
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('let Low have a turn however much of the others keeps coming', () => {
    const size = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ priority: fc.constantFrom('High' as const, 'Medium' as const), size }), { minLength: 400, maxLength: 400 }),
        (flood) => {
          const lanes = new PriorityLanes<Item>(() => 0);
          add(lanes, item('Low', -1, 20_000));
          let low = -1;
          for (const [number, { priority, size: sizeBytes }] of flood.entries()) {
            add(lanes, item(priority, number, sizeBytes));
            add(lanes, item(priority, number, sizeBytes));
            if (low === -1 && lanes.next()?.priority === 'Low') low = number;
          }
          expect(low).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
