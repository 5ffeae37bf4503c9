/** A gateway and an agent, signed in, before a local service: in this process, or in two that can be killed. */
import { onTestFinished } from 'vitest';
import { Agent } from '../../src/main/node/tunnel/agent/index.ts';
import type { GatewayOptions } from '../../src/main/node/tunnel/gateway/gateway-options.ts';
import { startGateway } from './gateway-fixture.ts';
import {
  type AgentProcess,
  type AgentProcessOptions,
  type GatewayProcess,
  type GatewayProcessOptions,
  startAgentProcess,
  startGatewayProcess,
  testToken,
} from './tunnel-processes.ts';

export const tunnelHost = 'press-07.gateway.test';

/** Where clients come in. */
export interface Tunnel {
  readonly gateway: Awaited<ReturnType<typeof startGateway>>['gateway'];
  readonly agent: Agent;
  readonly publicPort: number;
}

export interface TunnelOptions extends Partial<AgentProcessOptions> {
  readonly gateway?: Partial<GatewayOptions>;
  /** Puts something between the agent and the agents' port; resolves with the port that the agent dials. */
  readonly between?: (agentsPort: number) => Promise<number>;
}

/** Starts both in this process; stopped when the test ends. @param target `host:port` of the service */
export async function startTunnel(target: string, { gateway: changes, between, ...options }: TunnelOptions = {}): Promise<Tunnel> {
  const { gateway, publicPort } = await startGateway({ tokens: [testToken], ...changes });
  const agentsPort = gateway.agentsAddress?.port ?? 0;
  const agentsUrl = `ws://127.0.0.1:${between === undefined ? agentsPort : await between(agentsPort)}/tunnel`;
  const { url, tokenId, secret, agentIds, links, kind, linkTiming = {} } = agentOptions({ agentsUrl }, { target, ...options });
  const [host = '', port] = target.split(':');
  let isUp = () => {};
  const up = new Promise<void>((resolve) => {
    isUp = resolve;
  });
  const agent = new Agent({
    agentId: agentIds[0] as string,
    gateway: { url, tokenId, secret, legacy: false, verify: 'token' },
    kind,
    target: { host, port: Number(port) },
    hostHeader: 'target',
    access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
    publicPort: null,
    links,
    nodeId: undefined,
    software: '0.0.0',
    linkTiming,
    onChange: () => {
      if (agent.status().openLinks === links) isUp();
    },
  });
  onTestFinished(() => agent.stop(0));
  agent.start();
  await up;
  return { gateway, agent, publicPort };
}

export interface TunnelProcesses {
  readonly gateway: GatewayProcess;
  readonly agent: AgentProcess;
  readonly publicPort: number;
}

/** Starts both in processes of their own; killed when the test ends. @param target `host:port` of the service */
export async function startTunnelProcesses(
  target: string,
  { gateway: changes, ...options }: Partial<AgentProcessOptions> & { readonly gateway?: Partial<GatewayProcessOptions> } = {},
): Promise<TunnelProcesses> {
  const gateway = await startGatewayProcess(changes);
  const agent = startAgentProcess(agentOptions(gateway, { target, ...options }));
  await agent.up();
  return { gateway, agent, publicPort: gateway.publicPort };
}

/** What an agent needs to sign in to a gateway with {@link testToken}. */
export function agentOptions(
  { agentsUrl }: Pick<GatewayProcess, 'agentsUrl'>,
  options: Partial<AgentProcessOptions> & { readonly target: string },
): AgentProcessOptions {
  const { tokenId, secret } = testToken;
  return { url: agentsUrl, tokenId, secret, agentIds: ['press-07'], kind: 'http', links: 1, legacy: false, ...options };
}
