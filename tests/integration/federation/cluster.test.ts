import { describe, expect, it } from 'vitest';
import type { MethodName } from '../../../src/common/contract/index.ts';
import type { Handlers, Router } from '../../../src/main/node/router/index.ts';
import { createClusterService } from '../../../src/main/node/services/cluster.ts';
import { createRpcService } from '../../../src/main/node/services/rpc.ts';
import {
  connectClient,
  deferred,
  type FederatedRouter,
  startCluster,
  untilAborted,
  untilReachability,
} from '../../helpers/federated-router.ts';

const activity = (router: Router) => createRpcService({ router }) as Partial<Handlers<MethodName>>;

/** The node that is asked for the whole cluster. */
function lookFrom(node: FederatedRouter) {
  const { router, federation, name } = node;
  router.register(createClusterService({ router, federation, name: () => name }));
  return connectClient(router, 'viewer');
}

describe('figures of the whole cluster, over Mosquitto', () => {
  it('count each call once, where it ran, and leave their own questions out', async () => {
    const [alpha, bravo, charlie] = await startCluster(
      'Mosquitto',
      { name: 'alpha', handlers: activity },
      { name: 'bravo', handlers: activity },
      { name: 'charlie', handlers: activity },
    );
    const viewer = lookFrom(alpha);
    const person = alpha.client();
    for (const node of ['bravo', 'bravo', 'charlie']) await person.call('nodes.ping', { node: 'alpha', count: 1 }, { serviceId: node });
    await person.callUnknown('press.start', {}, { serviceId: 'charlie' }).catch(() => undefined);
    const answer = await viewer.call('cluster.activity', {});
    expect(answer).toMatchObject({ asked: 3, answered: 3, totals: { calls: 4, errors: 1, inFlight: 0 } });
    expect(answer.nodes).toMatchObject([
      { name: 'alpha', error: null, calls: 0 },
      { name: 'bravo', nodeId: bravo.nodeId, calls: 2, errors: 0 },
      { name: 'charlie', nodeId: charlie.nodeId, calls: 2, errors: 1 },
    ]);
    expect(answer.methods.find(({ method }) => method === 'nodes.ping')).toMatchObject({ calls: 3, errors: 0, nodes: 2 });
    expect(answer.entries.map(({ method, name }) => `${method} ${name}`).sort()).toEqual([
      'nodes.ping bravo',
      'nodes.ping bravo',
      'nodes.ping charlie',
      'unknown charlie',
    ]);
    const [slowest] = answer.slowest;
    expect(slowest?.durationMs).toBe(Math.max(...answer.entries.map(({ durationMs }) => durationMs)));
    await expect(viewer.call('cluster.activity', { node: 'bravo', errorsOnly: true })).resolves.toMatchObject({
      asked: 1,
      totals: { calls: 2 },
      entries: [],
    });
  });

  it('come without the node that does not answer, which is named', async () => {
    const asked = deferred();
    const [alpha, bravo, charlie] = await startCluster(
      'Mosquitto',
      { name: 'alpha', handlers: activity },
      { name: 'bravo', handlers: activity },
      {
        name: 'charlie',
        handlers: () => ({
          'rpc.activity': (_params, { signal }) => {
            asked.resolve();
            return untilAborted(signal);
          },
        }),
      },
    );
    const viewer = lookFrom(alpha);
    const answer = viewer.call('cluster.activity', {});
    await asked.promise;
    await expect(answer).resolves.toMatchObject({
      asked: 3,
      answered: 2,
      nodes: [
        { name: 'alpha', error: null },
        { name: 'bravo', nodeId: bravo.nodeId, error: null },
        { name: 'charlie', nodeId: charlie.nodeId, error: { code: 'TIMEOUT' }, calls: null },
      ],
    });
    await charlie.stop();
    await untilReachability(alpha, charlie.nodeId, 'offline');
    await expect(viewer.call('cluster.activity', { node: 'charlie' })).resolves.toMatchObject({
      asked: 1,
      answered: 0,
      nodes: [{ name: 'charlie', error: { code: 'NODE_UNREACHABLE' } }],
    });
  });

  it('list the topics of every node with their own rates and subscribers', async () => {
    const [alpha, bravo, charlie] = await startCluster('Mosquitto', { name: 'alpha' }, { name: 'bravo' }, { name: 'charlie' });
    const viewer = lookFrom(alpha);
    const events = viewer.subscribe('bravo/site/a');
    await events.ready;
    for (let value = 1; value <= 3; value++) bravo.router.publish('/site/a', { value });
    charlie.router.publish('/site/a', { value: 9 });
    const answer = await viewer.call('cluster.topics', {});
    expect(answer).toMatchObject({ asked: 3, answered: 3, left: 0, totals: { published: 4, dropped: 0, topics: 2 } });
    expect([...answer.topics].sort((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
      { name: 'bravo', nodeId: bravo.nodeId, topic: '/site/a', published: 3, subscribers: 1, dropped: 0, lastPreview: '{"value":3}' },
      { name: 'charlie', nodeId: charlie.nodeId, topic: '/site/a', published: 1, subscribers: 0, lastPreview: '{"value":9}' },
    ]);
    expect(answer.nodes.map(({ name, topics }) => [name, topics])).toEqual([
      ['alpha', 0],
      ['bravo', 1],
      ['charlie', 1],
    ]);
    events.dispose();
  });
});
