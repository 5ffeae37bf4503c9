import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import type { ForwardedRequest, RemoteNode, RemoteNodes } from '../../../../../src/main/node/router/remote-nodes.ts';
import { createClusterService } from '../../../../../src/main/node/services/cluster.ts';
import { createEventsService } from '../../../../../src/main/node/services/events.ts';
import { createRpcService } from '../../../../../src/main/node/services/rpc.ts';
import { connectRecorded, createRouterFixture, endOfTurn, testNodeId } from '../../../../helpers/router-fixture.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

type Answers = (request: ForwardedRequest) => Promise<unknown>;

/** A router whose other nodes are functions. */
function open(others: Readonly<Record<string, Answers>> = {}) {
  const known = Object.keys(others).map((name): RemoteNode => ({ nodeId: `n1${name}`, name, capabilities: [], healthy: true, load: 0 }));
  const asked: string[] = [];
  const remoteNodes: RemoteNodes = {
    list: () => known,
    find: (idOrName) => known.find(({ nodeId, name }) => nodeId === idOrName || name === idOrName),
    call: ({ name }, request) => {
      asked.push(`${name} ${request.method} ${request.principal.roles.join()}`);
      return (others[name] as Answers)(request);
    },
    broadcast: () => undefined,
    subscribe: () => Promise.resolve(() => undefined),
    onLost: () => undefined,
  };
  const fixture = createRouterFixture(known.length === 0 ? {} : { remoteNodes });
  const { router } = fixture;
  const directory = { get: (nodeId: string) => known.find((node) => node.nodeId === nodeId) };
  router.register(createRpcService({ router }));
  router.register(createEventsService({ router }));
  router.register(createClusterService({ router, federation: { directory } as never, name: () => 'press-07' }));
  router.register({
    'users.list': () => ({ users: [] }),
    'config.get': () => {
      throw new SignalboxError('NOT_FOUND', 'There is no such setting.');
    },
  });
  const client = connectRecorded(router);
  let requests = 0;
  const ask = async (method: string, params: object = {}, from = client) => {
    const requestid = `ask-${requests++}`;
    from.request({ requestid, method, params });
    for (let turn = 0; turn < 5; turn++) await endOfTurn();
    return from.answerTo(requestid) as unknown as { status: string; code?: string; data: Record<string, unknown[]> };
  };
  return { ...fixture, client, asked, ask };
}

const entry = {
  id: 1,
  timestamp: 5,
  method: 'users.list',
  user: 'ada',
  via: 'ws',
  node: 'n1far',
  status: 'success',
  code: null,
  durationMs: 900,
};
/** What `rpc.activity` told before there was a service for the cluster. */
const ofOlderNode = {
  entries: [entry],
  methods: [
    { method: 'users.list', calls: 100, errors: 2, p50Ms: 10, p95Ms: 40, maxMs: 900 },
    { method: 'nodes.list', calls: 5_000, errors: 0, p50Ms: 1, p95Ms: 1, maxMs: 1 },
  ],
  dropped: 0,
};

