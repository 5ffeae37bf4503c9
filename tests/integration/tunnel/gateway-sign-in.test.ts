/** Agents at a gateway's port, with real sockets and real TLS (security.md rows 3, 53, 54 and 55). */

import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { reachableAddresses } from '../../../src/main/node/membership/own-addresses.ts';
import { ask, startGateway, testKey, testSecret, testToken } from '../../helpers/gateway-fixture.ts';
import { testCertificate, testCertificateKey } from '../../helpers/test-certificate.ts';
import { challengeOf, connectRequest, firstRequest, openDoor, say, signIn, signInAsFirst } from '../../helpers/tunnel-agent.ts';
import { until } from '../../helpers/until.ts';

const refused = { type: 'connectError', code: 'UNAUTHENTICATED' };

describe('an agent that proves itself', () => {
  test.each(['url', 'secureUrl'] as const)('is let in at the %s, and what clients ask comes to it', async (which) => {
    const gateway = await startGateway();
    const agent = await signIn(gateway[which], testKey);
    expect(agent.accepted).toMatchObject({
      publicUrls: [`http://press-07.localhost:${gateway.publicPort}/`],
      exposure: 'thisMachine',
      sessionId: gateway.gateway.sessions[0]?.facts.sessionId,
    });
    expect(gateway.gateway.sessions[0]?.facts).toMatchObject({ agentId: 'press-07', tls: which === 'secureUrl', protocol: 'v1' });
    expect(await ask(gateway.publicPort, 'press-07', '/orders')).toEqual({ status: 200, body: 'agent GET /orders' });
    expect((await ask(gateway.publicPort, 'nobody')).status).toBe(404);
  });

  test('of the first system is let in without a word', async () => {
    const gateway = await startGateway();
    await signInAsFirst(gateway.secureUrl, testKey);
    await until(() => gateway.gateway.sessions.length === 1);
    expect(gateway.gateway.sessions[0]?.facts).toMatchObject({ protocol: 'legacy', tls: true });
    expect(await ask(gateway.publicPort, 'press-07', '/orders')).toEqual({ status: 200, body: 'first GET /orders' });
  });

  test('has its access rules sealed until the gateway has its secret', async () => {
    const { sealAccess } = await import('../../../src/main/node/tunnel/protocol/sealed-access.ts');
    const gateway = await startGateway();
    const door = await openDoor(gateway.secureUrl);
    const challenge = await challengeOf(door);
    const rules = { basicAuth: { username: 'ada', password: 'lovelace' }, allowedAddresses: [], requestsPerSecond: null };
    const sealedAccess = sealAccess(testSecret, challenge.challenge, rules);
    expect(Buffer.from(sealedAccess).includes('lovelace')).toBe(false);
    expect(await say(door, connectRequest(door, challenge, testKey, { sealedAccess }).request)).toMatchObject({ type: 'connectAccepted' });
    expect(gateway.gateway.agent('press-07')?.access).toEqual(rules);
  });
});

