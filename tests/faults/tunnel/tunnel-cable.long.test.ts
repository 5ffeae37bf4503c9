import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../helpers/gateway-fixture.ts';
import { createNetworkNamespace, namespaceObstacle } from '../../helpers/network-namespaces.ts';
import { exchangeRaw, openRaw } from '../../helpers/raw-http.ts';
import { testCertificate, testCertificateKey } from '../../helpers/test-certificate.ts';
import { agentOptions, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { startAgentProcess, testToken } from '../../helpers/tunnel-processes.ts';

const linkTiming = { heartbeatMs: 1_000, missedHeartbeats: 2 };
const servicePort = 3_000;
/** Next to the agent: `/small`, and zeros for ever. */
const service = `require('http').createServer((request, response) => {
  if (request.url === '/small') response.end('small');
  else require('fs').createReadStream('/dev/zero').pipe(response);
}).listen(${servicePort}, '127.0.0.1', () => console.log('up'))`;

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${tunnelHost}\r\n\r\n`;

test.skipIf(namespaceObstacle() !== undefined)(
  'a cable that is pulled ends what is under way, and when it is plugged in the agent is back',
  async () => {
    const network = await createNetworkNamespace('tc');
    const [program = '', ...words] = [...network.through, process.execPath, '-e', service];
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const { gateway, publicPort } = await startGateway({
      agents: {
        host: network.hostAddress,
        port: 0,
        certificate: { certificate: testCertificate, key: testCertificateKey },
        allowPlain: false,
      },
      tokens: [testToken],
      linkTiming,
    });
    const agentsUrl = `wss://${network.hostAddress}:${gateway.agentsAddress?.port}/tunnel`;
    const { through } = network;
    const agent = startAgentProcess(agentOptions({ agentsUrl }, { target: `127.0.0.1:${servicePort}`, linkTiming, through }));
    await agent.up();

    const download = await openRaw(publicPort);
    download.send(get('/zeros'));
    // Each time there is more than before: it goes on. Nobody keeps it.
    let received = 0;
    download.socket.on('data', ({ byteLength }) => {
      received += byteLength;
    });
    const goesOn = async () => {
      const before = received;
      await expect.poll(() => received).toBeGreaterThan(before);
    };
    await goesOn();
    // Shorter than it takes to be given up: TCP sends again what was lost.
    await network.pull();
    await network.plug();
    await goesOn();

    await network.pull();
    expect(await download.closed()).toBe('reset');
    await expect.poll(() => gateway.sessions.every(({ links }) => links === 0)).toBe(true);
    await network.plug();
    await expect.poll(() => gateway.sessions.some(({ links }) => links === 1)).toBe(true);
    expect((await exchangeRaw(publicPort, get('/small')))?.body.toString()).toBe('small');
  },
);
