import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endAll } from '../programs.ts';
import { agentName, type StartTunnel } from './systems.ts';

/** The young generation that the threads of a node have, which do the same work there: 24 MiB, in halves and a third one for large objects. */
const execArgv = ['--max-semi-space-size=8'];

/** Our gateway and our agent, a process each. */
export const startSignalbox: StartTunnel = async (origin) => {
  const gateway = fork(fileURLToPath(new URL('./signalbox-gateway.ts', import.meta.url)), { execArgv });
  const [ports] = (await once(gateway, 'message')) as [{ agents: number; clients: number }];
  const agent = fork(fileURLToPath(new URL('./signalbox-agent.ts', import.meta.url)), [`${ports.agents}`, `${origin.port}`], { execArgv });
  await once(agent, 'message');
  return {
    name: 'signalbox',
    publicPort: ports.clients,
    host: `${agentName}.localhost`,
    gatewayPids: [gateway.pid ?? 0],
    agentPids: [agent.pid ?? 0],
    stop: () => endAll([agent, gateway]),
  };
};
