/** Members of a cluster that have links between them and no broker. */
import { expect, test } from 'vitest';
import { startLinkedMembers, untilVia } from '../../helpers/member-cluster.ts';
import { type MemberNode, startMember } from '../../helpers/member-node.ts';

const waiting = { timeout: 20_000, interval: 50 };

test('call each other, follow each other’s topics and hear broadcasts, over their links alone', async () => {
  const [ada, bo, cy] = await startLinkedMembers(['ada', 'bo', 'cy']);
  const status = await ada.client.call('node.status', {}, { target: { node: 'bo' } });
  expect(status.nodeId).toBe(bo.node.nodeId);
  const { nodes } = await ada.client.call('nodes.list', {});
  expect(nodes.map(({ name, via, secure, status }) => [name, via, secure, status])).toEqual([
    ['ada', null, true, 'online'],
    ['bo', 'link', true, 'online'],
    ['cy', 'link', true, 'online'],
  ]);
  expect((await ada.client.call('nodes.ping', { node: 'bo' })).roundTripsMs).toHaveLength(3);

  const heard = collect(ada, 'bo/site/note');
  await heard.follows;
  await bo.client.call('events.publish', { topic: '/site/note', data: { text: 'Valve 3 checked' } });
  await expect.poll(() => heard.data, waiting).toEqual([{ text: 'Valve 3 checked' }]);

  const everywhere = [bo, cy].map((member) => collect(member, '/site/all'));
  await Promise.all(everywhere.map(({ follows }) => follows));
  await ada.client.call('events.publish', { topic: '/site/all', data: 1 }, { serviceId: '*' });
  await expect.poll(() => everywhere.map(({ data }) => data), waiting).toEqual([[1], [1]]);
  for (const member of [ada, bo, cy]) expect(member.node.federation.metrics.refused).toEqual({});
});

/** What a node hears on a topic. */
function collect(member: MemberNode, topic: string): { readonly data: unknown[]; readonly follows: Promise<void> } {
  const subscription = member.client.subscribe(topic);
  const data: unknown[] = [];
  void (async () => {
    for await (const event of subscription) data.push(event.data);
  })();
  return { data, follows: subscription.ready };
}

test('a node that stops is known to be gone at once, and is there again when it is back', async () => {
  const [ada, bo] = await startLinkedMembers(['ada', 'bo']);
  await bo.stop();
  await expect.poll(async () => (await ada.client.call('nodes.get', { node: 'bo' })).status, waiting).toBe('offline');
  await expect(ada.client.call('node.status', {}, { target: { node: 'bo' } })).rejects.toMatchObject({
    code: 'NODE_UNREACHABLE',
    executed: 'no',
  });
  const again = await startMember('bo', {}, bo.folder);
  await untilVia(ada, 'bo', 'link');
  expect((await ada.client.call('node.status', {}, { target: { node: 'bo' } })).nodeId).toBe(again.node.nodeId);
});
