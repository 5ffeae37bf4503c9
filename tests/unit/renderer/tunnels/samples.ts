import type { TunnelInfo, TunnelRequest } from '../../../../src/common/contract/tunnels.ts';

export const now = Date.parse('2026-11-21T12:00:00Z');

export function tunnel(agentId: string, changes: Partial<TunnelInfo> = {}): TunnelInfo {
  return {
    tunnelId: `TU-${agentId.toUpperCase().padEnd(8, '0').slice(0, 8)}`,
    nodeId: 'node-a',
    agentId,
    kind: 'http',
    target: { host: 'localhost', port: 3_000 },
    hostHeader: 'target',
    access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
    publicPort: null,
    links: 1,
    gateway: { url: 'ws://127.0.0.1:8080/tunnel', nodeId: 'node-g', tokenId: 'T-1', legacy: false },
    enabled: true,
    state: 'up',
    stateSince: now - 60_000,
    publicUrls: [`http://${agentId}.north.example/`],
    exposure: 'public',
    lastError: null,
    nextTryAt: null,
    rttMs: 4,
    openLinks: 1,
    inFlight: 0,
    requests: 10,
    requestsPerSecond: 1,
    p50Ms: 5,
    p95Ms: 20,
    errorRatio: 0,
    bytesIn: 100,
    bytesOut: 1_000,
    service: { state: 'up', detail: 'localhost:3000 answers', checkedAt: now },
    capture: { level: 'off', maxBodyBytes: 65_536, redactedHeaders: [] },
    ...changes,
  };
}

export function request(requestId: string, changes: Partial<TunnelRequest> = {}): TunnelRequest {
  return {
    requestId,
    revision: 1,
    tunnelId: 'TU-ORDERS00',
    agentId: 'orders',
    at: now,
    kind: 'http',
    method: 'GET',
    host: 'orders.north.example',
    path: '/',
    remoteAddress: '127.0.0.1',
    status: 200,
    error: null,
    open: false,
    durationMs: 4,
    requestBytes: 0,
    responseBytes: 2,
    replayOf: null,
    ...changes,
  };
}
