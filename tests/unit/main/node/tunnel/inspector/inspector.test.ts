import { expect, test, vi } from 'vitest';
import { Inspector, inspectorLimits } from '../../../../../../src/main/node/tunnel/inspector/index.ts';
import { begin, bodies, complete, inspectorOf, listed, press } from './watched.ts';

test('A request is told when it comes, when it is answered and when it ends, each time with a higher revision', async () => {
  const { inspector, observer } = inspectorOf();
  const exchange = begin(observer, { method: 'POST', path: '/orders' });
  const first = await listed(inspector);
  expect(first.requests).toMatchObject([
    { method: 'POST', host: 'press-07.example', path: '/orders', status: null, open: true, kind: 'http' },
  ]);

  exchange.requestData(Buffer.alloc(10));
  exchange.responseHead({ status: 201, headers: [] });
  const second = await inspector.requests({ after: first.revision, limit: 10, waitMs: 0 });
  expect(second.requests).toMatchObject([{ status: 201, open: true, requestBytes: 10 }]);

  exchange.ended({ kind: 'complete' }, []);
  const third = await inspector.requests({ after: second.revision, limit: 10, waitMs: 0 });
  expect(third.requests).toMatchObject([{ status: 201, open: false, durationMs: expect.any(Number), error: null }]);
  expect(await inspector.requests({ after: third.revision, limit: 10, waitMs: 0 })).toMatchObject({ requests: [], dropped: 0 });
});

test('Without capture no header is kept; with heads none of a secret one', () => {
  const secrets = ['Authorization', 'Bearer abc', 'cookie', 'sid=abc', 'X-Api-Key', 'abc', 'X-Plant', 'abc'];
  const { inspector, observer } = inspectorOf();
  begin(observer, { headers: ['Host', 'a', ...secrets] });
  inspector.setCapture(press.tunnelId, { ...bodies, level: 'heads', redactedHeaders: ['x-PLANT'] });
  const exchange = begin(observer, { path: '/?page=2&api_key=abc&sig=abc', headers: ['Host', 'a', 'Accept', '*/*', ...secrets] });
  exchange.responseHead({ status: 302, headers: ['Set-Cookie', 'sid=abc', 'Set-Cookie', 'b=abc', 'Location', '/in?token=abc&x=1'] });
  exchange.requestData(Buffer.from('abc'));
  return listed(inspector).then(({ requests }) => {
    const [off, heads] = requests.map(({ requestId }) => inspector.request({ requestId }));
    expect(off).toMatchObject({ capture: 'off', requestHeaders: [], host: 'a' });
    expect(heads).toMatchObject({
      path: '/?page=2&api_key=[redacted]&sig=[redacted]',
      requestHeaders: [
        ['Host', 'a'],
        ['Accept', '*/*'],
        ['Authorization', '[redacted]'],
        ['cookie', '[redacted]'],
        ['X-Api-Key', '[redacted]'],
        ['X-Plant', '[redacted]'],
      ],
      responseHeaders: [
        ['Set-Cookie', '[redacted]'],
        ['Set-Cookie', '[redacted]'],
        ['Location', '/in?token=[redacted]&x=1'],
      ],
      redacted: ['authorization', 'cookie', 'x-api-key', 'x-plant', 'set-cookie'],
      requestBody: null,
    });
    expect(JSON.stringify([off, heads])).not.toContain('abc');
  });
});

test('Bodies are kept up to the limit, and how long they were is told', async () => {
  const { inspector, observer } = inspectorOf(bodies);
  const exchange = begin(observer, { method: 'POST' });
  const piece = Buffer.alloc(700, 'a');
  exchange.requestData(piece);
  exchange.requestData(piece);
  piece.fill('b');
  complete(exchange, 200, 'done');
  const [line] = (await listed(inspector)).requests;
  const detail = inspector.request({ requestId: line?.requestId ?? '' });
  expect(detail.requestBody).toEqual({ base64: Buffer.alloc(1_024, 'a').toString('base64'), sizeBytes: 1_400, truncated: true });
  expect(detail.responseBody).toEqual({ base64: Buffer.from('done').toString('base64'), sizeBytes: 4, truncated: false });
  expect(detail.timings).toMatchObject({ tunnelInMs: 0.25, toAgentMs: 4, waitMs: expect.any(Number), replyMs: expect.any(Number) });
});

