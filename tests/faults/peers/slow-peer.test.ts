/** A peer behind a link that carries 48 KiB a second, with a backlog that it cannot take. */
import { expect, test } from 'vitest';
import { untilVia } from '../../helpers/member-cluster.ts';
import { numbersFrom, sendNotes, startProxiedMembers, takeNotes } from '../../helpers/proxied-members.ts';

const bytesPerSecond = 49_152;
const backlog = 2_000;
/** Of the messages on their way and not acknowledged (communicatorLimits): one window, and as much again that is sent anew. */
const inFlightBytes = 2 * 65_536;

test('a slow peer holds nobody else up, fills no memory, and its urgent messages overtake its backlog', async () => {
  const [ada, bo, cy] = await startProxiedMembers(['ada', 'bo', 'cy']);
  await untilVia(ada, 'bo', 'link');
  await untilVia(ada, 'cy', 'link');
  // Whoever dialled, what passes between ada and bo goes through one of these; ada and cy have nothing to do with them.
  const [slow, quick] = [takeNotes(bo.node), takeNotes(cy.node)];
  bo.proxy.throttle(bytesPerSecond);
  ada.proxy.throttle(bytesPerSecond);
  const text = 'x'.repeat(1_000);
  await sendNotes(ada.node, bo.node, numbersFrom(0, backlog), { priority: 'Low', text });
  const figures = () => ada.node.peers.communicator.figures(bo.node.nodeId);
  expect(figures().queued.Low.messages).toBeGreaterThan(backlog / 2);
  expect(figures().inFlight.sizeBytes).toBeLessThanOrEqual(inFlightBytes);

  const urgent = await sendNotes(ada.node, bo.node, [backlog], { priority: 'Critical' });
  const others = await sendNotes(ada.node, cy.node, numbersFrom(0, 100), { priority: 'Low', text });
  expect(await others.outcomes).toEqual(numbersFrom(0, 100).map(() => 'taken'));
  expect(quick).toHaveLength(100);
  expect(await urgent.outcomes).toEqual(['taken']);
  // It was sent last and came while most of what was sent before still waits.
  expect(slow.indexOf(backlog)).toBeLessThan(backlog / 2);
  expect(figures().queued.Low.messages).toBeGreaterThan(0);
  expect(figures().inFlight.sizeBytes).toBeLessThanOrEqual(inFlightBytes);
});