describe('cluster.activity', () => {
  test('is this node alone without federation, its own questions left out', async () => {
    const { ask, client, audits } = open();
    for (const method of ['users.list', 'config.get', 'users.list', 'rpc.catalogue'])
      client.request({ requestid: `${Math.random()}`, method });
    vi.advanceTimersByTime(1_000);
    await ask('cluster.activity');
    vi.advanceTimersByTime(1_001);
    const { data } = await ask('cluster.activity', { limit: 2 });
    expect(data).toMatchObject({
      asked: 1,
      answered: 1,
      nodes: [
        { nodeId: testNodeId, name: 'press-07', error: null, calls: 3, errors: 1, perSecond: 0.6, errorsPerSecond: 0.2, inFlight: 0 },
      ],
      totals: { calls: 3, errors: 1, perSecond: 0.6, errorsPerSecond: 0.2, inFlight: 0 },
      entries: [
        { method: 'users.list', nodeId: testNodeId, name: 'press-07' },
        { method: 'config.get', code: 'NOT_FOUND' },
      ],
    });
    expect(data.methods).toEqual([
      expect.objectContaining({
        method: 'users.list',
        calls: 2,
        errors: 0,
        nodes: 1,
        slowestNode: { nodeId: testNodeId, name: 'press-07' },
      }),
      expect.objectContaining({ method: 'config.get', calls: 1, errors: 1 }),
    ]);
    expect(data.slowest).toHaveLength(3);
    expect(audits).toEqual([]);
  });

  test('adds the buckets of the nodes, so that the percentiles are those of all calls', async () => {
    const buckets = (index: number, calls: number) => ({
      entries: [],
      slowest: [],
      methods: [
        {
          method: 'users.list',
          quiet: false,
          calls,
          errors: 0,
          p50Ms: 1,
          p95Ms: 1,
          maxMs: 700,
          here: { calls, errors: 0, perSecond: 5, maxMs: 700, durations: [index, calls] },
        },
      ],
      totals: { calls, errors: 0, perSecond: 5, errorsPerSecond: 0, inFlight: 1, durations: [index, calls] },
      dropped: 0,
    });
    const fast = buckets(40, 90);
    const slow = buckets(120, 10);
    const { ask } = open({ fast: () => Promise.resolve(fast), slow: () => Promise.resolve(slow) });
    const { data } = await ask('cluster.activity');
    const middleMs = (index: number) => 0.01 * 2 ** ((index + 0.5) / 8);
    expect(data.methods).toMatchObject([{ method: 'users.list', calls: 100, perSecond: 10, nodes: 2, maxMs: 700 }]);
    const [{ p50Ms, p95Ms }] = data.methods as [{ p50Ms: number; p95Ms: number }];
    expect(p50Ms).toBeCloseTo(middleMs(40), 2);
    expect(p95Ms).toBeCloseTo(middleMs(120), 0);
    expect(data.totals).toMatchObject({ calls: 100, perSecond: 10, inFlight: 2, p95Ms });
  });

  test('takes what an older node tells', async () => {
    const { ask } = open({ far: () => Promise.resolve(ofOlderNode) });
    const { data } = await ask('cluster.activity', { node: 'far' });
    expect(data).toMatchObject({
      asked: 1,
      answered: 1,
      nodes: [{ name: 'far', error: null, calls: 100, errors: 2, perSecond: null, p95Ms: null, inFlight: null }],
      entries: [{ ...entry, nodeId: 'n1far', name: 'far' }],
      slowest: [{ durationMs: 900 }],
    });
    const [row, ...others] = data.methods as [{ p50Ms: number; p95Ms: number }];
    expect(others).toEqual([]);
    expect(row).toMatchObject({ method: 'users.list', calls: 100, errors: 2, maxMs: 900, slowestNode: { name: 'far' } });
    expect(row.p50Ms / 10).toBeCloseTo(1, 1);
    expect(row.p95Ms / 40).toBeCloseTo(1, 1);
  });

  test('leaves out what it cannot read, and bounds the rest', async () => {
    const many = Array.from({ length: 1_000 }, (_, id) => ({ ...entry, id, user: 'x'.repeat(1_000), node: 'n1evil' }));
    const { ask } = open({
      evil: () =>
        Promise.resolve({
          entries: [{ nonsense: true }, ...many],
          slowest: 'none',
          methods: [{ method: 'm', calls: -1, errors: Number.NaN }, ...ofOlderNode.methods],
          totals: { calls: 1, errors: 0, perSecond: 1, errorsPerSecond: 0, inFlight: 0, durations: [-1, 5, 3, 1e300, 7, 2, 0.5] },
        }),
      mute: () => Promise.resolve('what'),
    });
    const { data } = await ask('cluster.activity', { limit: 500 });
    expect(data).toMatchObject({ asked: 3, answered: 2 });
    expect(data.entries).toHaveLength(499);
    expect((data.entries as { user: string }[])[0]?.user).toHaveLength(256);
    expect(data.methods).toMatchObject([{ method: 'users.list' }]);
    expect(data.nodes).toMatchObject([
      { name: 'evil', error: null, calls: 1 },
      {
        name: 'mute',
        error: { code: 'BAD_REQUEST', message: 'The answer of mute cannot be read. It may run another version.' },
        calls: null,
      },
      { name: 'press-07' },
    ]);
  });

  test('counts a forwarded call where it ran, and here when it never came back', async () => {
    const { ask, client } = open({
      far: ({ method }) => {
        if (method === 'users.list') return Promise.resolve({ users: [] });
        if (method === 'config.get') return Promise.reject(new SignalboxError('NODE_LOST', 'far is gone.'));
        return Promise.resolve({ ...ofOlderNode, entries: [entry] });
      },
    });
    client.request({ requestid: 'a', method: 'users.list', target: { node: 'far' } });
    client.request({ requestid: 'b', method: 'config.get', target: { node: 'far' } });
    await endOfTurn();
    const { data } = await ask('cluster.activity');
    expect((data.entries as { method: string; nodeId: string }[]).map(({ method, nodeId }) => [method, nodeId])).toEqual([
      ['config.get', testNodeId],
      ['users.list', 'n1far'],
    ]);
    expect(data.methods).toMatchObject([
      { method: 'users.list', calls: 100, nodes: 1 },
      { method: 'config.get', calls: 1, errors: 1, slowestNode: { name: 'press-07' } },
    ]);
    const own = await ask('rpc.activity');
    expect(own.data.methods).toContainEqual(expect.objectContaining({ method: 'users.list', calls: 1 }));
  });

  test('names who failed and who did not answer in time, and shows the others', async () => {
    const { ask, client } = open({
      silent: () => new Promise(() => undefined),
      failing: () => Promise.reject(new SignalboxError('NODE_LOST', 'failing is gone.')),
    });
    client.request({ requestid: 'first', method: 'cluster.activity' });
    await endOfTurn();
    expect(client.answerTo('first')).toBeUndefined();
    vi.advanceTimersByTime(2_900);
    const { data } = await ask('cluster.activity');
    expect(data).toMatchObject({
      asked: 3,
      answered: 1,
      nodes: [
        { name: 'failing', error: { code: 'NODE_LOST', message: 'failing is gone.' } },
        { name: 'press-07', error: null },
        { name: 'silent', error: { code: 'TIMEOUT', message: 'silent gave no answer in time.' } },
      ],
    });
    expect(client.answerTo('first')).toMatchObject({ data: { answered: 1 } });
  });

  test('asks once for all who look, again after a second, apart for other roles and questions, and never by itself', async () => {
    const { ask, asked, client, router } = open({ far: () => Promise.resolve(ofOlderNode) });
    const other = connectRecorded(router);
    const viewer = connectRecorded(router, { role: 'viewer' });
    vi.advanceTimersByTime(60_000);
    expect(asked).toEqual([]);
    await Promise.all([ask('cluster.activity'), ask('cluster.activity', {}, other), ask('cluster.activity', { limit: 100 })]);
    expect(asked).toEqual(['far rpc.activity admin']);
    await ask('cluster.activity', {}, viewer);
    await ask('cluster.activity', { errorsOnly: true });
    expect(asked.slice(1)).toEqual(['far rpc.activity viewer', 'far rpc.activity admin']);
    vi.advanceTimersByTime(1_001);
    await ask('cluster.activity');
    expect(asked).toHaveLength(4);
    expect(client.closes).toEqual([]);
  });

  test('of a node that is not known names it', async () => {
    const { ask } = open({ far: () => Promise.resolve(ofOlderNode) });
    const { data } = await ask('cluster.activity', { node: 'nobody' });
    expect(data).toMatchObject({
      asked: 1,
      answered: 0,
      nodes: [{ nodeId: 'nobody', name: 'nobody', error: { code: 'NODE_UNREACHABLE' } }],
    });
  });
});

