import type { Capture, TunnelRequest } from '../../../../common/contract/tunnels.ts';
import type { ExchangeEnd, ExchangeObserver, ObservedRequest } from '../agent/request-observer.ts';
import type { HeaderPairs, RequestHead, ResetCode, ResponseHead } from '../link/types.ts';
import { KeptBody } from './kept-body.ts';
import { inspectorLimits } from './limits.ts';
import { type Redaction, redactQuery } from './redaction.ts';
import type { ObservedTunnel, RequestRecord } from './request-record.ts';

/** What is kept of the requests of a tunnel, with its redaction made ready. */
export interface CapturePlan {
  readonly options: Capture;
  readonly redaction: Redaction;
}

/** Where a record is kept and who is told of its changes. */
export interface RecordKeeper {
  changed(record: RequestRecord): void;
  grew(record: RequestRecord, bytes: number): void;
}

const reasons: Readonly<Record<ResetCode, string>> = {
  refused: 'The local service could not be reached.',
  broken: 'The local service ended in the middle of its answer.',
  cancelled: 'Who asked is gone.',
  timeout: 'The local service did not answer in time.',
  draining: 'The tunnel was being closed.',
  linkLost: 'The connection to the gateway was lost.',
  protocol: 'The other end did what the protocol does not allow.',
  tooLarge: 'It is too large for this way.',
  forbidden: 'The target is not allowed.',
};

const kinds: Readonly<Record<RequestHead['kind'], TunnelRequest['kind']>> = { http: 'http', upgrade: 'websocket', connection: 'tcp' };

/** Makes the record of a request that has just come. */
export function newRecord(
  tunnel: ObservedTunnel,
  { options, redaction }: CapturePlan,
  { head, at, rttMs, replayOf }: ObservedRequest,
  serial: number,
  requestId: string,
): RequestRecord {
  const headers = options.level === 'off' ? undefined : redaction.headers(head.headers);
  const withBodies = options.level === 'bodies' && head.kind === 'http';
  const path = redactQuery(head.path);
  return {
    tunnel,
    serial,
    requestId,
    at,
    method: head.method === '' ? '-' : head.method,
    host: headerOf(head.headers, 'host') ?? '',
    path: path.slice(0, inspectorLimits.keptPathCharacters),
    pathAltered: path !== head.path || path.length > inspectorLimits.keptPathCharacters,
    remoteAddress: head.remoteAddress ?? null,
    replayOf: replayOf ?? null,
    level: options.level,
    tunnelInMs: head.gatewayMicros === undefined ? null : head.gatewayMicros / 1_000,
    toAgentMs: rttMs === undefined ? null : rttMs / 2,
    revision: 0,
    kind: kinds[head.kind],
    status: null,
    error: null,
    open: true,
    durationMs: null,
    waitMs: null,
    replyMs: null,
    requestBytes: 0,
    responseBytes: 0,
    requestHeaders: headers?.headers ?? [],
    responseHeaders: [],
    redacted: headers?.redacted ?? [],
    requestBody: withBodies ? new KeptBody(options.maxBodyBytes) : null,
    responseBody: withBodies ? new KeptBody(options.maxBodyBytes) : null,
    headerSize: headers?.size ?? 0,
    kept: true,
  };
}

/** Follows one exchange and writes down what the tunnel's capture asks for. */
export class RequestCapture implements ExchangeObserver {
  readonly #record: RequestRecord;
  readonly #redaction: Redaction;
  readonly #keeper: RecordKeeper;
  readonly #startedAt = performance.now();
  #answeredAt: number | undefined;

  constructor(record: RequestRecord, redaction: Redaction, keeper: RecordKeeper) {
    this.#record = record;
    this.#redaction = redaction;
    this.#keeper = keeper;
  }

  requestData(chunk: Uint8Array): void {
    this.#record.requestBytes += chunk.byteLength;
    this.#keep(this.#record.requestBody, chunk);
  }

  responseHead({ status, headers }: ResponseHead): void {
    const record = this.#record;
    this.#answeredAt = performance.now();
    record.waitMs = rounded(this.#answeredAt - this.#startedAt);
    // A raw connection has no answer: that the service took it is all that is said.
    if (record.kind === 'tcp') return;
    record.status = status;
    // Asked to become a raw connection, and the service answered as to any request.
    if (record.kind === 'websocket' && status !== 101) record.kind = 'http';
    if (record.level !== 'off' && record.kept) {
      const kept = this.#redaction.headers(headers);
      record.responseHeaders = kept.headers;
      if (kept.redacted.length > 0) record.redacted = [...new Set([...record.redacted, ...kept.redacted])];
      record.headerSize += kept.size;
      this.#keeper.grew(record, kept.size);
    }
    this.#keeper.changed(record);
  }

  responseData(chunk: Uint8Array): void {
    this.#record.responseBytes += chunk.byteLength;
    this.#keep(this.#record.responseBody, chunk);
  }

  ended(end: ExchangeEnd, _trailers: HeaderPairs): void {
    const record = this.#record;
    const now = performance.now();
    record.open = false;
    record.durationMs = rounded(now - this.#startedAt);
    record.replyMs = this.#answeredAt === undefined ? null : rounded(now - this.#answeredAt);
    if (end.kind === 'reset') record.error = end.reason === '' ? reasons[end.code] : end.reason;
    this.#keeper.changed(record);
  }

  #keep(body: KeptBody | null, chunk: Uint8Array): void {
    // What was pushed out of the ring is no longer counted, so nothing more may be kept of it.
    if (body === null || !this.#record.kept) return;
    const keptBytes = body.add(chunk);
    if (keptBytes > 0) this.#keeper.grew(this.#record, keptBytes);
  }
}

function headerOf(pairs: HeaderPairs, name: string): string | undefined {
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const each = pairs[index] as string;
    if (each.length === name.length && each.toLowerCase() === name) return pairs[index + 1];
  }
  return undefined;
}

/** To microseconds: more is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
