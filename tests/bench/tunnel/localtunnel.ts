import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { endAll } from '../programs.ts';
import { agentName, type StartTunnel } from './systems.ts';

const domain = 'tunnel.localhost';

/** localtunnel with its own server, ten connections between them, as it comes. */
export const startLocaltunnel: StartTunnel = async (origin) => {
  const server = fork(fileURLToPath(new URL('./localtunnel-server.cjs', import.meta.url)), [domain]);
  const [port] = (await once(server, 'message')) as [number];
  const client = fork(fileURLToPath(new URL('./localtunnel-client.cjs', import.meta.url)), [`${port}`, agentName, `${origin.port}`]);
  await once(client, 'message');
  const { version } = createRequire(import.meta.url)('localtunnel/package.json') as { version: string };
  return {
    name: `localtunnel ${version}`,
    publicPort: port,
    host: `${agentName}.${domain}`,
    gatewayPids: [server.pid ?? 0],
    agentPids: [client.pid ?? 0],
    stop: () => endAll([client, server]),
  };
};
