import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { AttemptLimiter } from '../../../../../src/main/node/accounts/index.ts';
import { sha256 } from '../../../../helpers/accounts.ts';
import { startHttp, testPassword } from '../../../../helpers/http-fixture.ts';
import { testNodeId } from '../../../../helpers/router-fixture.ts';

const right = { username: 'ada', password: sha256(testPassword) };

test('a form in either encoding signs in and gets the tokens of the first system', async () => {
  const node = await startHttp();
  await node.addUser('ada', 'operator');
  const multipart = new FormData();
  for (const [name, value] of Object.entries(right)) multipart.set(name, value);
  for (const body of [multipart, new URLSearchParams(right)]) {
    const response = await fetch(`${node.url}/authorize`, { method: 'POST', body });
    expect(response.status).toBe(200);
    const answer = (await response.json()) as { data: Record<'access' | 'refresh', { token: string; issued: number; expires: number }> };
    const token = { token: expect.stringMatching(/^[\w-]{43}$/), issued: expect.any(Number), expires: expect.any(Number) };
    expect(answer).toEqual({ status: 'success', code: 200, data: { access: token, refresh: token } });
    expect(answer.data.access.expires - answer.data.access.issued).toBe(3_600);
    expect(answer.data.access.issued).toBeGreaterThan(1_600_000_000);
    expect(answer.data.access.issued).toBeLessThan(10_000_000_000);
    expect(node.sessions.authenticate(answer.data.access.token)?.account.username).toBe('ada');
  }
});

test('a wrong password and an unknown name get the same 401', async () => {
  const node = await startHttp();
  await node.addUser('ada', 'operator');
  const wrong = await node.post('/authorize', { ...right, password: sha256('wrong') });
  const unknown = await node.post('/authorize', { ...right, username: 'nobody' });
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  const answers = [await wrong.json(), await unknown.json()];
  expect(answers[0]).toEqual({ status: 'error', code: 401, message: 'The user name or the password is not right.' });
  expect(answers[1]).toEqual(answers[0]);
});

test('what is no sign-in gets 400', async () => {
  const node = await startHttp();
  const bodies = [{}, { username: 'ada' }, { username: 'Ada Lovelace', password: right.password }, { username: 'ada', password: 'plain' }];
  for (const fields of bodies) expect((await node.post('/authorize', fields as Record<string, string>)).status).toBe(400);
  const text = await fetch(`${node.url}/authorize`, { method: 'POST', body: 'x', headers: { 'Content-Type': 'text/plain' } });
  expect(text.status).toBe(400);
  const broken = await fetch(`${node.url}/authorize`, {
    method: 'POST',
    body: '--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nada',
    headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
  });
  expect(broken.status).toBe(400);
});

test('guesses are limited with 429 and Retry-After, and somebody else still signs in', async () => {
  const attempts = new AttemptLimiter({ address: { attempts: 100, windowSeconds: 60 }, username: { attempts: 2, windowSeconds: 60 } });
  const node = await startHttp({ attempts });
  await node.addUser('ada', 'operator');
  await node.addUser('bob', 'viewer');
  for (let index = 0; index < 2; index++) await node.post('/authorize', { ...right, password: sha256('wrong') });
  const refused = await node.post('/authorize', right);
  expect(refused.status).toBe(429);
  // What is left of the minute, however slow the machine.
  expect(refused.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);
  expect(await refused.json()).toMatchObject({ status: 'error', code: 429 });
  expect((await node.post('/authorize', { ...right, username: 'bob' })).status).toBe(200);
});

test('refresh gives new tokens once; a second use ends the session', async () => {
  const node = await startHttp();
  await node.addUser('ada', 'operator');
  const { refresh } = await node.tokensOf('ada');
  const renewed = await node.post('/authorize/refresh', { token: refresh.token });
  expect(renewed.status).toBe(200);
  const { data } = (await renewed.json()) as { data: { access: { token: string } } };
  expect(node.sessions.authenticate(data.access.token)).toBeDefined();
  expect((await node.post('/authorize/refresh', { token: refresh.token })).status).toBe(401);
  expect(node.sessions.authenticate(data.access.token)).toBeUndefined();
  expect((await node.post('/authorize/refresh', {})).status).toBe(401);
});

