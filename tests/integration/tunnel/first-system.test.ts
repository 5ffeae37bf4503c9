/** Ends of the first system, in another language and written from the documents alone: against each other, and against ours. */
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { hasPython, startFirstSystemAgent, startFirstSystemGateway } from '../../helpers/first-system-tunnel/programs.ts';
import { bulkHash, small, startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

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
});
