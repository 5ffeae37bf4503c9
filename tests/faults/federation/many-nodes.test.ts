import { expect, it } from 'vitest';
import { startManyNodes } from './many-nodes.ts';

it('fifty nodes of which ten are killed and come back: everybody agrees each time', async () => {
  const nodes = await startManyNodes({ lasting: 40, mortal: 10 });
  const [first] = nodes.lasting;
  if (first === undefined) throw new Error('no nodes');
  const client = first.client();
  const gather = async () => {
    const { results } = (await client.callUnknown('config.get', {}, { target: { all: 'many' }, timeoutMs: 30_000 })) as {
      readonly results: readonly { readonly status: string }[];
    };
    return results.filter(({ status }) => status === 'success').length;
  };
  expect(await gather()).toBe(50);

  await nodes.kill();
  for (const { federation } of nodes.lasting) expect(federation.directory.online()).toHaveLength(39);
  expect(await gather()).toBe(40);

  const revived = await nodes.revive();
  for (const { federation } of [...nodes.lasting, ...revived]) expect(federation.directory.online()).toHaveLength(49);
  for (const { nodeId } of revived) {
    const epochs = nodes.lasting.map(({ federation }) => federation.directory.get(nodeId)?.presence.epoch);
    expect(new Set(epochs)).toEqual(new Set([2]));
  }
  expect(await gather()).toBe(50);
});
