/** Requests as an agent tells of them. */
import type { Capture } from '../../../../../../src/common/contract/tunnels.ts';
import type { ExchangeObserver, RequestObserver } from '../../../../../../src/main/node/tunnel/agent/request-observer.ts';
import { Inspector, type ObservedTunnel } from '../../../../../../src/main/node/tunnel/inspector/index.ts';
import type { RequestHead } from '../../../../../../src/main/node/tunnel/link/types.ts';

export const press: ObservedTunnel = { tunnelId: 'TU-PRESS007', agentId: 'press-07', kind: 'http' };
export const bodies: Capture = { level: 'bodies', maxBodyBytes: 1_024, redactedHeaders: [] };

export function headOf(changes: Partial<RequestHead> = {}): RequestHead {
  return {
    kind: 'http',
    method: 'GET',
    path: '/',
    headers: ['Host', 'press-07.example'],
    bodyBytes: undefined,
    remoteAddress: '192.0.2.7',
    gatewayMicros: 250,
    expectsContinue: false,
    ...changes,
  };
}

/** A request that has come, by its observer. */
export function begin(observer: RequestObserver, head: Partial<RequestHead> = {}, replayOf?: string): ExchangeObserver {
  const exchange = observer.begin({ head: headOf(head), at: 1_700_000_000_000, rttMs: 8, replayOf });
  if (exchange === undefined) throw new Error('Nobody wanted to see the request.');
  return exchange;
}

export function complete(exchange: ExchangeObserver, status = 200, body = ''): void {
  exchange.responseHead({ status, headers: ['Content-Type', 'text/plain'] });
  if (body !== '') exchange.responseData(Buffer.from(body));
  exchange.ended({ kind: 'complete' }, []);
}

export function inspectorOf(capture?: Capture): { readonly inspector: Inspector; readonly observer: RequestObserver } {
  const inspector = new Inspector({ publish: () => undefined });
  const observer = inspector.observer(press);
  if (capture !== undefined) inspector.setCapture(press.tunnelId, capture);
  return { inspector, observer };
}

/** The newest requests of all tunnels, at once. */
export function listed(inspector: Inspector, filter?: string) {
  return inspector.requests({ after: 0, limit: 500, waitMs: 0, filter });
}
