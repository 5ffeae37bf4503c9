import { expect } from 'vitest';
import { startHub } from '../../helpers/hub-fixture.ts';
import { startLossyPath } from '../../helpers/lossy-path.ts';
import { numbersFrom, sendNotes, startProxiedMembers, takeNotes } from '../../helpers/proxied-members.ts';
import { Random } from '../../simulation/random.ts';

const share = 0.3;
const together = 10;

/**
 * Two nodes with nothing between them but a broker that loses 30 % of what is sent: every durable message is taken exactly once.
 *
 * @param notes how many are sent, ten at a time, for what is lost is a batch
 */
export async function sendOverLossyBroker(notes: number): Promise<void> {
  const hub = await startHub();
  const path = await startLossyPath(hub.url, share, new Random(7).next);
  const [ada, bo] = await startProxiedMembers(['ada', 'bo'], {
    settings: (name) => ({ 'federation.mode': 'external', 'federation.brokerUrl': name === 'ada' ? hub.url : path.url }),
  });
  for (const { proxy } of [ada, bo]) proxy.refuse();
  await expect.poll(() => ada.node.peers.book.list()[0]?.ways.find(({ kind }) => kind === 'link')?.available ?? false).toBe(false);
  const taken = takeNotes(bo.node);
  const ends: Promise<readonly string[]>[] = [];
  for (let first = 0; first < notes; first += together) {
    const numbers = numbersFrom(first, together);
    const { outcomes } = await sendNotes(ada.node, bo.node, numbers, { priority: 'Medium', durable: true, text: 'x'.repeat(1_000) });
    ends.push(outcomes);
  }
  expect((await Promise.all(ends)).flat()).toEqual(numbersFrom(0, notes).map(() => 'taken'));
  expect(taken.toSorted((a, b) => a - b)).toEqual(numbersFrom(0, notes));
  expect(path.lost).toBeGreaterThan(0);
}
