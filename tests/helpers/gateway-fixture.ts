import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { Gateway } from '../../src/main/node/tunnel/gateway/gateway.ts';
import type { GatewayOptions } from '../../src/main/node/tunnel/gateway/gateway-options.ts';
import type { AgentToken } from '../../src/main/node/tunnel/gateway/tokens.ts';
import { recordingLogger } from './router-fixture.ts';
import { testCertificate, testCertificateKey } from './test-certificate.ts';

export const testSecret = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
export const testKey = { tokenId: 'T-AB12CD34', secret: testSecret };

export const testToken: AgentToken = {
  tokenId: testKey.tokenId,
  agentIds: ['press-*'],
  kinds: ['http'],
  legacy: true,
  duplicates: 'replace',
  secrets: [{ version: 1, secret: testSecret, untilMs: null }],
};

export interface TestGateway {
  readonly gateway: Gateway;
  /** Of the agents' port, without TLS and with it. */
  readonly url: string;
  readonly secureUrl: string;
  readonly publicPort: number;
  readonly lines: ReturnType<typeof recordingLogger>['lines'];
}

/** A gateway on free ports of loopback, stopped when the test ends. */
export async function startGateway(changes: Partial<GatewayOptions> = {}): Promise<TestGateway> {
  const logger = recordingLogger();
  const gateway = new Gateway({
    nodeId: 'n1gateway',
    version: '0.0.0-test',
    agents: { host: '127.0.0.1', port: 0, certificate: { certificate: testCertificate, key: testCertificateKey }, allowPlain: false },
    public: { host: '127.0.0.1', port: 0, tls: undefined, domain: 'localhost' },
    tcpPorts: [],
    tokens: [testToken],
    routes: [],
    logger,
    ...changes,
  });
  await gateway.start();
  onTestFinished(() => gateway.stop());
  const port = gateway.agentsAddress?.port;
  return {
    gateway,
    url: `ws://127.0.0.1:${port}/tunnel`,
    secureUrl: `wss://127.0.0.1:${port}/tunnel`,
    publicPort: gateway.publicAddress?.port ?? 0,
    lines: logger.lines,
  };
}

/** What a client gets from the public port. */
export async function ask(port: number, agentId: string, path: string = '/'): Promise<{ readonly status: number; readonly body: string }> {
  const sent = request({ port, path, agent: false, headers: { host: `${agentId}.localhost` } }).end();
  const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}