test('signing out ends the session', async () => {
  const node = await startHttp();
  await node.addUser('ada', 'operator');
  const { access } = await node.tokensOf('ada');
  const headers = { Authorization: `Bearer ${access.token}` };
  expect((await node.post('/authorize/sign-out', {}, headers)).status).toBe(200);
  expect(node.sessions.authenticate(access.token)).toBeUndefined();
  expect((await node.post('/authorize/sign-out', {}, headers)).status).toBe(401);
});

test('a set-up link makes the first administrator and signs them in', async () => {
  const node = await startHttp();
  const link = await node.setupLinks.create();
  const body = JSON.stringify({ token: link.token, username: 'ada', passwordSha256: right.password });
  const send = () => fetch(`${node.url}/setup`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  const first = await send();
  expect(first.status).toBe(200);
  const { data } = (await first.json()) as { data: { access: { token: string } } };
  expect(node.sessions.authenticate(data.access.token)?.account).toMatchObject({ username: 'ada', role: 'admin' });
  expect((await send()).status).toBe(401);
});

test('every sign-in and every refusal is in the audit table, without a secret', async () => {
  const node = await startHttp();
  await node.addUser('ada', 'operator');
  await node.post('/authorize', right);
  await node.post('/authorize', { ...right, password: sha256('wrong') });
  await node.post('/authorize/refresh', { token: 'nonsense' });
  await node.post('/authorize/sign-out', { token: 'nonsense' });
  await node.post('/authorize', right, { Origin: 'https://evil.example' });
  await fetch(`${node.url}/metrics`, { headers: { 'X-Forwarded-For': '203.0.113.7' } });
  expect(node.audits.map(({ act, outcome, principal, code }) => ({ act, outcome, user: principal.user, code }))).toEqual([
    { act: 'sign-in', outcome: 'done', user: `ada@${testNodeId}`, code: null },
    { act: 'sign-in', outcome: 'refused', user: `ada@${testNodeId}`, code: 'UNAUTHENTICATED' },
    { act: 'sign-in.refresh', outcome: 'refused', user: `unknown@${testNodeId}`, code: 'UNAUTHENTICATED' },
    { act: 'sign-out', outcome: 'refused', user: `unknown@${testNodeId}`, code: 'UNAUTHENTICATED' },
    { act: 'request', outcome: 'refused', user: 'unknown', code: 'FORBIDDEN' },
    { act: 'metrics', outcome: 'refused', user: 'unknown', code: 'UNAUTHENTICATED' },
  ]);
  expect(JSON.stringify([node.audits, node.lines])).not.toContain(right.password);
});

test('beyond the limit names that somebody makes up add no lines', async () => {
  const node = await startHttp({ attempts: new AttemptLimiter({ address: { attempts: 1, windowSeconds: 60 } }) });
  for (let n = 0; n < 20; n++) await node.post('/authorize', { ...right, username: `guess-${n}` });
  expect(node.audits.map(({ code }) => code)).toEqual(['UNAUTHENTICATED', 'OVERLOADED']);
  expect(node.lines.filter(({ event }) => event === 'http.refused.attempts')).toHaveLength(1);
});

test('a body over 16 KiB is refused, whether its length is announced or not', async () => {
  const node = await startHttp();
  const large = await node.post('/authorize', { ...right, more: 'x'.repeat(20_000) });
  expect(large.status).toBe(413);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(node.port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(
      'POST /authorize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    socket.write(`4e20\r\n${'x'.repeat(20_000)}\r\n`);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

test('a page of another site cannot sign anybody in', async () => {
  const node = await startHttp();
  await node.addUser('ada', 'operator');
  const foreign = await node.post('/authorize', right, { Origin: 'https://evil.example' });
  expect(foreign.status).toBe(403);
  expect((await node.post('/authorize', right, { Origin: node.url })).status).toBe(200);
});
