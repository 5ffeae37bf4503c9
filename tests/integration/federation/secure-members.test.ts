/** Members of a cluster that have nothing between them but a Mosquitto that nobody trusts. */
import { expect, it } from 'vitest';
import { startMembers } from '../../helpers/member-cluster.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';

it('call each other under session keys', async () => {
  const broker = await startMosquitto();
  const [ada, bo] = await startMembers({ names: ['ada', 'bo'], brokerUrl: broker.url });
  if (ada === undefined || bo === undefined) throw new Error('no members');
  const status = await ada.client.call('node.status', {}, { target: { node: 'bo' } });
  expect(status.nodeId).toBe(bo.node.nodeId);
  const { nodes } = await ada.client.call('nodes.list', {});
  expect(nodes.find(({ name }) => name === 'bo')).toMatchObject({ secure: true, via: 'mqtt' });
  expect(ada.node.federation?.metrics.refused).toEqual({});
});
