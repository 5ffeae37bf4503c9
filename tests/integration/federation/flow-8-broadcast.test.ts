import { describe, expect, it } from 'vitest';
import { startFaultProxy } from '../../helpers/fault-proxy.ts';
import { type BrokerKind, brokerKinds, deferred, startBroker, startCluster, untilReachability } from '../../helpers/federated-router.ts';
import { mosquittoPub } from '../../helpers/mosquitto.ts';

async function countingCluster(kind: BrokerKind) {
  const url = await startBroker(kind);
  const proxy = await startFaultProxy(url);
  const runs: string[] = [];
  const all = deferred();
  const member = (name: string) => ({
    name,
    handlers: () => ({
      'logs.setLevel': () => {
        runs.push(name);
        if (runs.length === 3) all.resolve();
        return { changed: [] };
      },
    }),
  });
  const nodes = await startCluster({ url }, { ...member('alpha'), url: proxy.url }, member('bravo'), member('charlie'));
  return { url, proxy, nodes, runs, all: all.promise };
}

describe.each(brokerKinds)('flow 8, one node to all, over %s', (kind) => {
  it('runs once on every node, the sender’s own among them, and is answered at once', async () => {
    const { nodes, runs, all } = await countingCluster(kind);
    const [alpha] = nodes;
    const answer = await alpha.client().callUnknown('logs.setLevel', { name: 'all', level: 'info' }, { serviceId: '*' });
    expect(answer).toEqual({ accepted: true });
    await all;
    // A call to each afterwards shows that nothing came a second time.
    for (const name of ['bravo', 'charlie']) await alpha.client().call('nodes.clock', {}, { serviceId: name });
    expect([...runs].sort()).toEqual(['alpha', 'bravo', 'charlie']);
  });

  it('takes a broadcast that a person publishes', async () => {
    const { url, runs, all } = await countingCluster(kind);
    const message = {
      type: 'rpc',
      serviceId: '*',
      requestid: 'b1',
      method: 'logs.setLevel',
      params: { name: 'all', level: 'info' },
      originId: 'person',
    };
    await mosquittoPub({ port: Number(new URL(url).port) }, 'cloudisense/broadcast', JSON.stringify(message), ['-q', '1']);
    await all;
    expect([...runs].sort()).toEqual(['alpha', 'bravo', 'charlie']);
  });

  it('waits in the outbox while the broker is away', async () => {
    const { nodes, proxy, runs, all } = await countingCluster(kind);
    const [alpha, bravo] = nodes;
    proxy.refuse();
    await untilReachability(alpha, bravo.nodeId, 'unknown');
    await alpha.client().callUnknown('logs.setLevel', { name: 'all', level: 'info' }, { serviceId: '*' });
    expect(runs).not.toContain('bravo');
    proxy.allow();
    await all;
    expect([...runs].sort()).toEqual(['alpha', 'bravo', 'charlie']);
  });
});
