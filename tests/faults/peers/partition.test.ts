/** A cluster that falls apart and is whole again: what each side says of it, and that what both sides sent and wrote meanwhile comes together. */
import { expect, test } from 'vitest';
import { topologyLimits } from '../../../src/main/node/peers/topology/index.ts';
import { startFaultProxy } from '../../helpers/fault-proxy.ts';
import { startHub } from '../../helpers/hub-fixture.ts';
import { numbersFrom, type ProxiedMember, sendNotes, startProxiedMembers, takeNotes } from '../../helpers/proxied-members.ts';

const names = ['ada', 'bo', 'cy', 'di', 'eve'] as const;
const quick = { ...topologyLimits, settleMs: 500, reviewMs: 100, answerMs: 500, askAgainMs: 1_000 };

const partitionOf = async ({ client }: ProxiedMember) => (await client.call('peers.topology', {})).partition;
const noteOf = (name: string) => `The network of ${name} is away.`;

/** What the chains of all members hold of the notes, as one member has them. */
async function notesAt({ client }: ProxiedMember): Promise<readonly string[]> {
  const { entries } = await client.call('ledger.list', { act: 'ledger.note', limit: 500 });
  return entries.map(({ chainId, number, digest }) => `${chainId} ${number} ${digest}`).toSorted();
}

const problemsOf = ({ node }: ProxiedMember) => node.problems.list().map(({ id, severity }) => `${id} ${severity}`);

test('both sides say who is missing and which is the majority, what waited is taken once, and the ledgers of both come together', async () => {
  const hub = await startHub();
  const paths = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await startFaultProxy(hub.port)] as const)));
  const members = await startProxiedMembers(names, {
    settings: (name) => ({ 'federation.mode': 'external', 'federation.brokerUrl': paths[name]?.url, 'federation.keepaliveSeconds': 5 }),
    peerTimes: { topology: quick },
  });
  const [ada, bo, , di, eve] = members;
  const takenThere = takeNotes(di.node);
  const takenHere = takeNotes(ada.node);
  const healed: (readonly string[])[] = [];
  ada.node.peers.topology.onHealed(({ returned }) => healed.push(returned));

  // No links from now on, and nothing to the broker from two of the five: to those, all others are gone as well.
  for (const { proxy } of members) proxy.refuse();
  for (const name of ['di', 'eve']) paths[name]?.refuse();
  await expect.poll(() => partitionOf(ada)).toMatchObject({ isMinority: false, missing: [{ name: 'di' }, { name: 'eve' }] });
  await expect.poll(() => partitionOf(bo)).toMatchObject({ isMinority: false });
  for (const member of [di, eve]) await expect.poll(() => partitionOf(member)).toMatchObject({ isMinority: true });
  expect((await partitionOf(di))?.missing.map(({ name }) => name).toSorted()).toEqual(['ada', 'bo', 'cy', 'eve']);
  expect(problemsOf(ada)).toContain('cluster-partition warn');
  expect(problemsOf(eve)).toContain('cluster-partition crit');

  const toThere = await sendNotes(ada.node, di.node, numbersFrom(0, 50), { priority: 'Medium', durable: true });
  const toHere = await sendNotes(di.node, ada.node, numbersFrom(50, 50), { priority: 'Medium', durable: true });

  for (const { name, client } of members) await client.call('ledger.note', { text: noteOf(name) });
  expect((await notesAt(ada)).length).toBeLessThan(names.length);

  for (const name of ['di', 'eve']) paths[name]?.allow();
  for (const { proxy } of members) proxy.allow();
  expect(await toThere.outcomes).toEqual(numbersFrom(0, 50).map(() => 'taken'));
  expect(await toHere.outcomes).toEqual(numbersFrom(50, 50).map(() => 'taken'));
  expect(takenThere.toSorted((a, b) => a - b)).toEqual(numbersFrom(0, 50));
  expect(takenHere.toSorted((a, b) => a - b)).toEqual(numbersFrom(50, 50));
  for (const member of members) await expect.poll(() => partitionOf(member)).toBeNull();
  expect([...new Set(healed.flat())].toSorted()).toEqual([di.node.nodeId, eve.node.nodeId].toSorted());
  expect(problemsOf(di)).not.toContain('cluster-partition crit');
  expect((await ada.client.call('peers.topology', {})).healedAt).not.toBeNull();

  // What both sides wrote meanwhile is the same at all, and nothing of it is lost or stands twice.
  for (const member of members) await expect.poll(async () => (await notesAt(member)).length).toBe(names.length);
  const known = await notesAt(ada);
  for (const member of members) expect(await notesAt(member)).toEqual(known);
  expect((await ada.client.call('ledger.chains', {})).forks).toEqual([]);
});
