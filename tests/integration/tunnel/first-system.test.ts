/** Ends of the first system, in another language and written from the documents alone: against each other, and against ours. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { hasPython, startFirstSystemAgent, startFirstSystemGateway } from '../../helpers/first-system-tunnel/programs.ts';
import { startGateway } from '../../helpers/gateway-fixture.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { testCertificate, testCertificateKey } from '../../helpers/test-certificate.ts';
import { agentOptions } from '../../helpers/tunnel-fixture.ts';
import { bulkHash, small, startTunnelOrigin } from '../../helpers/tunnel-origin.ts';
import { startAgentProcess, testToken } from '../../helpers/tunnel-processes.ts';

const signIn = { agentId: 'press-07', token: 'press-token', secret: 'press and its secret' };

/** An answer as a client gets it through a gateway, its body as text. */
async function ask(port: number, path: string, options: { method?: string; body?: string; host?: string } = {}) {
  const { method = 'GET', body, host = 'press-07.gateway.test' } = options;
  const sent = request({ port, path, method, agent: false, headers: { host, ...(body && { 'content-length': Buffer.byteLength(body) }) } });
  sent.end(body);
  const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer.setEncoding('latin1')) };
}

describe.skipIf(!hasPython)('the first system (skipped without python3)', () => {
  test('its agent and its gateway serve a request', async () => {
    const origin = await startTunnelOrigin();
    const gateway = await startFirstSystemGateway(signIn.token, signIn.secret);
    const agent = startFirstSystemAgent({ gatewayUrl: gateway.agentsUrl, target: origin.target, ...signIn });
    await agent.next('accepted');
    expect(await ask(gateway.publicPort, '/small')).toMatchObject({ status: 200, body: small });
    const { body } = await ask(gateway.publicPort, '/bulk?bytes=300000&framing=chunked');
    expect(createHash('sha256').update(body, 'latin1').digest('hex')).toBe(bulkHash(300_000));
    expect(JSON.parse((await ask(gateway.publicPort, '/sink', { method: 'POST', body: 'sent' })).body)).toMatchObject({ bytes: 4 });
    expect((await ask(gateway.publicPort, '/small', { host: 'nobody.gateway.test' })).status).toBe(404);
  });

  test('its agent serves requests through our gateway', async () => {
    const origin = await startTunnelOrigin();
    const { gateway, url, publicPort: port } = await startGateway({ tokens: [testToken] });
    const { agentId } = signIn;
    const { tokenId: token, secret } = testToken;
    const agent = startFirstSystemAgent({ gatewayUrl: url, target: origin.target, agentId, token, secret });
    await agent.next('accepted');
    expect(await ask(port, '/small')).toMatchObject({ status: 200, body: small });
    const { body } = await ask(port, '/bulk?bytes=3000000&framing=chunked');
    expect(createHash('sha256').update(body, 'latin1').digest('hex')).toBe(bulkHash(3_000_000));
    expect((await ask(port, '/bulk?bytes=3000000')).body.length).toBe(3_000_000);
    const sent = 'x'.repeat(1_000_000);
    expect(JSON.parse((await ask(port, '/sink', { method: 'POST', body: sent })).body)).toMatchObject({ bytes: sent.length });
    // The whole body has to be in one message of its dialect.
    expect((await ask(port, '/sink', { method: 'POST', body: 'x'.repeat(1_100_000) })).status).toBe(413);
    for (const status of [204, 304, 404, 500]) expect((await ask(port, `/status/${status}`)).status).toBe(status);
    expect(await ask(port, '/small', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    const many = await Promise.all(Array.from({ length: 20 }, () => ask(port, '/small')));
    expect(many.every(({ body }) => body === small)).toBe(true);
    agent.child.kill('SIGKILL');
    await expect.poll(() => gateway.sessions.every(({ links }) => links === 0)).toBe(true);
  });

  test('its agent is not let in with a wrong secret, nor with a token for current agents alone', async () => {
    const current = { ...testToken, tokenId: 'current', legacy: false };
    const { gateway, url } = await startGateway({ tokens: [testToken, current] });
    const { agentId } = signIn;
    for (const { token, secret } of [
      { token: testToken.tokenId, secret: 'another secret' },
      { token: 'nobody', secret: testToken.secret },
      { token: current.tokenId, secret: current.secret },
    ]) {
      const agent = startFirstSystemAgent({ gatewayUrl: url, target: '127.0.0.1:1', agentId, token, secret });
      expect((await agent.next('refused')).code).toBe('UNAUTHENTICATED');
      await agent.next('closed');
    }
    expect(gateway).toMatchObject({ sessions: [], signIns: { failed: 3 } });
  });

  test('our agent serves requests through its gateway over TLS, whose authority it has to know', async () => {
    const origin = await startTunnelOrigin();
    const folder = await temporaryFolder();
    const tls = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
    await Promise.all([writeFile(tls.certificate, testCertificate), writeFile(tls.key, testCertificateKey)]);
    const gateway = await startFirstSystemGateway(testToken.tokenId, testToken.secret, tls);
    const agent = startAgentProcess(agentOptions(gateway, { target: origin.target, legacy: true, authority: tls.certificate }));
    await agent.up();
    const port = gateway.publicPort;
    const { body } = await ask(port, '/bulk?bytes=3000000&framing=chunked');
    expect(createHash('sha256').update(body, 'latin1').digest('hex')).toBe(bulkHash(3_000_000));
    expect(JSON.parse((await ask(port, '/sink', { method: 'POST', body: 'sent' })).body)).toMatchObject({ bytes: 4 });
    for (const status of [204, 404, 500]) expect((await ask(port, `/status/${status}`)).status).toBe(status);
  });
});
