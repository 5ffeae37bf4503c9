import type { Capture, TunnelKind, TunnelRequest, TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';
import type { KeptBody } from './kept-body.ts';

/** Counted for each record besides its texts: the object itself, its place in the ring. */
const fixedBytes = 400;

/** The tunnel that requests come through. */
export interface ObservedTunnel {
  readonly tunnelId: string;
  readonly agentId: string;
  readonly kind: TunnelKind;
}

/** What is kept of one request; changes while it goes on. */
export interface RequestRecord {
  readonly tunnel: ObservedTunnel;
  /** Rises by one with each request of this inspector. */
  readonly serial: number;
  readonly requestId: string;
  readonly at: number;
  readonly method: string;
  readonly host: string;
  /** Secrets of its query are hidden. */
  readonly path: string;
  /** Some were, or it was longer than what is kept. */
  readonly pathAltered: boolean;
  readonly remoteAddress: string | null;
  readonly replayOf: string | null;
  readonly level: Capture['level'];
  readonly tunnelInMs: number | null;
  readonly toAgentMs: number | null;
  revision: number;
  kind: TunnelRequest['kind'];
  status: number | null;
  error: string | null;
  open: boolean;
  durationMs: number | null;
  waitMs: number | null;
  replyMs: number | null;
  requestBytes: number;
  responseBytes: number;
  requestHeaders: [string, string][];
  responseHeaders: [string, string][];
  redacted: string[];
  requestBody: KeptBody | null;
  responseBody: KeptBody | null;
  /** Characters of both directions' headers. */
  headerSize: number;
  /** False once it was pushed out: nothing more is kept of it then. */
  kept: boolean;
}

/** What a record costs in memory, about, in bytes. */
export function recordBytes(record: RequestRecord): number {
  const bodies = (record.requestBody?.keptBytes ?? 0) + (record.responseBody?.keptBytes ?? 0);
  return fixedBytes + record.path.length + record.host.length + record.headerSize + bodies;
}

/** The request in a line. */
export function lineOf(record: RequestRecord): TunnelRequest {
  return {
    requestId: record.requestId,
    revision: record.revision,
    tunnelId: record.tunnel.tunnelId,
    agentId: record.tunnel.agentId,
    at: record.at,
    kind: record.kind,
    method: record.method,
    host: record.host,
    path: record.path,
    remoteAddress: record.remoteAddress,
    status: record.status,
    error: record.error,
    open: record.open,
    durationMs: record.durationMs,
    requestBytes: record.requestBytes,
    responseBytes: record.responseBytes,
    replayOf: record.replayOf,
  };
}

/** Everything that was kept of the request. */
export function detailOf(record: RequestRecord): TunnelRequestDetail {
  return {
    ...lineOf(record),
    capture: record.level,
    requestHeaders: record.requestHeaders,
    responseHeaders: record.responseHeaders,
    redacted: record.redacted,
    requestBody: record.requestBody?.shown() ?? null,
    responseBody: record.responseBody?.shown() ?? null,
    timings: {
      tunnelInMs: record.tunnelInMs,
      toAgentMs: record.toAgentMs,
      waitMs: record.waitMs,
      replyMs: record.replyMs,
    },
  };
}
