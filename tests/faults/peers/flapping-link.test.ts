/** A link that breaks again and again: what passes between two nodes goes on over the broker, nothing is lost and nothing storms. */
import { expect, test } from 'vitest';
import { startHub } from '../../helpers/hub-fixture.ts';
import { untilVia } from '../../helpers/member-cluster.ts';
import { numbersFrom, sendNotes, startProxiedMembers, takeNotes } from '../../helpers/proxied-members.ts';

const cuts = 12;
const notesPerCut = 20;

test('traffic goes on over the broker while a link flaps, dials and log lines are few, and the link is used again afterwards', async () => {
  const hub = await startHub();
  const [ada, bo] = await startProxiedMembers(['ada', 'bo'], {
    settings: { 'federation.mode': 'external', 'federation.brokerUrl': hub.url },
  });
  await untilVia(ada, 'bo', 'link');
  const taken = takeNotes(bo.node);
  const dialled = () => ada.proxy.tried + bo.proxy.tried;
  const before = dialled();
  const logged: string[] = [];
  ada.node.logs.onEntry(({ event }) => logged.push(event ?? ''));

  const ends: Promise<readonly string[]>[] = [];
  for (let cut = 0; cut < cuts; cut++) {
    const { outcomes } = await sendNotes(ada.node, bo.node, numbersFrom(cut * notesPerCut, notesPerCut), {
      priority: 'Medium',
      durable: true,
    });
    ends.push(outcomes);
    for (const { proxy } of [ada, bo]) proxy.cut();
    // As soon as it is back it is cut again.
    await expect.poll(() => logged.filter((event) => event === 'links.linked').length, { interval: 20 }).toBeGreaterThan(cut);
  }
  const all = numbersFrom(0, cuts * notesPerCut);
  expect((await Promise.all(ends)).flat()).toEqual(all.map(() => 'taken'));
  expect(taken.toSorted((a, b) => a - b)).toEqual(all);

  // Either end dials after each cut, perhaps both at once; a storm would be hundreds.
  expect(dialled() - before).toBeLessThanOrEqual(cuts * 3);
  expect(logged.length).toBeLessThanOrEqual(cuts * 6);
  const ways = ada.node.peers.book.list()[0]?.ways;
  expect(ways?.find(({ kind }) => kind === 'link')).toMatchObject({ available: true, circuit: 'closed' });
});
