import type { StartTunnel } from './systems.ts';

/** No tunnel at all. */
export const startDirect: StartTunnel = async (origin) => ({
  name: 'direct',
  publicPort: origin.port,
  host: 'localhost',
  gatewayPids: [],
  agentPids: [],
  stop: async () => undefined,
});
