import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import type { EventMessage } from '../../../../../src/common/wire/messages.ts';
import type { BroadcastRequest, ForwardedRequest, RemoteNode, RemoteNodes } from '../../../../../src/main/node/router/index.ts';
import { createEventsService } from '../../../../../src/main/node/services/events.ts';
import { connectRecorded, createRouterFixture, endOfTurn, testNodeId } from '../../../../helpers/router-fixture.ts';

const nodeB = `n1${'b'.repeat(52)}`;
const nodeC = `n1${'c'.repeat(52)}`;

/** Two other nodes, in memory. */
class OtherNodes implements RemoteNodes {
  readonly nodes: RemoteNode[] = [
    { nodeId: nodeB, name: 'node-b', capabilities: ['broker'], healthy: true, load: 5 },
    { nodeId: nodeC, name: 'node-c', capabilities: ['broker'], healthy: true, load: 2 },
  ];
  readonly calls: { readonly node: string; readonly request: ForwardedRequest }[] = [];
  readonly broadcasts: BroadcastRequest[] = [];
  readonly subscriptions: { readonly node: string; readonly topic: string; ended: boolean; deliver: Deliver }[] = [];
  answer: (node: RemoteNode, request: ForwardedRequest) => Promise<unknown> = (node) => Promise.resolve({ from: node.name });
  refuse: SignalboxError | undefined;
  /** Tells the router that a node is lost. */
  lose: (nodeId: string) => void = () => undefined;

  list() {
    return this.nodes;
  }

  find(idOrName: string) {
    return this.nodes.find(({ nodeId, name }) => nodeId === idOrName || name === idOrName);
  }

  call(node: RemoteNode, request: ForwardedRequest) {
    this.calls.push({ node: node.name, request });
    return this.answer(node, request);
  }

  broadcast(request: BroadcastRequest) {
    if (this.refuse !== undefined) throw this.refuse;
    this.broadcasts.push(request);
  }

  subscribe(node: string, topic: string, deliver: Deliver) {
    if (this.refuse !== undefined) return Promise.reject(this.refuse);
    const subscription = { node, topic, ended: false, deliver };
    this.subscriptions.push(subscription);
    return Promise.resolve(() => {
      subscription.ended = true;
    });
  }

  onLost(listener: (nodeId: string) => void) {
    this.lose = listener;
  }
}

type Deliver = (nodeId: string, event: EventMessage) => void;

function open(remoteNodes?: RemoteNodes) {
  const fixture = createRouterFixture(remoteNodes === undefined ? {} : { remoteNodes });
  const ran: string[] = [];
  fixture.router.register({
    'config.validate': () => {
      ran.push('config.validate');
      return { valid: true, issues: [], restartNeeded: [] };
    },
    'logs.setLevel': () => {
      ran.push('logs.setLevel');
      return { changed: [] };
    },
  });
  fixture.router.register(createEventsService({ router: fixture.router }));
  return { ...fixture, ran, client: connectRecorded(fixture.router) };
}

const validate = { method: 'config.validate', params: { values: {} } };

