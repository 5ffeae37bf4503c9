import { expect, test } from 'vitest';
import type { Capture } from '../../../../../../src/common/contract/tunnels.ts';
import type { ExchangeObserver, ReplaySender } from '../../../../../../src/main/node/tunnel/agent/request-observer.ts';
import type { RequestHead } from '../../../../../../src/main/node/tunnel/link/types.ts';
import { begin, bodies, complete, inspectorOf, listed } from './watched.ts';

/** An agent that takes what is replayed and tells the observer, as the real one does. */
function replaying(capture: Capture | undefined) {
  const { inspector, observer } = inspectorOf(capture);
  const sent: { head: RequestHead; body: Promise<string> }[] = [];
  const send: ReplaySender = (_tunnelId, head, stream, replayOf) => {
    const exchange = observer.begin({ head, at: 1, rttMs: undefined, replayOf }) as ExchangeObserver;
    const pieces: Uint8Array[] = [];
    const whole = later<string>();
    sent.push({ head, body: whole.promise });
    return {
      onData: (chunk) => {
        pieces.push(Buffer.from(chunk));
        exchange.requestData(chunk);
        stream.consumed(chunk.byteLength);
      },
      onEnd: () => {
        complete(exchange, 204);
        whole.resolve(Buffer.concat(pieces).toString());
      },
      onReset: () => undefined,
      onDrain: () => undefined,
    };
  };
  return { inspector, observer, sent, send };
}

/** A promise that is settled from outside. */
function later<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

async function newest(inspector: ReturnType<typeof inspectorOf>['inspector']): Promise<string> {
  return (await listed(inspector)).requests.at(-1)?.requestId ?? '';
}

test('A replay is the request again, marked, without what was hidden, and recorded as one of its own', async () => {
  const { inspector, observer, sent, send } = replaying({ ...bodies, maxBodyBytes: 65_536 });
  const body = 'x'.repeat(40_000);
  const exchange = begin(observer, {
    method: 'POST',
    path: '/orders',
    headers: ['Host', 'press-07.example', 'Authorization', 'Bearer abc', 'Transfer-Encoding', 'chunked', 'Content-Type', 'text/plain'],
  });
  exchange.requestData(Buffer.from(body));
  complete(exchange, 201);
  const requestId = await newest(inspector);

  const replay = inspector.replay({ requestId }, send);
  expect(replay.withheldHeaders).toEqual(['authorization']);
  expect(replay.requestId).not.toBe(requestId);
  expect(await sent[0]?.body).toBe(body);
  expect(sent[0]?.head).toMatchObject({
    kind: 'http',
    method: 'POST',
    path: '/orders',
    bodyBytes: 40_000,
    headers: ['Host', 'press-07.example', 'Content-Type', 'text/plain', 'Signalbox-Replay', requestId, 'Content-Length', '40000'],
  });
  expect(inspector.request({ requestId: replay.requestId })).toMatchObject({ replayOf: requestId, status: 204, requestBytes: 40_000 });
});

test('A replay may be another method, path, body and headers; a hidden header goes when it is given', async () => {
  const { inspector, observer, sent, send } = replaying(bodies);
  complete(begin(observer, { path: '/orders?token=abc', headers: ['Host', 'a', 'Cookie', 'sid=abc', 'Accept', '*/*'] }));
  const requestId = await newest(inspector);
  const headers: [string, string][] = [
    ['Cookie', 'sid=new'],
    ['X-Api-Key', '[redacted]'],
  ];
  const changed = { requestId, method: 'PUT', path: '/orders/7', headers, bodyBase64: Buffer.from('{}').toString('base64') };
  expect(inspector.replay(changed, send).withheldHeaders).toEqual(['x-api-key']);
  expect(await sent[0]?.body).toBe('{}');
  expect(sent[0]?.head).toMatchObject({
    method: 'PUT',
    path: '/orders/7',
    headers: ['Host', 'a', 'Cookie', 'sid=new', 'Signalbox-Replay', requestId, 'Content-Length', '2'],
  });
});

test('Without capture a request without a body can be replayed, to its host', async () => {
  const { inspector, observer, sent, send } = replaying(undefined);
  complete(begin(observer, { path: '/plain' }));
  inspector.replay({ requestId: await newest(inspector) }, send);
  expect(await sent[0]?.body).toBe('');
  expect(sent[0]?.head.headers.slice(0, 2)).toEqual(['Host', 'press-07.example']);
});

test.each<[string, Capture | undefined, Partial<RequestHead>, string | undefined, string]>([
  ['whose body was not kept', undefined, { method: 'POST' }, 'abc', 'its body of 3 bytes was not kept'],
  ['whose body was cut off', bodies, { method: 'POST' }, 'a'.repeat(2_000), 'only the first 1024 of 2000 bytes of its body were kept'],
  ['whose path holds a secret', bodies, { path: '/?secret=abc' }, undefined, 'its path has a secret that was hidden'],
  ['whose path was too long', bodies, { path: `/${'a'.repeat(9_000)}` }, undefined, 'its path was too long to be kept'],
])('A request %s is not replayed, and why is said', async (_what, capture, head, body, why) => {
  const { inspector, observer, sent, send } = replaying(capture);
  const exchange = begin(observer, head);
  if (body !== undefined) exchange.requestData(Buffer.from(body));
  complete(exchange);
  const requestId = await newest(inspector);
  expect(() => inspector.replay({ requestId }, send)).toThrow(
    expect.objectContaining({ code: 'CONFLICT', message: expect.stringContaining(why) }),
  );
  expect(sent).toEqual([]);
});

test('A raw connection, and a request that is not answered yet, are not replayed', async () => {
  const { inspector, observer, send } = replaying(bodies);
  begin(observer, { kind: 'upgrade' }).responseHead({ status: 101, headers: [] });
  const socket = await newest(inspector);
  expect(() => inspector.replay({ requestId: socket }, send)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  begin(observer, { method: 'POST' });
  const open = await newest(inspector);
  expect(() => inspector.replay({ requestId: open }, send)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
});

test.each([
  [{ method: 'GET /' }],
  [{ path: 'http://elsewhere/' }],
  [{ path: '/ HTTP/1.1\r\nX: y' }],
  [{ headers: [['a b', 'c']] as [string, string][] }],
  [{ headers: [['A', 'b\r\nC: d']] as [string, string][] }],
])('%o cannot be smuggled into a replay', async (changes) => {
  const { inspector, observer, send } = replaying(bodies);
  complete(begin(observer));
  const requestId = await newest(inspector);
  expect(() => inspector.replay({ requestId, ...changes }, send)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMS' }));
});

test('A stream that was reset gives no more of its body', async () => {
  const { inspector, observer } = inspectorOf({ ...bodies, maxBodyBytes: 65_536 });
  const exchange = begin(observer, { method: 'POST' });
  exchange.requestData(Buffer.alloc(40_000));
  complete(exchange);
  const ended = later<number>();
  let bytes = 0;
  const requestId = await newest(inspector);
  inspector.replay({ requestId }, (_tunnelId, head, stream, replayOf) => {
    observer.begin({ head, at: 1, rttMs: undefined, replayOf });
    return {
      onData: (chunk) => {
        bytes += chunk.byteLength;
        stream.reset('refused', '');
        stream.consumed(chunk.byteLength);
        setImmediate(() => ended.resolve(bytes));
      },
      onEnd: () => ended.reject(new Error('The body was not complete.')),
      onReset: () => undefined,
      onDrain: () => undefined,
    };
  });
  expect(await ended.promise).toBe(16_384);
});
