import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMemoryTransport, type NodeEnd } from '../../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../../src/common/client/node-client.ts';
import type { ClientTransport } from '../../../src/common/client/transport.ts';
import { SignalboxError } from '../../../src/common/errors.ts';
import type { ClientMessage, EventMessage, RpcRequest } from '../../../src/common/wire/messages.ts';
import { failure, take } from '../../helpers/transport-conformance.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A node that keeps what it is sent, and connections that the test grants. */
function open(options: { readonly reconnect?: boolean } = {}) {
  const received: ClientMessage[] = [];
  const ends: NodeEnd[] = [];
  const attempts: { grant: () => void; refuse: (error: SignalboxError) => void }[] = [];
  const client = new NodeClient({
    ...options,
    connect: () =>
      new Promise<ClientTransport>((resolve, reject) => {
        attempts.push({
          grant: () => {
            const pair = createMemoryTransport();
            pair.node.onMessage = (message) => void received.push(message);
            ends.push(pair.node);
            resolve(pair.client);
          },
          refuse: reject,
        });
      }),
  });
  return { client, received, ends, attempts };
}

async function settle(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve();
}

function answer(end: NodeEnd | undefined, message: ClientMessage | undefined, data: unknown): void {
  const requestid = (message as RpcRequest).requestid;
  end?.send({ type: 'rpc_response', requestid, status: 'success', data, timestamp: 1, serviceId: 'n' });
}

const event = (topic: string, data: unknown): EventMessage => ({
  type: 'event',
  name: 'data_generated',
  status: 'data',
  topic,
  data,
  meta: { identity: 'n', seq: 1 },
  timestamp: 1,
});

