/** `signalbox tunnel connect` for raw connections, and at a gateway of the first system. */
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { hasPython, startFirstSystemGateway } from '../../helpers/first-system-tunnel/programs.ts';
import { freePort } from '../../helpers/free-port.ts';
import { runCommand } from '../../helpers/headless-node.ts';
import { askThrough, startForeground, startGatewayProcess } from '../../helpers/tunnel-commands.ts';
import { startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

/** A service that greets, repeats what it is told, and ends when its client does. */
async function startEcho(): Promise<string> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.write('hello ');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The service has no port.');
  return `127.0.0.1:${address.port}`;
}

test('a TCP service has a public port, and a line when a connection begins and when it ends', async () => {
  const port = await freePort();
  const gateway = await startGatewayProcess([`gateway.tcpPorts=${port}`]);
  onTestFinished(async () => void (await gateway.stop()));
  const made = await runCommand(['tunnel', 'token', 'create', 'Raw', '--kinds', 'tcp', '--json', ...gateway.at]);
  const { tokenId, secret } = JSON.parse(made.stdout) as { readonly tokenId: string; readonly secret: string };
  const agent = startForeground(
    ['tunnel', 'connect', '--gateway', gateway.agentsUrl, '--token', tokenId, '--id', 'echo', '--kind', 'tcp', '--to', await startEcho()],
    { SIGNALBOX_TUNNEL_SECRET: secret },
  );
  expect(await agent.nextLine()).toBe(`tcp://localhost:${port}`);
  const socket = connect(port, '127.0.0.1');
  socket.end('world');
  expect(await text(socket)).toBe('hello world');
  let line = await agent.nextLine();
  if (line.includes('  open  ')) line = await agent.nextLine();
  expect(line).toMatch(/^\d\d:\d\d:\d\d {2}tcp {5}- {2}closed {2}[\d.]+ ms {2}5 B in, 11 B out {2}127\.0\.0\.1$/);
  agent.interrupt();
  expect((await agent.ended).code).toBe(0);
});

test.skipIf(!hasPython)('a gateway of the first system is signed in to when that is said', async () => {
  const secret = 'a secret of the first system';
  const gateway = await startFirstSystemGateway('press-token', secret);
  const origin = await startTunnelOrigin();
  const args = ['tunnel', 'connect', '--gateway', gateway.agentsUrl, '--token', 'press-token', '--id', 'press-07', '--to', origin.target];
  const env = { SIGNALBOX_TUNNEL_SECRET: secret };
  const agent = startForeground([...args, '--legacy'], env);
  expect(await agent.nextLine()).toBe('Connected. The gateway does not say under which address.');
  const url = `http://press-07.example:${gateway.publicPort}/`;
  expect(await askThrough(url, { path: '/status/418' })).toMatchObject({ status: 418 });
  expect(await agent.nextLine()).toContain('/status/418  418');
  agent.interrupt();
  expect((await agent.ended).code).toBe(0);
});