describe('a node on its own', () => {
  test('says which node it does not know', () => {
    const { client } = open();
    client.request({ requestid: 'a', ...validate, serviceId: 'node-b' });
    client.request({ requestid: 'b', ...validate, target: { node: 'node-b' } });
    client.request({ requestid: 'c', ...validate, target: { any: 'broker' } });
    for (const id of ['a', 'b']) {
      expect(client.answerTo(id)).toMatchObject({ code: 'NODE_UNREACHABLE', executed: 'no', message: expect.stringContaining('node-b') });
    }
    expect(client.answerTo('c')).toMatchObject({ code: 'NODE_UNREACHABLE', message: expect.stringContaining('broker') });
  });

  test('is any node with its own capability', () => {
    const { client } = open();
    client.request({ requestid: 'a', ...validate, target: { any: 'test' } });
    expect(client.answerTo('a')).toMatchObject({ status: 'success' });
  });

  test('accepts a broadcast at once and runs it; one that is wrong is refused', () => {
    const { client, ran } = open();
    client.request({ requestid: 'a', method: 'logs.setLevel', params: { level: 'debug' }, serviceId: '*' });
    client.request({ requestid: 'b', method: 'logs.setLevel', params: { level: 'loud' }, serviceId: '*' });
    client.request({ requestid: 'c', method: 'no.such', serviceId: '*' });
    expect(client.answerTo('a')).toMatchObject({ status: 'success', data: { accepted: true } });
    expect(client.answerTo('b')).toMatchObject({ code: 'INVALID_PARAMS' });
    expect(client.answerTo('c')).toMatchObject({ code: 'METHOD_NOT_FOUND' });
    expect(ran).toEqual(['logs.setLevel']);
    expect(client.answers).toHaveLength(3);
  });

  test('gathers from itself, and says of others that it cannot reach them', async () => {
    const { client } = open();
    client.request({ requestid: 'a', ...validate, target: { all: true } });
    client.request({ requestid: 'b', ...validate, target: { all: ['press-07', 'node-b', 'node-b', testNodeId] } });
    await endOfTurn();
    expect(client.answerTo('a')).toMatchObject({ data: { results: [{ node: testNodeId, status: 'success' }], missing: [] } });
    expect(client.answerTo('b')).toMatchObject({
      data: {
        results: [
          { node: 'node-b', status: 'error', error: { code: 'NODE_UNREACHABLE' } },
          { node: testNodeId, status: 'success', data: { valid: true } },
        ],
        missing: [],
      },
    });
    expect(client.answers.filter(({ type }) => type === 'rpc_progress')).toHaveLength(3);
  });
});

test('a gathered call counts once, however many parts it has', async () => {
  const { router, client } = open();
  client.request({ requestid: 'a', ...validate, target: { all: true } });
  await endOfTurn();
  expect(router.snapshot().rpc.total).toBe(1);
  expect(router.calls.entries({ limit: 10, errorsOnly: false })).toHaveLength(1);
});

