import { expect, it } from 'vitest';
import { type ClusterMember, everybodySees, startCluster, untilReachability } from '../../helpers/federated-router.ts';

it('fifty nodes see each other, answer a gathered call, and hear each other', async () => {
  const members = Array.from(
    { length: 50 },
    (_, index): ClusterMember => ({
      name: `node-${index}`,
      capabilities: ['many'],
      handlers: () => ({ 'config.get': () => ({ values: { index } }) }),
    }),
  );
  const nodes = (await startCluster('the embedded hub', ...members)) as unknown as Awaited<ReturnType<typeof startCluster>>[number][];
  await everybodySees(nodes);
  const [first, ...others] = nodes;
  if (first === undefined) throw new Error('no nodes');
  const client = first.client();
  const gathered = (await client.callUnknown('config.get', {}, { target: { all: 'many' }, timeoutMs: 30_000 })) as {
    results: { status: string }[];
    missing: string[];
  };
  expect([gathered.results.filter(({ status }) => status === 'success').length, gathered.missing]).toEqual([50, []]);
  const everywhere = client.subscribe('+/site/a', { maxQueuedEvents: 5_000 });
  await everywhere.ready;
  await Promise.all(nodes.map(({ router }) => new Promise<void>((resolve) => router.onDemand('/site/a', (wanted) => wanted && resolve()))));
  for (const { router, name } of nodes) router.publish('/site/a', name);
  const heard = new Set<unknown>();
  for await (const { data } of everywhere) {
    heard.add(data);
    if (heard.size === nodes.length) break;
  }
  // A node that stops hands its status to the broker; that the others have it is another matter.
  const allOffline = Promise.all(others.map(({ nodeId }) => untilReachability(first, nodeId, 'offline')));
  await Promise.all(others.map(({ stop }) => stop()));
  await allOffline;
  expect(first.federation.directory.online()).toEqual([]);
});
