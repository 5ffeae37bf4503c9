/** The console of a node as a service behind a tunnel: a page of many files, a sign-in, and a WebSocket that all of it lives on. */
import { expect, test } from '@playwright/test';
import { Agent } from '../../src/main/node/tunnel/agent/index.ts';
import { Gateway } from '../../src/main/node/tunnel/gateway/gateway.ts';
import { type BrowserConsole, connected, goTo, openBrowser, signIn } from '../helpers/console.ts';
import { testCertificate, testCertificateKey } from '../helpers/test-certificate.ts';

const secret = 'a secret of the gateway and one agent';
const note = () => undefined;

test.describe('the console of a node through a tunnel', () => {
  let opened: BrowserConsole;
  let gateway: Gateway;
  let agent: Agent;

  test.beforeAll(async () => {
    opened = await openBrowser();
    gateway = new Gateway({
      nodeId: 'n1gateway',
      version: '0.0.0',
      agents: { host: '127.0.0.1', port: 0, certificate: { certificate: testCertificate, key: testCertificateKey }, allowPlain: false },
      public: { host: '127.0.0.1', port: 0, tls: undefined, domain: 'localhost' },
      tcpPorts: [],
      tokens: [
        {
          tokenId: 'T-1',
          agentIds: ['*'],
          kinds: ['http'],
          legacy: false,
          duplicates: 'replace',
          secrets: [{ version: 1, secret, untilMs: null }],
        },
      ],
      routes: [],
      logger: { trace: note, debug: note, info: note, warn: note, error: note, fatal: note },
    });
    await gateway.start();
    agent = new Agent({
      agentId: 'console',
      gateway: { url: `ws://127.0.0.1:${gateway.agentsAddress?.port}`, tokenId: 'T-1', secret, legacy: false, verify: 'token' },
      kind: 'http',
      target: { host: '127.0.0.1', port: Number(new URL(opened.url).port) },
      hostHeader: 'target',
      access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
      publicPort: null,
      links: 1,
      nodeId: undefined,
      software: '0.0.0',
    });
    agent.start();
    await expect.poll(() => agent.status().state).toBe('up');
  });
  test.afterAll(async () => {
    await agent?.stop(0);
    await gateway?.stop();
    await opened?.close();
  });

  test('signs a person in, shows what is live, and goes on when its connection to the gateway was cut', async () => {
    const page = await opened.newPage();
    await signIn(page, `http://console.localhost:${gateway.publicAddress?.port}`, 'ada');
    await connected(page);
    await expect(page.getByRole('table', { name: 'Processes' })).toBeVisible();
    await goTo(page, '/nodes');
    await expect(page.getByRole('main')).toContainText('online', { ignoreCase: true });
    const [session] = gateway.sessions;
    gateway.closeSession(session?.facts.sessionId ?? '');
    await expect.poll(() => agent.status().state).toBe('up');
    await connected(page);
    await goTo(page, '/overview');
    await expect(page.getByRole('table', { name: 'Processes' })).toBeVisible();
  });
});