describe('cluster.topics', () => {
  test('lists topics by node, the busiest first, with what slow clients lost', async () => {
    const { ask, router } = open({
      far: () =>
        Promise.resolve({
          topics: [{ topic: '/site/b', published: 7, perSecond: 2, subscribers: 1, lastAt: 3, lastPreview: '1' }],
          dropped: 0,
        }),
    });
    const slow = connectRecorded(router);
    await ask('subscribe_channel', { topic: '/site/a' }, slow);
    slow.bufferedBytes = 2_000_000;
    for (let value = 0; value < 2_003; value++) router.publish('/site/a', value);
    router.publish('/site/c', 1);
    const { data } = await ask('cluster.topics', { limit: 2 });
    expect(data).toMatchObject({
      asked: 2,
      answered: 2,
      left: 1,
      topics: [
        { topic: '/site/b', name: 'far', perSecond: 2, dropped: null, lastPreview: '1' },
        { topic: '/site/a', name: 'press-07', nodeId: testNodeId, published: 2_003, subscribers: 1, dropped: 3 },
      ],
      nodes: [
        { name: 'far', published: 7, perSecond: 2, topics: 1, delivered: null, dropped: null, subscriptions: null },
        { name: 'press-07', published: 2_004, dropped: 3, topics: 2, subscriptions: 1 },
      ],
      totals: { published: 2_011, dropped: 3, topics: 3, subscriptions: 1 },
    });
  });
});
