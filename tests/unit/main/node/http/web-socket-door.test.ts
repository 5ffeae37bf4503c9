import { expect, test } from 'vitest';
import { sha256 } from '../../../../helpers/accounts.ts';
import { openSocket, request, startHttp, whenClosed, whenOpen } from '../../../../helpers/http-fixture.ts';

test('a token in the query or in the header lets in, as whoever signed in', async () => {
  const node = await startHttp();
  await node.addUser('ada', 'operator');
  const { access } = await node.tokensOf('ada');
  const sockets = [
    openSocket(node.url, { token: access.token, protocol: 'signalbox.v1' }),
    openSocket(node.url, { protocol: 'signalbox.v1', headers: { Authorization: `Bearer ${access.token}` } }),
    openSocket(node.url, { token: access.token }),
  ];
  for (const socket of sockets) {
    await whenOpen(socket);
    expect(await request(socket, 'users.me')).toMatchObject({
      data: { user: expect.stringMatching(/^ada@n1/), roles: ['operator'], via: 'ws' },
    });
  }
  expect(sockets.map((socket) => socket.protocol)).toEqual(['signalbox.v1', 'signalbox.v1', '']);
});

test('a bad token closes a current client with 4401, which a page can see, and refuses an old one with 401', async () => {
  const node = await startHttp();
  const current = openSocket(node.url, { token: 'nonsense', protocol: 'signalbox.v1' });
  expect(await whenClosed(current)).toEqual({ code: 4401, reason: 'the access token is not valid; sign in again' });
  await expect(whenOpen(openSocket(node.url, { token: 'nonsense' }))).rejects.toThrow('HTTP 401');
  await expect(whenOpen(openSocket(node.url))).rejects.toThrow('HTTP 401');
  expect(node.audits).toMatchObject([{ act: 'connect', outcome: 'refused', code: 'UNAUTHENTICATED' }]);
});

test('who may not connect is written down: another site, another protocol, another address', async () => {
  const node = await startHttp();
  const refused = [
    openSocket(node.url, { headers: { Origin: 'https://evil.example' } }),
    openSocket(node.url, { protocol: 'chat.v2' }),
    openSocket(node.url, { headers: { Host: 'evil.example' } }),
  ];
  for (const socket of refused) await expect(whenOpen(socket)).rejects.toThrow(/HTTP 40[03]/);
  // The second line of one network and reason in ten seconds is only counted.
  expect(node.audits.map(({ act, outcome, code }) => [act, outcome, code])).toEqual([
    ['connect', 'refused', 'FORBIDDEN'],
    ['connect', 'refused', 'BAD_REQUEST'],
  ]);
});

test('a changed role holds at the next call of an open connection', async () => {
  const node = await startHttp();
  await node.addUser('root', 'admin');
  await node.addUser('bob', 'viewer');
  const { access } = await node.tokensOf('bob');
  const socket = openSocket(node.url, { token: access.token });
  await whenOpen(socket);
  expect(await request(socket, 'users.list')).toMatchObject({ code: 'FORBIDDEN' });
  await node.accounts.setRole('bob', 'admin');
  expect(await request(socket, 'users.list')).toMatchObject({ status: 'success' });
  await node.accounts.setRole('bob', 'viewer');
  expect(await request(socket, 'users.list')).toMatchObject({ code: 'FORBIDDEN' });
});

test('somebody demoted loses a subscription to everything at once', async () => {
  const node = await startHttp();
  await node.addUser('root', 'admin');
  await node.addUser('bob', 'operator');
  const root = openSocket(node.url, { token: (await node.tokensOf('root')).access.token });
  const bob = openSocket(node.url, { token: (await node.tokensOf('bob')).access.token });
  await Promise.all([whenOpen(root), whenOpen(bob)]);
  expect(await request(bob, 'subscribe_channel', { topic: '/#' })).toMatchObject({ status: 'success' });
  expect(node.router.snapshot().events.subscriptions).toBe(1);
  expect(await request(root, 'users.setRole', { username: 'bob', role: 'viewer' })).toMatchObject({ status: 'success' });
  expect(node.router.snapshot().events.subscriptions).toBe(0);
});

test('a new password, a removal and a sign-out close the open connections with 4401', async () => {
  const node = await startHttp();
  await node.addUser('root', 'admin');
  const root = openSocket(node.url, { token: (await node.tokensOf('root')).access.token });
  await whenOpen(root);
  const acts = {
    bob: () => request(root, 'users.setPassword', { username: 'bob', passwordSha256: sha256('new password') }),
    carol: () => request(root, 'users.remove', { username: 'carol' }),
  };
  for (const [username, act] of Object.entries(acts)) {
    await node.addUser(username, 'viewer');
    const socket = openSocket(node.url, { token: (await node.tokensOf(username)).access.token });
    await whenOpen(socket);
    const closed = whenClosed(socket);
    expect(await act()).toMatchObject({ status: 'success' });
    expect(await closed).toMatchObject({ code: 4401 });
  }
});

test('whoever changes their own password gets the answer before the connection ends', async () => {
  const node = await startHttp();
  await node.addUser('root', 'admin');
  const socket = openSocket(node.url, { token: (await node.tokensOf('root')).access.token });
  await whenOpen(socket);
  const closed = whenClosed(socket);
  expect(await request(socket, 'users.setPassword', { username: 'root', passwordSha256: sha256('new password') })).toMatchObject({
    status: 'success',
  });
  expect(await closed).toMatchObject({ code: 4401 });
});

test('an open connection outlives its access token when the session was refreshed, else it is closed', async () => {
  const clock = { ahead: 0 };
  const node = await startHttp({ timings: { sweepMs: 200 } }, () => Date.now() + clock.ahead);
  await node.addUser('ada', 'viewer');
  const first = await node.tokensOf('ada');
  const socket = openSocket(node.url, { token: first.access.token });
  await whenOpen(socket);
  const closed = whenClosed(socket);
  clock.ahead += 3_000_000;
  await node.sessions.refresh(first.refresh.token);
  clock.ahead += 3_000_000;
  expect(await request(socket, 'users.me')).toMatchObject({ status: 'success' });
  clock.ahead += 3_000_000;
  expect(await closed).toMatchObject({ code: 4401 });
});

test('a client that does not answer pings is cut off', async () => {
  // Who answers has this long for it, on a busy machine as well.
  const node = await startHttp({ timings: { sweepMs: 200 } });
  await node.addUser('ada', 'viewer');
  const { access } = await node.tokensOf('ada');
  const alive = openSocket(node.url, { token: access.token });
  const dead = openSocket(node.url, { token: access.token });
  await Promise.all([whenOpen(alive), whenOpen(dead)]);
  const closed = whenClosed(dead);
  dead.pause();
  const pings: unknown[] = [];
  alive.on('ping', () => pings.push(1));
  await new Promise<void>((resolve) => alive.on('ping', () => pings.length > 4 && resolve()));
  dead.resume();
  expect(await closed).toMatchObject({ code: 1006 });
  expect(await request(alive, 'users.me')).toMatchObject({ status: 'success' });
});
