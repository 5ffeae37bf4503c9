import { expect, test } from 'vitest';
import { JsonQueueClient } from '../../helpers/json-queue-client.ts';
import { startMember } from '../../helpers/member-node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

/** Resolves when the broker of a node has come to a state. */
async function brokerIs(member: Awaited<ReturnType<typeof startMember>>, state: string) {
  for (;;) {
    const status = await member.client.call('brokers.status', {});
    if (status.state === state) return status;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a node turns its broker on and off while it runs, and queues survive both', async () => {
  const node = await startMember('alpha', { 'broker.port': 0 }, await temporaryFolder());
  expect(await node.client.call('brokers.status', {})).toMatchObject({ state: 'off' });
  await node.client.call('config.set', { values: { 'broker.enabled': true } });
  const { port } = await brokerIs(node, 'running');
  const created = await node.client.call('queues.create', { name: 'orders' });
  await node.client.call('queues.append', { queue: 'orders', messages: [{ data: { line: 7 } }, { data: { line: 8 } }] });

  const program = await JsonQueueClient.connect(port ?? 0);
  expect(await program.ask({ operation: 'READ', queue_name: created.queueId, client_id: 'C-1' })).toMatchObject({ data: { line: 7 } });
  program.close();
  await node.client.call('config.set', { values: { 'broker.anonymous': false } });
  const refused = await JsonQueueClient.connect(port ?? 0);
  expect(await refused.ask({ operation: 'READ', queue_name: created.queueId, client_id: 'C-1' })).toMatchObject({
    code: 'UNAUTHENTICATED',
  });
  refused.close();

  await node.client.call('config.set', { values: { 'broker.enabled': false } });
  await brokerIs(node, 'off');
  await node.client.call('config.set', { values: { 'broker.enabled': true } });
  await brokerIs(node, 'running');
  const read = await node.client.call('queues.read', { queue: 'orders', clientId: 'C-1' });
  expect(read.messages.map(({ data }) => data)).toEqual([{ line: 8 }]);
});

test('a broker whose port is taken says so, and the node goes on', async () => {
  const first = await startMember('alpha', { 'broker.port': 0, 'broker.enabled': true });
  const { port } = await brokerIs(first, 'running');
  const second = await startMember('beta', { 'broker.port': port ?? 0, 'broker.enabled': true });
  const failed = await brokerIs(second, 'failed');
  expect(failed.detail).toContain(`Port ${port} is taken`);
  const { problems } = await second.client.call('node.status', {});
  expect(problems.map(({ id }) => id)).toContain('broker.failed');
});
