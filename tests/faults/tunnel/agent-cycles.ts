import { expect } from 'vitest';
import { Agent } from '../../../src/main/node/tunnel/agent/index.ts';
import { gatewayLimits } from '../../../src/main/node/tunnel/gateway/limits.ts';
import { openDoor, signIn } from '../../helpers/tunnel-agent.ts';
import { type GatewayProcess, startGatewayProcess, testToken } from '../../helpers/tunnel-processes.ts';

/** Agents at the same time. */
const lanes = 8;
const { tokenId, secret } = testToken;

/** How an agent comes and leaves. */
const visits: readonly ((url: string, agentId: string) => Promise<void>)[] = [
  // In order, as one of today and as one of the first system.
  (url, agentId) => comeInOrder(url, agentId, false),
  (url, agentId) => comeInOrder(url, agentId, true),
  // Its connection breaks, and its name is kept for the grace.
  (url, agentId) => unlessHeld(async () => (await signIn(url, testToken, { agentId })).socket.terminate()),
  // It leaves before it has said who it is.
  (url) => unlessHeld(async () => (await openDoor(url)).socket.terminate()),
];

async function comeInOrder(url: string, agentId: string, legacy: boolean): Promise<void> {
  let isUp = () => {};
  const up = new Promise<void>((resolve) => {
    isUp = resolve;
  });
  const agent = new Agent({
    agentId,
    gateway: { url, tokenId, secret, legacy, verify: 'token' },
    kind: 'http',
    target: { host: '127.0.0.1', port: 1 },
    hostHeader: 'target',
    access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
    publicPort: null,
    links: 1,
    nodeId: undefined,
    software: '0.0.0',
    onChange: () => {
      if (agent.status().openLinks === 1) isUp();
    },
  });
  agent.start();
  await up;
  await agent.stop();
}

/** Too many at once are told to come later; these do not come back, others do as agents do. */
async function unlessHeld(visit: () => Promise<void>): Promise<void> {
  await visit().catch((error: { readonly statusCode?: number }) => {
    if (error.statusCode !== 503) throw error;
  });
}

/** What is left of agents that came and went. */
export interface AgentCycles {
  /** Of the gateway's heap, bytes. */
  readonly grownBytes: number;
  readonly signedIn: number;
  readonly nonces: number;
}

/** So many agents, each under its own name, sign in and leave, each way in turn; then the gateway holds nothing of them but their nonces. */
export async function signInAndOut(count: number): Promise<AgentCycles> {
  const gateway = await startGatewayProcess({ graceMs: 200 });
  await come(gateway.agentsUrl, 'warm', 10 * visits.length);
  const before = await untilQuiet(gateway);
  await come(gateway.agentsUrl, 'press', count);
  const after = await untilQuiet(gateway);
  expect(after.signIns.failed).toBe(0);
  expect(after.nonces).toBeLessThanOrEqual(Math.min(after.signedIn, gatewayLimits.nonces));
  expect(after.resources).toBeLessThanOrEqual(before.resources + 2);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 2);
  return { grownBytes: after.heapBytes - before.heapBytes, signedIn: after.signedIn - before.signedIn, nonces: after.nonces };
}

async function come(url: string, name: string, count: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let number = next++; number < count; number = next++) await visits[number % visits.length]?.(url, `${name}-${number}`);
    }),
  );
}

async function untilQuiet(gateway: GatewayProcess) {
  await expect
    .poll(async () => {
      const { sessions, links, signIns } = await gateway.figures();
      return { sessions, links, pending: signIns.pending };
    })
    .toEqual({ sessions: 0, links: 0, pending: 0 });
  return gateway.figures();
}
