/** A member that answers wrongly: acknowledges what was never sent, fills its sessions with what nobody can read, lies about others. */
import { expect, test } from 'vitest';
import { numbersFrom, type ProxiedMember, sendNotes, startProxiedMembers, takeNotes } from '../../helpers/proxied-members.ts';

/** What is no message of any kind, or one that cannot be true. */
const wrong = [
  { type: 'EnvelopesTaken', seq: 987_654, refused: [] },
  { type: 'EnvelopesTaken', seq: 'many', refused: 'all' },
  { type: 'Envelopes', seq: 1, envelopes: 'none' },
  { type: 'Envelopes', seq: 2, envelopes: [{ message_id: 'x', payload: { type: 'HealthReport', status: 'Splendid' } }] },
  { type: 'PeerList', peers: [{ id: 'n1', hops: 99 }], presences: [] },
  { type: 'Heartbeat', presence: { serviceId: 'somebody else' } },
  { type: 'BlockResponse', request_id: 'none', chain_id: '', blocks: [{ block: '!', entries: [] }], height: -1, more: 'yes' },
  { type: 'Router', messages: [{ type: 'rpc_response', requestid: 'never asked', result: null }] },
  { type: 'SomethingNew', number: 1 },
  'no object',
];

/** Says something to a node as a member, under the keys of the session. */
function say(from: ProxiedMember, to: ProxiedMember, message: unknown): void {
  const text = JSON.stringify(message);
  from.node.federation.members.send(to.node.nodeId, { text, ttlSeconds: 60, confirmed: false, unsent: [] });
}

test('others are not affected, the node goes on, and the standing of the member falls', async () => {
  const [ada, bo, eve] = await startProxiedMembers(['ada', 'bo', 'eve']);
  const taken = takeNotes(bo.node);
  const standing = () => ada.node.peers.book.list().find(({ name }) => name === 'eve')?.standing;
  expect(standing()?.score).toBeGreaterThanOrEqual(0);
  for (let round = 0; round < 5; round++) for (const message of wrong) say(eve, ada, message);
  await expect.poll(() => standing()?.score ?? 0).toBeLessThan(-10);
  expect(standing()?.level).not.toBe('good');
  expect(standing()?.level).not.toBe('neutral');
  const { outcomes } = await sendNotes(ada.node, bo.node, numbersFrom(0, 50), { priority: 'Medium', durable: true });
  expect(await outcomes).toEqual(numbersFrom(0, 50).map(() => 'taken'));
  expect(taken).toEqual(numbersFrom(0, 50));
  expect(ada.node.peers.book.list().find(({ name }) => name === 'bo')?.standing).toMatchObject({ invalid: 0, behaviour: 0 });
  // It stays a member: standing decides about work for others, never about belonging.
  expect(await ada.member('eve')).toBeDefined();
});
