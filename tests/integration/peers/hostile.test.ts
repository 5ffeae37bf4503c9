/** What a member that means ill can do to whole nodes by messages between peers (security.md rows 49 to 52). */
import { expect, it } from 'vitest';
import type { PeerMessage } from '../../../src/main/node/peers/types.ts';
import { startLinkedMembers } from '../../helpers/member-cluster.ts';

const names = ['\u202egpj.exe', 'a\nb', '\u001b[2J', '😀'.repeat(10_000)];

const hostile: readonly (readonly [string, PeerMessage, string])[] = [
  ['an unknown type', { type: 'Unheard' }, 'BAD_REQUEST'],
  ['a report with a further field', { type: 'HealthReport', status: 'Healthy', load: 0, degree: 1, admin: true }, 'INVALID_PARAMS'],
  ['a report of 300 KiB', { type: 'HealthReport', status: 'Healthy', load: 0, degree: 1, note: 'x'.repeat(307_200) }, 'TOO_LARGE'],
  ['a list of peers that is none', { type: 'PeerList', peers: { length: 4_294_967_296 } }, 'INVALID_PARAMS'],
  ...names.map(
    (key) => ['a name that is none', { type: 'StorageRequest', operation: 'Get', request_id: 'r', key }, 'INVALID_PARAMS'] as const,
  ),
];

it('a member that sends what is none is refused by name, told of, and harms neither the node nor those who speak with it', async () => {
  const [north, south, east] = await startLinkedMembers(['north', 'south', 'east']);
  const target = south.node.nodeId;
  const send = async (message: PeerMessage) => (await north.node.peers.communicator.send(target, message, { priority: 'Medium' })).settled;
  for (const [what, message, code] of hostile)
    expect([what, await send(message)]).toMatchObject([what, { outcome: 'refused', error: { code } }]);

  // A flood of the same: each is refused, and what others ask is answered meanwhile.
  const flood = Array.from({ length: 1_000 }, (_, index) =>
    send({ type: 'HealthReport', status: 'Healthy', load: 0, degree: index, admin: true }),
  );
  expect(await east.client.call('node.status', {}, { target: { node: 'south' } })).toMatchObject({ name: 'south' });
  await east.client.call('store.put', { key: 'k', value: 'of east', replicas: ['south'] });
  const state = async () => (await east.client.call('store.get', { key: 'k' })).replicas[0]?.state;
  await expect.poll(state, { timeout: 20_000 }).toBe('current');
  const outcomes = new Set((await Promise.all(flood)).map(({ outcome }) => outcome));
  expect(outcomes).toEqual(new Set(['refused']));

  const { peer } = await south.client.call('peers.get', { node: 'north' });
  expect(peer.standing.invalid).toBeGreaterThan(0);
  // Conduct alone expels nobody.
  expect(await south.member('north')).toMatchObject({ state: 'linked' });
  expect(await south.client.call('store.usage', {})).toMatchObject({ own: { items: 0 }, copies: [{ name: 'east', items: 1 }] });
});