describe('NodeClient', () => {
  test('sends what was called before the connection stood', async () => {
    const { client, received, ends, attempts } = open();
    const call = client.callUnknown('system.info', {});
    await settle();
    expect(received).toEqual([]);
    attempts[0]?.grant();
    await settle();
    expect(received).toMatchObject([{ type: 'rpc', method: 'system.info', timeoutMs: 10_000 }]);
    answer(ends[0], received[0], { ok: true });
    await expect(call).resolves.toEqual({ ok: true });
    client.close();
  });

  test('says which node answered, also with an error', async () => {
    const { client, received, ends, attempts } = open();
    attempts[0]?.grant();
    await settle();
    const answeredBy: string[] = [];
    const options = { target: { any: 'press' }, onAnsweredBy: (nodeId: string) => void answeredBy.push(nodeId) };
    const call = client.callUnknown('system.info', {}, options);
    await settle();
    answer(ends[0], received[0], {});
    await call;
    const failed = failure(client.callUnknown('system.info', {}, options));
    await settle();
    const { requestid } = received[1] as RpcRequest;
    const error = { status: 'error', code: 'FORBIDDEN', message: 'No.', retryable: false } as const;
    ends[0]?.send({ type: 'rpc_response', requestid, ...error, timestamp: 1, serviceId: 'other' });
    expect(await failed).toMatchObject({ code: 'FORBIDDEN' });
    expect(answeredBy).toEqual(['n', 'other']);
    client.close();
  });

  test('says that a call was never sent when no connection came', async () => {
    const { client } = open();
    const call = failure(client.callUnknown('system.info', {}, { timeoutMs: 100 }));
    vi.advanceTimersByTime(350);
    expect(await call).toMatchObject({ code: 'NODE_UNREACHABLE', executed: 'no' });
    client.close();
  });

  test('says that a call may have run when its answer did not come, and cancels it at the node', async () => {
    const { client, received, attempts } = open();
    attempts[0]?.grant();
    await settle();
    const call = failure(client.callUnknown('config.set', {}, { timeoutMs: 100 }));
    await settle();
    vi.advanceTimersByTime(350);
    expect(await call).toMatchObject({ code: 'TIMEOUT', executed: 'maybe' });
    await settle();
    expect(received.map(({ type }) => type)).toEqual(['rpc', 'rpc_cancel']);
    client.close();
  });

  test('gives calls that write a key of their own, and reads none', async () => {
    const { client, received, attempts } = open();
    attempts[0]?.grant();
    await settle();
    for (const method of ['config.set', 'config.set', 'config.get']) client.callUnknown(method, {}).catch(() => undefined);
    await settle();
    const keys = (received as RpcRequest[]).map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBeUndefined();
    client.close();
  });

  test('does not send what was cancelled before', async () => {
    const { client, received, attempts } = open();
    attempts[0]?.grant();
    await settle();
    const controller = new AbortController();
    controller.abort();
    expect(await failure(client.callUnknown('config.get', {}, { signal: controller.signal }))).toMatchObject({
      code: 'CANCELLED',
      executed: 'no',
    });
    await settle();
    expect(received).toEqual([]);
    client.close();
  });

  test('subscribes once for many readers and ends it with the last', async () => {
    const { client, received, ends, attempts } = open();
    attempts[0]?.grant();
    await settle();
    const one = client.subscribe('/stats');
    const two = client.subscribe('/stats');
    await settle();
    expect(received).toHaveLength(1);
    answer(ends[0], received[0], {});
    await Promise.all([one.ready, two.ready]);
    ends[0]?.send([event('/stats', 1), event('/other', 2)]);
    expect((await take(one, 1))[0]?.data).toBe(1);
    expect((await take(two, 1))[0]?.data).toBe(1);
    one.dispose();
    one.dispose();
    await settle();
    expect(received).toHaveLength(1);
    two.dispose();
    await settle();
    expect(received[1]).toMatchObject({ method: 'unsubscribe_channel' });
    expect(await two[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
    client.close();
  });

  // The second: the node knows no such node. Only a client without a connection may say that and go on waiting.
  test.each(['FORBIDDEN', 'NODE_UNREACHABLE'] as const)('tells the reader when the node refuses a subscription with %s', async (code) => {
    const { client, received, ends, attempts } = open();
    attempts[0]?.grant();
    await settle();
    const subscription = client.subscribe('/#');
    const reading = failure(take(subscription, 1));
    await settle();
    ends[0]?.send({
      type: 'rpc_response',
      requestid: (received[0] as RpcRequest).requestid,
      status: 'error',
      code,
      message: 'No.',
      retryable: false,
      timestamp: 1,
      serviceId: 'n',
    });
    expect((await failure(subscription.ready)).code).toBe(code);
    expect((await reading).code).toBe(code);
    client.close();
  });

  test('waits longer between attempts, tries at once when told, and stops after a refused sign-in', async () => {
    const { client, attempts } = open();
    const down = new SignalboxError('NODE_UNREACHABLE', 'Down.');
    attempts[0]?.refuse(down);
    await settle();
    expect(client.state.kind).toBe('waiting');
    vi.advanceTimersByTime(15_000);
    await settle();
    expect(attempts).toHaveLength(2);
    attempts[1]?.refuse(down);
    await settle();
    client.reconnectNow();
    expect(attempts).toHaveLength(3);
    attempts[2]?.refuse(new SignalboxError('UNAUTHENTICATED', 'Sign in again.'));
    await settle();
    expect(client.state).toMatchObject({ kind: 'closed', error: { code: 'UNAUTHENTICATED' } });
    expect(vi.getTimerCount()).toBe(0);
    expect((await failure(client.callUnknown('config.get', {}))).code).toBe('UNAUTHENTICATED');
  });

  test('without reconnection ends with the first loss', async () => {
    const { client, ends, attempts } = open({ reconnect: false });
    attempts[0]?.grant();
    await settle();
    const call = failure(client.callUnknown('config.get', {}));
    const reading = failure(take(client.subscribe('/stats'), 1));
    await settle();
    ends[0]?.close({ code: 'NODE_LOST', message: 'Gone.', retryable: true }, true);
    expect(await call).toMatchObject({ code: 'NODE_LOST', executed: 'maybe' });
    expect(await reading).toMatchObject({ code: 'NODE_LOST' });
    expect(await failure(take(client.subscribe('/stats'), 1))).toMatchObject({ code: 'NODE_LOST' });
    expect(client.state.kind).toBe('closed');
    expect(attempts).toHaveLength(1);
  });

  test('closing ends calls, readers and timers', async () => {
    const { client, attempts } = open();
    attempts[0]?.grant();
    await settle();
    const call = failure(client.callUnknown('config.get', {}));
    const reading = client.subscribe('/stats')[Symbol.asyncIterator]().next();
    await settle();
    client.close();
    client.close();
    expect((await call).code).toBe('CANCELLED');
    expect(await reading).toEqual({ done: true, value: undefined });
    expect(vi.getTimerCount()).toBe(0);
  });
});
