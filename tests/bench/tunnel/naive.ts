import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endAll } from '../programs.ts';
import { agentName, type StartTunnel } from './systems.ts';

/** The plan of seed 5 as it is worded, with `ws` and `protobufjs` and nothing else: no flow control, no streamed uploads, one message a frame. */
export const startNaive: StartTunnel = async (origin) => {
  const gateway = fork(fileURLToPath(new URL('./naive-gateway.ts', import.meta.url)));
  const [ports] = (await once(gateway, 'message')) as [{ agents: number; clients: number }];
  const agent = fork(fileURLToPath(new URL('./naive-agent.ts', import.meta.url)), [`${ports.agents}`, `${origin.port}`]);
  await once(agent, 'message');
  return {
    name: 'naive',
    publicPort: ports.clients,
    host: `${agentName}.localhost`,
    gatewayPids: [gateway.pid ?? 0],
    agentPids: [agent.pid ?? 0],
    withoutWebSockets: true,
    keepsWhatIsUnread: true,
    stop: () => endAll([agent, gateway]),
  };
};