test('The oldest requests give way, by number', async () => {
  const { inspector, observer } = inspectorOf();
  for (let index = 0; index < inspectorLimits.keptRequests + 5; index++) complete(begin(observer, { path: `/${index}` }));
  const { requests, dropped } = await inspector.requests({ after: 0, limit: 2_000, waitMs: 0 });
  expect(requests.length).toBe(inspectorLimits.keptRequests);
  expect(requests[0]?.path).toBe('/5');
  expect(dropped).toBe(5);
});

test('The oldest requests give way, by bytes, and keep nothing more of what goes on', async () => {
  const { inspector, observer } = inspectorOf({ ...bodies, maxBodyBytes: 1_048_576 });
  const open = begin(observer, { path: '/first' });
  open.responseHead({ status: 200, headers: [] });
  const megabyte = Buffer.alloc(1_048_576);
  for (let index = 0; index < 17; index++) {
    const exchange = begin(observer, { path: `/${index}` });
    exchange.responseHead({ status: 200, headers: [] });
    exchange.responseData(megabyte);
  }
  open.responseData(megabyte);
  open.ended({ kind: 'complete' }, []);
  const { requests, dropped } = await listed(inspector);
  expect(requests.map(({ path }) => path)).not.toContain('/first');
  expect(requests.length + dropped).toBe(18);
  expect(requests.length).toBe(15);
});

test('All tunnels together are bounded: the one that keeps most gives way', async () => {
  const inspector = new Inspector({ publish: () => undefined });
  const capture = { ...bodies, maxBodyBytes: 1_048_576 };
  const body = Buffer.alloc(1_000_000);
  const fill = (name: string, count: number) => {
    const observer = inspector.observer({ tunnelId: name, agentId: name, kind: 'http' });
    inspector.setCapture(name, capture);
    for (let index = 0; index < count; index++) begin(observer, { method: 'POST' }).requestData(body);
  };
  fill('small', 3);
  for (const name of ['a', 'b', 'c', 'd', 'e']) fill(name, 16);
  const { requests, dropped } = await listed(inspector);
  expect(requests.length + dropped).toBe(83);
  expect(requests.length).toBe(67);
  expect(requests.filter(({ agentId }) => agentId === 'small').length).toBe(3);
});

test('Who asks for newer ones waits until one passes the filter', async () => {
  const { inspector, observer } = inspectorOf();
  const { revision } = await listed(inspector);
  const waiting = inspector.requests({ after: revision, limit: 10, waitMs: 20_000, filter: 'status>=500' });
  complete(begin(observer, { path: '/good' }), 200);
  complete(begin(observer, { path: '/bad' }), 503);
  expect((await waiting).requests.map(({ path }) => path)).toEqual(['/bad']);
});

test('Waiting ends with the caller, and with the inspector', async () => {
  const { inspector } = inspectorOf();
  const gone = new AbortController();
  const one = inspector.requests({ after: 0, limit: 10, waitMs: 20_000 }, gone.signal);
  const other = inspector.requests({ after: 0, limit: 10, waitMs: 20_000 });
  gone.abort();
  expect((await one).requests).toEqual([]);
  inspector.stop();
  expect((await other).requests).toEqual([]);
});

test('Only so many wait at once', async () => {
  const { inspector } = inspectorOf();
  const waiting = Array.from({ length: inspectorLimits.waiters }, () => inspector.requests({ after: 0, limit: 1, waitMs: 20_000 }));
  await expect(inspector.requests({ after: 0, limit: 1, waitMs: 20_000 })).rejects.toMatchObject({ code: 'LIMIT' });
  inspector.stop();
  await Promise.all(waiting);
});

