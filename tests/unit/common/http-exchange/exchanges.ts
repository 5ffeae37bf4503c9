/** Captured requests to write down. */
import type { TunnelRequestDetail } from '../../../../src/common/contract/tunnels.ts';

export function detailOf(changes: Partial<TunnelRequestDetail> = {}): TunnelRequestDetail {
  return {
    requestId: 'R-1',
    revision: 3,
    tunnelId: 'TU-PRESS007',
    agentId: 'press-07',
    at: 1_700_000_000_000,
    kind: 'http',
    method: 'GET',
    host: 'press-07.example',
    path: '/',
    remoteAddress: '192.0.2.7',
    status: 200,
    error: null,
    open: false,
    durationMs: 12,
    requestBytes: 0,
    responseBytes: 0,
    replayOf: null,
    capture: 'bodies',
    requestHeaders: [['Host', 'press-07.example']],
    responseHeaders: [],
    redacted: [],
    requestBody: null,
    responseBody: null,
    timings: { tunnelInMs: 0.5, toAgentMs: 2, waitMs: 8, replyMs: 1.5 },
    ...changes,
  };
}

export function bodyOf(bytes: string | Uint8Array, sizeBytes?: number): NonNullable<TunnelRequestDetail['requestBody']> {
  const kept = Buffer.from(bytes as Uint8Array);
  return { base64: kept.toString('base64'), sizeBytes: sizeBytes ?? kept.byteLength, truncated: (sizeBytes ?? 0) > kept.byteLength };
}

/** A request with a body. */
export function withBody(bytes: string | Uint8Array, changes: Partial<TunnelRequestDetail> = {}): TunnelRequestDetail {
  const requestBody = bodyOf(bytes);
  return detailOf({ method: 'POST', path: '/orders', requestBody, requestBytes: requestBody.sizeBytes, ...changes });
}