describe('a node among others', () => {
  test('forwards with caller, time left and progress, and answers for the other node', async () => {
    const others = new OtherNodes();
    others.answer = (_node, { progress }) => {
      progress({ step: 1 });
      return Promise.resolve({ valid: true });
    };
    const { client, ran } = open(others);
    client.request({ requestid: 'a', ...validate, serviceId: 'node-b', timeoutMs: 700 });
    await endOfTurn();
    expect(ran).toEqual([]);
    expect(others.calls).toMatchObject([{ node: 'node-b', request: { method: 'config.validate', timeoutMs: 700 } }]);
    expect(others.calls[0]?.request.principal.user).toBe('admin@test');
    expect(client.answers).toMatchObject([
      { type: 'rpc_progress', data: { step: 1 } },
      { status: 'success', serviceId: nodeB },
    ]);
  });

  test('leaves the topic of a call that runs elsewhere as it is', () => {
    const others = new OtherNodes();
    const { client } = open(others);
    const params = { topic: '/site/oil', data: 1 };
    client.request({ requestid: 'a', method: 'events.publish', params, target: { node: 'node-b' } });
    client.request({ requestid: 'b', method: 'events.publish', params, serviceId: 'node-b' });
    expect(others.calls.map(({ request }) => request.params)).toEqual([params, params]);
  });

  test('passes on the far node’s error, and a cancel', async () => {
    const others = new OtherNodes();
    let signal: AbortSignal | undefined;
    others.answer = (node, request) => {
      signal = request.signal;
      return node.name === 'node-b' ? Promise.reject(new SignalboxError('NODE_LOST', 'node-b has gone.')) : new Promise(() => undefined);
    };
    const { client } = open(others);
    client.request({ requestid: 'a', ...validate, serviceId: 'node-b' });
    client.request({ requestid: 'b', ...validate, serviceId: 'node-c' });
    await endOfTurn();
    expect(client.answerTo('a')).toMatchObject({ code: 'NODE_LOST', retryable: true, serviceId: nodeB });
    client.client.receiveText('{"type":"rpc_cancel","requestid":"b"}');
    expect(signal?.aborted).toBe(true);
    expect(client.answerTo('b')).toMatchObject({ code: 'CANCELLED' });
  });

  test('chooses the least loaded node that has the capability and is well', async () => {
    const others = new OtherNodes();
    others.nodes.push({ nodeId: 'ill', name: 'ill', capabilities: ['broker'], healthy: false, load: 0 });
    const { client } = open(others);
    client.request({ requestid: 'a', ...validate, target: { any: 'broker' } });
    await endOfTurn();
    expect(others.calls.map(({ node }) => node)).toEqual(['node-c']);
    expect(client.answerTo('a')).toMatchObject({ data: { from: 'node-c' } });
  });

  test('chooses one that behaves before a less loaded one that does not, and that one before none', async () => {
    const others = new OtherNodes();
    for (const node of others.nodes) Object.assign(node, { trusted: false });
    others.nodes.push({ nodeId: 'busy', name: 'busy', capabilities: ['broker'], healthy: true, load: 90, trusted: true });
    const { client } = open(others);
    client.request({ requestid: 'a', ...validate, target: { any: 'broker' } });
    others.nodes.pop();
    client.request({ requestid: 'b', ...validate, target: { any: 'broker' } });
    await endOfTurn();
    expect(others.calls.map(({ node }) => node)).toEqual(['busy', 'node-c']);
  });

  test('sends a broadcast to the others and runs its own part, unknown methods included', () => {
    const others = new OtherNodes();
    const { client, ran } = open(others);
    client.request({ requestid: 'a', method: 'logs.setLevel', params: { level: 'debug' }, serviceId: '*' });
    client.request({ requestid: 'b', method: 'theirs.only', serviceId: '*' });
    client.request({ requestid: 'c', method: 'logs.setLevel', params: { level: 'loud' }, serviceId: '*' });
    expect(others.broadcasts.map(({ method }) => method)).toEqual(['logs.setLevel', 'theirs.only']);
    expect(ran).toEqual(['logs.setLevel']);
    expect(client.answerTo('b')).toMatchObject({ data: { accepted: true } });
  });

  test('runs nothing of a broadcast that cannot be sent', () => {
    const others = new OtherNodes();
    others.refuse = new SignalboxError('TOO_LARGE', 'Too large for the broker.', { executed: 'no' });
    const { client, ran } = open(others);
    client.request({ requestid: 'a', method: 'logs.setLevel', params: { level: 'debug' }, serviceId: '*' });
    client.request({ requestid: 'b', method: 'theirs.only', serviceId: '*' });
    for (const id of ['a', 'b']) expect(client.answerTo(id)).toMatchObject({ code: 'TOO_LARGE', executed: 'no' });
    expect(ran).toEqual([]);
  });

  describe('gathering', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    test('answers with no more than an answer may have', async () => {
      const others = new OtherNodes();
      others.answer = () => Promise.resolve('x'.repeat(5_000_000));
      const { client } = open(others);
      client.request({ requestid: 'a', method: 'theirs.only', target: { all: [nodeB, nodeC] } });
      await endOfTurn();
      expect((client.answerTo('a') as { data: { results: unknown[] } }).data.results).toMatchObject([
        { node: nodeB, status: 'success' },
        { node: nodeC, status: 'error', error: { code: 'TOO_LARGE', executed: 'yes' } },
      ]);
    });

    test('names as missing whoever did not answer in time', async () => {
      const others = new OtherNodes();
      others.answer = (node) => (node.name === 'node-b' ? Promise.resolve({ ok: true }) : new Promise(() => undefined));
      const { client } = open(others);
      client.request({ requestid: 'a', ...validate, target: { all: true }, timeoutMs: 1_000 });
      await endOfTurn();
      expect(client.answerTo('a')).toBeUndefined();
      vi.advanceTimersByTime(999);
      await endOfTurn();
      const answer = client.answerTo('a') as { data: { results: { node: string }[]; missing: string[] } };
      expect(answer.data.results.map(({ node }) => node).sort()).toEqual([testNodeId, nodeB].sort());
      expect(answer.data.missing).toEqual([nodeC]);
    });
  });

  test('asks for a remote topic once for all its clients, and ends it with the last', async () => {
    const others = new OtherNodes();
    const { router, client } = open(others);
    const second = connectRecorded(router);
    for (const each of [client, second]) each.request({ requestid: 's', method: 'subscribe_channel', params: { topic: 'node-b/stats' } });
    await endOfTurn();
    expect(others.subscriptions).toMatchObject([{ node: nodeB, topic: '/stats' }]);
    const event: EventMessage = {
      type: 'event',
      name: 'data_generated',
      status: 'data',
      topic: '/stats',
      data: 1,
      meta: { identity: nodeB, seq: 7 },
      timestamp: 1,
    };
    others.subscriptions[0]?.deliver(nodeB, event);
    await endOfTurn();
    for (const each of [client, second]) expect(each.events).toEqual([{ ...event, topic: 'node-b/stats' }]);
    client.client.closed();
    await endOfTurn();
    expect(others.subscriptions[0]?.ended).toBe(false);
    second.request({ requestid: 'u', method: 'unsubscribe_channel', params: { topic: '/stats' }, serviceId: 'node-b' });
    await endOfTurn();
    expect(others.subscriptions[0]?.ended).toBe(true);
  });

  test('a wildcard for every node brings this one’s events and theirs, each once', async () => {
    const others = new OtherNodes();
    const { router, client } = open(others);
    for (const topic of ['+/stats', `${nodeB}/stats`]) client.request({ requestid: topic, method: 'subscribe_channel', params: { topic } });
    await endOfTurn();
    router.publish('/stats', 'own');
    const event = { type: 'event', name: 'data_generated', status: 'data', topic: '/stats', data: 'theirs', timestamp: 1 } as const;
    others.subscriptions[0]?.deliver(nodeB, { ...event, meta: { identity: nodeB, seq: 1 } });
    await endOfTurn();
    expect(client.events.map(({ topic, data }) => [topic, data])).toEqual([
      [`${testNodeId}/stats`, 'own'],
      [`${nodeB}/stats`, 'theirs'],
    ]);
  });

  test('what a lost node last said is not replayed', async () => {
    const others = new OtherNodes();
    const { router, client } = open(others);
    const state = (nodeId: string): EventMessage => ({
      type: 'event',
      name: 'data_generated',
      status: 'data',
      topic: '/state',
      data: nodeId,
      meta: { identity: nodeId, seq: 1, retained: true },
      timestamp: 1,
    });
    const subscribe = { requestid: 's', method: 'subscribe_channel', params: { topic: '+/state' } };
    client.request(subscribe);
    await endOfTurn();
    for (const nodeId of [nodeB, nodeC]) others.subscriptions[0]?.deliver(nodeId, state(nodeId));
    others.lose(nodeB);
    const late = connectRecorded(router);
    late.request(subscribe);
    await endOfTurn();
    expect(late.events.map(({ data }) => data)).toEqual([nodeC]);
  });

  test('confirms a subscription that is asked for twice when the other node has, and not before', async () => {
    const others = new OtherNodes();
    let refuse: (error: Error) => void = () => undefined;
    others.subscribe = () =>
      new Promise((_resolve, reject) => {
        refuse = reject;
      });
    const { client } = open(others);
    for (const requestid of ['a', 'b']) client.request({ requestid, method: 'subscribe_channel', params: { topic: 'node-b/stats' } });
    await endOfTurn();
    expect(client.answers).toEqual([]);
    refuse(new SignalboxError('FORBIDDEN', 'node-b does not let you.'));
    await endOfTurn();
    for (const id of ['a', 'b']) expect(client.answerTo(id)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('a remote node that refuses leaves no subscription', async () => {
    const others = new OtherNodes();
    others.refuse = new SignalboxError('FORBIDDEN', 'node-b does not let you.');
    const { router, client } = open(others);
    client.request({ requestid: 's', method: 'subscribe_channel', params: { topic: 'node-b/stats' } });
    await endOfTurn();
    expect(client.answerTo('s')).toMatchObject({ code: 'FORBIDDEN' });
    expect(router.snapshot().events.subscriptions).toBe(0);
  });
});