test('What a caller does not get at once it gets next, in the order of changes', async () => {
  const { inspector, observer } = inspectorOf();
  const { revision } = await listed(inspector);
  for (let index = 0; index < 5; index++) complete(begin(observer, { path: `/${index}` }));
  const first = await inspector.requests({ after: revision, limit: 3, waitMs: 0 });
  const rest = await inspector.requests({ after: first.revision, limit: 3, waitMs: 0 });
  expect([...first.requests, ...rest.requests].map(({ path }) => path)).toEqual(['/0', '/1', '/2', '/3', '/4']);
});

test('A revision of a run before is not above those of this one', async () => {
  const { inspector, observer } = inspectorOf();
  complete(begin(observer, { path: '/now' }));
  expect((await inspector.requests({ after: Number.MAX_SAFE_INTEGER, limit: 3, waitMs: 0 })).requests).toMatchObject([{ path: '/now' }]);
});

test('Lines are published together, and only while somebody listens', () => {
  vi.useFakeTimers();
  try {
    const publish = vi.fn();
    const inspector = new Inspector({ publish });
    const observer = inspector.observer(press);
    complete(begin(observer, { path: '/unheard' }));
    vi.runAllTimers();
    expect(publish).not.toHaveBeenCalled();
    inspector.setListening([press.agentId]);
    complete(begin(observer, { path: '/one' }));
    complete(begin(observer, { path: '/two' }), 404);
    vi.runAllTimers();
    expect(publish).toHaveBeenCalledTimes(1);
    expect(publish).toHaveBeenCalledWith(
      [
        expect.objectContaining({ path: '/one', status: 200, open: false }),
        expect.objectContaining({ path: '/two', status: 404, open: false }),
      ],
      0,
    );
    for (let index = 0; index < 500; index++) begin(observer);
    vi.runAllTimers();
    expect(publish.mock.lastCall?.[0]).toHaveLength(inspectorLimits.linesAtOnce);
    expect(publish.mock.lastCall?.[1]).toBe(500 - inspectorLimits.linesAtOnce);
    inspector.stop();
  } finally {
    vi.useRealTimers();
  }
});

test('A connection that breaks says why; one that was upgraded counts its bytes', async () => {
  const { inspector, observer } = inspectorOf(bodies);
  const broken = begin(observer, { path: '/broken' });
  broken.ended({ kind: 'reset', code: 'refused', reason: '' }, []);
  const socket = begin(observer, { kind: 'upgrade', path: '/socket' });
  socket.responseHead({ status: 101, headers: [] });
  socket.requestData(Buffer.alloc(6));
  const answered = begin(observer, { kind: 'upgrade', path: '/plain' });
  answered.responseHead({ status: 403, headers: [] });
  const raw = begin(observer, { kind: 'connection', method: '', path: '', headers: [] });
  raw.responseHead({ status: 200, headers: [] });
  raw.responseData(Buffer.alloc(9));
  const { requests } = await listed(inspector);
  expect(requests).toMatchObject([
    { path: '/broken', status: null, open: false, error: 'The local service could not be reached.' },
    { path: '/socket', kind: 'websocket', status: 101, requestBytes: 6, open: true },
    { path: '/plain', kind: 'http', status: 403 },
    { kind: 'tcp', method: '-', responseBytes: 9, status: null },
  ]);
});

test('Requests of a tunnel are forgotten when asked, and with it', async () => {
  const { inspector, observer } = inspectorOf();
  complete(begin(observer));
  complete(begin(observer));
  const [line] = (await listed(inspector)).requests;
  expect(inspector.clear({ tunnelId: press.tunnelId })).toEqual({ removed: 2 });
  expect(() => inspector.request({ requestId: line?.requestId ?? '' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  complete(begin(observer));
  inspector.forget(press.tunnelId);
  expect((await listed(inspector)).requests).toEqual([]);
  expect(inspector.clear({ tunnelId: press.tunnelId })).toEqual({ removed: 0 });
});
