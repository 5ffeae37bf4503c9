import { describe, expect, test } from 'vitest';
import { connectRecorded, createRouterFixture, endOfTurn } from '../../../../helpers/router-fixture.ts';

function open(options: Parameters<typeof createRouterFixture>[0] = {}) {
  const fixture = createRouterFixture(options);
  let running = 0;
  let most = 0;
  const releases: (() => void)[] = [];
  fixture.router.register({
    'config.validate': () => ({ valid: true, issues: [], restartNeeded: [] }),
    'logs.tail': () => {
      most = Math.max(most, ++running);
      return new Promise((resolve) => {
        releases.push(() => {
          running--;
          resolve({ entries: [], dropped: 0 });
        });
      });
    },
  });
  return { ...fixture, client: connectRecorded(fixture.router), releases };
}

const call = (requestid: unknown, extra = {}) => ({
  type: 'rpc',
  requestid,
  method: 'config.validate',
  params: { values: {} },
  ...extra,
});

describe('a frame that is no message', () => {
  test.each([
    ['no JSON', '{"type":', 'BAD_REQUEST'],
    ['null', 'null', 'BAD_REQUEST'],
    ['a number', '7', 'BAD_REQUEST'],
    ['an empty array', '[]', 'BAD_REQUEST'],
    ['deep nesting', '['.repeat(200_000), 'TOO_LARGE'],
    ['a million keys', `{${Array.from({ length: 2_000 }, (_, n) => `"k${n}":1`).join(',')}}`, 'TOO_LARGE'],
    ['a key that reaches prototypes', '{"type":"rpc","__proto__":{"admin":true}}', 'INVALID_PARAMS'],
    ['a key that stands twice', '{"type":"rpc","type":"rpc"}', 'INVALID_PARAMS'],
    ['a number beyond range', '{"type":"rpc","n":1e400}', 'INVALID_PARAMS'],
    ['half a surrogate pair', '{"type":"rpc","n":"\\ud800"}', 'INVALID_PARAMS'],
    ['an unknown type', '{"type":"event"}', 'BAD_REQUEST'],
    ['an id that is an object', JSON.stringify(call({ a: 1 })), 'INVALID_PARAMS'],
    ['a request without an id', JSON.stringify(call(undefined)), 'INVALID_PARAMS'],
    ['more than 20 requests', JSON.stringify(Array.from({ length: 21 }, (_, n) => call(`r${n}`))), 'TOO_LARGE'],
  ])('%s is answered with its error and a null id', (_name, text, code) => {
    const { client } = open();
    client.client.receiveText(text);
    expect(client.answers).toMatchObject([{ type: 'rpc_response', requestid: null, status: 'error', code, executed: 'no' }]);
    expect(client.closes).toEqual([]);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  test.each([
    ['more keys than are taken', { params: { values: Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`k${n}`, 1])) } }],
    ['a value nested too deep', { params: { values: JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`) } }],
  ])('%s are refused under the id that the caller waits for, however often', (_name, extra) => {
    const { client } = open();
    const { requestid, ...rest } = call('r1', extra);
    for (let n = 0; n < 10; n++) client.client.receiveText(JSON.stringify({ ...rest, requestid: `r"${n}` }));
    client.client.receive({ ...rest, requestid });
    expect(client.answers.map((answer) => answer.requestid)).toEqual([...Array.from({ length: 10 }, (_, n) => `r"${n}`), 'r1']);
    expect(client.answers[0]).toMatchObject({ status: 'error', code: 'TOO_LARGE', executed: 'no' });
    expect(client.closes).toEqual([]);
  });

  test('five in a minute are borne, the sixth ends the connection with 1007', () => {
    let nowMs = 0;
    const { client } = open({ nowMs: () => nowMs });
    for (let n = 0; n < 5; n++) client.client.receiveText('nonsense');
    nowMs = 60_000;
    for (let n = 0; n < 5; n++) client.client.receiveText('nonsense');
    expect(client.closes).toEqual([]);
    client.client.receiveText('nonsense');
    expect(client.closes).toMatchObject([{ code: 1007 }]);
    client.client.receiveText('nonsense');
    expect(client.answers).toHaveLength(11);
  });

  test('an object that arrived built is held to the same bounds', () => {
    const { client } = open();
    client.client.receive(new Map());
    client.client.receive({ type: 'rpc', requestid: 'r1', method: 'config.validate', params: { values: { big: 'x'.repeat(1_100_000) } } });
    expect(client.answers).toMatchObject([
      { requestid: null, code: 'INVALID_PARAMS' },
      { requestid: 'r1', code: 'TOO_LARGE' },
    ]);
  });
});

describe('a request that is wrong', () => {
  test.each([
    ['an unknown field', { colour: 'red' }, '/colour'],
    ['a time that is none', { timeoutMs: 0 }, '/timeoutMs'],
    ['params that are a list', { params: [] }, '/params'],
  ])('%s is refused under its own id, at its place', (_name, extra, path) => {
    const { client } = open();
    client.client.receive(call('r1', extra));
    expect(client.answers).toMatchObject([{ requestid: 'r1', code: 'INVALID_PARAMS', data: { issues: [{ path }] } }]);
  });

  test.each([
    ['method and intent that differ', { intent: 'system.info' }],
    ['both target and serviceId', { serviceId: 'a', target: { node: 'a' } }],
  ])('%s', (_name, extra) => {
    const { client } = open();
    client.client.receive(call('r1', extra));
    expect(client.answers).toMatchObject([{ requestid: 'r1', code: 'INVALID_PARAMS' }]);
  });

  test('an array of up to 20 is answered one by one, in order', () => {
    const { client } = open();
    client.client.receive([call('a'), call('b', { colour: 1 }), call('c')]);
    expect(client.answers.map((answer) => answer.requestid)).toEqual(['a', 'b', 'c']);
  });

  test('an id that is still running is a conflict; once answered it may be used again', async () => {
    const { client, releases } = open();
    const tail = { type: 'rpc', requestid: 'r1', method: 'logs.tail', params: { name: 'router' } };
    client.client.receive([tail, tail]);
    expect(client.answers).toMatchObject([{ requestid: 'r1', code: 'CONFLICT', executed: 'no' }]);
    releases[0]?.();
    await endOfTurn();
    client.client.receive(call('r1'));
    expect(client.answers.map((answer) => (answer as { status: string }).status)).toEqual(['error', 'success', 'success']);
  });
});

describe('too much at once', () => {
  const tail = (requestid: string) => ({ type: 'rpc', requestid, method: 'logs.tail', params: { name: 'router' } });

  test('of one client is refused, of others served', () => {
    const { client, router } = open({ limits: { inFlightPerClient: 2 } });
    client.client.receive([tail('a'), tail('b'), tail('c')]);
    expect(client.answers).toMatchObject([{ requestid: 'c', code: 'OVERLOADED', executed: 'no', retryable: true }]);
    const other = connectRecorded(router);
    other.client.receive(call('x'));
    expect(other.answerTo('x')).toMatchObject({ status: 'success' });
  });

  test('of all clients together is refused, and served again when some have ended', async () => {
    const { client, router, releases, registry } = open({ limits: { inFlightTotal: 2 } });
    client.client.receive([tail('a'), tail('b')]);
    const other = connectRecorded(router);
    other.client.receive(call('x'));
    expect(other.answerTo('x')).toMatchObject({ code: 'OVERLOADED', executed: 'no' });
    expect(await registry.metrics()).toContain('signalbox_rpc_rejected_total{code="OVERLOADED"} 1');
    releases[0]?.();
    await endOfTurn();
    other.client.receive(call('y'));
    expect(other.answerTo('y')).toMatchObject({ status: 'success' });
  });
});