describe('an agent that does not', () => {
  test('is refused when it repeats what was said (row 53)', async () => {
    const { url } = await startGateway();
    const first = await openDoor(url);
    const { request } = connectRequest(first, await challengeOf(first), testKey);
    expect(await say(first, request)).toMatchObject({ type: 'connectAccepted' });
    const second = await openDoor(url);
    await challengeOf(second);
    expect(await say(second, request)).toMatchObject(refused);
  });

  test('is refused when it repeats what an agent of the first system said (row 53)', async () => {
    const { url } = await startGateway();
    const { request } = firstRequest(testKey);
    const first = await openDoor(url, 'legacy');
    const { encodeFrame } = await import('../../../src/main/node/tunnel/protocol/index.ts');
    first.socket.send(encodeFrame(request, 'legacy'));
    const second = await openDoor(url, 'legacy');
    expect(await say(second, request, 'legacy')).toMatchObject(refused);
  });

  test('is refused with one code, whatever is wrong (rows 53 and 54)', async () => {
    const { secureUrl, lines } = await startGateway();
    const wrong = [
      [{ timestamp: Date.now() - 61_500 }, {}],
      [{ timestamp: Date.now() + 61_500 }, {}],
      [{ nonce: 'a' }, {}],
      [{ token: 'T-NOBODY00' }, {}],
      [{}, { agentId: 'press-08' }],
      [{}, { serverNodeId: 'n1other' }],
      [{}, { channel: '-' }],
      [{}, { channel: 'ab'.repeat(32) }],
    ] as const;
    const answers = [];
    for (const [changes, signedFor] of wrong) {
      const door = await openDoor(secureUrl);
      answers.push(await say(door, connectRequest(door, await challengeOf(door), testKey, changes, signedFor).request));
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject(refused);
    expect(lines.filter(({ event }) => event === 'gateway.signInRefused')).toHaveLength(wrong.length);
    // Not even the log has the secret.
    expect(JSON.stringify(lines)).not.toContain(testSecret);
  });

  test('is refused when it moves a proof to another connection (row 54)', async () => {
    const { secureUrl } = await startGateway();
    const one = await openDoor(secureUrl);
    const { request } = connectRequest(one, await challengeOf(one), testKey);
    const other = await openDoor(secureUrl);
    await challengeOf(other);
    expect(await say(other, request)).toMatchObject(refused);
  });

  test('waits for a minute after ten failures (row 55)', async () => {
    const { url, gateway } = await startGateway();
    for (let count = 0; count < 10; count++) {
      const door = await openDoor(url);
      expect(await say(door, connectRequest(door, await challengeOf(door), { ...testKey, secret: 'a guess' }).request)).toMatchObject(
        refused,
      );
    }
    await expect(openDoor(url)).rejects.toMatchObject({ statusCode: 429, retryAfter: '60' });
    expect(gateway.signIns.failed).toBe(10);
  });

  test('is told honestly, once it has proven itself, what it may not have', async () => {
    const { url } = await startGateway();
    await expect(signIn(url, testKey, { agentId: 'lathe-01' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(signIn(url, testKey, { agentId: 'press-'.padEnd(80, 'x') })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(signIn(url, testKey, { kind: 'tcp' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('is told when to come again when too many come at once', async () => {
    const { url } = await startGateway();
    const doors = await Promise.allSettled(Array.from({ length: 30 }, () => openDoor(url)));
    expect(doors.filter(({ status }) => status === 'fulfilled').length).toBe(30);
    const more = await Promise.allSettled(Array.from({ length: 30 }, () => openDoor(url)));
    // 32 may wait to prove themselves; the others are cut off unheard.
    expect(more.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(28);
  });

  test('is let go when it says nothing for five seconds (row 3)', async () => {
    const { gateway } = await startGateway();
    const socket = connect(gateway.agentsAddress?.port ?? 0, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('G');
    await once(socket, 'close');
    expect(gateway.sessions).toHaveLength(0);
  });

  test('is let go when it sends what is no message', async () => {
    const { url } = await startGateway();
    const door = await openDoor(url);
    await challengeOf(door);
    door.socket.send(Buffer.alloc(100, 0xff));
    expect(await door.next()).toMatchObject(refused);
    expect(await door.next()).toBeUndefined();
  });
});

describe('a session while it lives', () => {
  test('ends at once when its token is revoked', async () => {
    const { gateway, url, publicPort } = await startGateway();
    const agent = await signIn(url, testKey);
    expect(gateway.setTokens([])).toBe(1);
    expect((await agent.ended).code).toBe('revoked');
    expect((await ask(publicPort, 'press-07')).status).toBe(404);
    await expect(signIn(url, testKey)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('ends when the grace of a rotated secret does', async () => {
    let nowMs = Date.now();
    const { gateway, url } = await startGateway({ nowMs: () => nowMs });
    const agent = await signIn(url, testKey);
    const rotated = {
      ...testToken,
      secrets: [
        { version: 2, secret: 'the new secret of the token', untilMs: null },
        { version: 1, secret: testSecret, untilMs: nowMs + 30_000 },
      ],
    };
    expect(gateway.setTokens([rotated])).toBe(0);
    expect(gateway.sessions).toHaveLength(1);
    nowMs += 30_000;
    expect((await agent.ended).code).toBe('revoked');
  });

  test('is replaced by a second agent of its name', async () => {
    const { url, publicPort, gateway } = await startGateway();
    const first = await signIn(url, testKey, {}, 'first');
    await signIn(url, testKey, {}, 'second');
    expect((await first.ended).code).toBe('replaced');
    expect(gateway.sessions).toHaveLength(1);
    expect((await ask(publicPort, 'press-07')).body).toBe('second GET /');
  });

  test('keeps a second one away when its token says so', async () => {
    const { url } = await startGateway({ tokens: [{ ...testToken, duplicates: 'reject' }] });
    await signIn(url, testKey);
    await expect(signIn(url, testKey)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('shares with others when its token says so', async () => {
    const { url, publicPort, gateway } = await startGateway({ tokens: [{ ...testToken, duplicates: 'pool' }] });
    const agents = [await signIn(url, testKey, {}, 'one'), await signIn(url, testKey, {}, 'two')];
    expect(gateway.sessions).toHaveLength(2);
    agents[0]?.socket.terminate();
    await until(() => gateway.sessions.some(({ state }) => state === 'grace'));
    expect((await ask(publicPort, 'press-07')).body).toBe('two GET /');
  });

  test('has several connections when its agent says that they are one', async () => {
    const { url, gateway } = await startGateway();
    const sessionKey = 'the same for all of them';
    await signIn(url, testKey, { sessionKey });
    await signIn(url, testKey, { sessionKey, linkIndex: 1 });
    expect(gateway.sessions.map(({ links }) => links)).toEqual([2]);
  });

  test('keeps its name when its connection is cut, and a request waits for it', async () => {
    const { url, gateway, publicPort } = await startGateway();
    const agent = await signIn(url, testKey, { sessionKey: 'mine' });
    agent.socket.terminate();
    await until(() => gateway.sessions[0]?.state === 'grace');
    const asked = ask(publicPort, 'press-07', '/late');
    await until(() => gateway.totals.waiting === 1);
    await signIn(url, testKey, { sessionKey: 'mine' }, 'again');
    expect(await asked).toEqual({ status: 200, body: 'again GET /late' });
    expect(gateway.sessions).toHaveLength(1);
  });

  test('is told when the gateway stops', async () => {
    const { url, gateway } = await startGateway();
    const agent = await signIn(url, testKey);
    await gateway.stop();
    expect((await agent.ended).code).toBe('goneAway');
  });
});

test('a TCP tunnel has a public port while its agent is there', async () => {
  const { freePort } = await import('../../helpers/free-port.ts');
  const port = await freePort();
  const { url, gateway } = await startGateway({ tcpPorts: [port], tokens: [{ ...testToken, kinds: ['http', 'tcp'] }] });
  const agent = await signIn(url, testKey, { kind: 'tcp' });
  expect(agent.accepted).toMatchObject({ publicPort: port, publicUrls: [`tcp://localhost:${port}`] });
  expect(gateway.tcpPortOf('press-07')).toBe(port);
  await expect(signIn(url, testKey, { agentId: 'press-08', kind: 'tcp' })).rejects.toMatchObject({ code: 'LIMIT' });
  await expect(signIn(url, testKey, { agentId: 'press-09', kind: 'tcp', publicPort: 22 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

const [outside] = reachableAddresses('0.0.0.0', 0).map(({ host }) => host);

describe.skipIf(outside === undefined || outside.startsWith('127.'))('an agent of another machine (skipped without a network)', () => {
  const onAll = { host: '0.0.0.0', port: 0, certificate: { certificate: testCertificate, key: testCertificateKey } };

  test('comes with TLS alone', async () => {
    const { gateway } = await startGateway({ agents: { ...onAll, allowPlain: false } });
    const port = gateway.agentsAddress?.port;
    await expect(openDoor(`ws://${outside}:${port}/tunnel`)).rejects.toThrow();
    expect(gateway.signIns.turnedAway).toBe(1);
    await signIn(`wss://${outside}:${port}/tunnel`, testKey);
    expect(gateway.sessions[0]?.facts).toMatchObject({ tls: true, remoteAddress: outside });
  });

  test('comes without it when a proxy ends TLS and the gateway is told so, one of the first system never', async () => {
    const { gateway } = await startGateway({ agents: { ...onAll, allowPlain: true } });
    const url = `ws://${outside}:${gateway.agentsAddress?.port}/tunnel`;
    await signIn(url, testKey);
    const door = await openDoor(url, 'legacy');
    expect(await say(door, firstRequest(testKey, { agentId: 'press-08' }).request, 'legacy')).toMatchObject(refused);
  });

  test('has four connections at most that have not proven anything (row 4)', async () => {
    const { gateway } = await startGateway({ agents: { ...onAll, allowPlain: true } });
    const url = `ws://${outside}:${gateway.agentsAddress?.port}/tunnel`;
    const doors = await Promise.all(Array.from({ length: 4 }, () => openDoor(url)));
    await expect(openDoor(url)).rejects.toThrow();
    doors[0]?.socket.terminate();
    await until(() => gateway.signIns.pending === 3);
    await signIn(url, testKey);
  });
});
