import { newTunnelId, type TunnelDefinition } from '../../src/main/node/tunnel/agent/tunnel-definition.ts';

/** A secret of a token, 32 bytes. */
export const tunnelSecret = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';

/** A tunnel as a person makes it, to a service that is not there. @param gatewayUrl `ws://HOST:PORT/` */
export function tunnelDefinition(gatewayUrl: string, changes: Partial<TunnelDefinition> = {}): TunnelDefinition {
  return {
    tunnelId: newTunnelId(),
    agentId: 'press-07',
    kind: 'http',
    target: { host: '127.0.0.1', port: 1 },
    hostHeader: 'target',
    access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
    publicPort: null,
    links: 1,
    gateway: { url: gatewayUrl, tokenId: 'T-1', secret: tunnelSecret, legacy: false, verify: 'token', nodeId: null },
    enabled: true,
    capture: { level: 'off', maxBodyBytes: 1_024, redactedHeaders: [] },
    createdAt: 1,
    ...changes,
  };
}
