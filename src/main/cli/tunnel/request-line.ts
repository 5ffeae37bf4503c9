import type { TunnelRequest } from '../../../common/contract/tunnels.ts';
import { formatBytes } from '../quantities.ts';

/** One request on one line, for a terminal: time, method, path, outcome, duration, size, client. */
export function requestLine(request: TunnelRequest): string {
  const { at, method, path, remoteAddress, kind, responseBytes, requestBytes, replayOf, error } = request;
  const size = kind === 'http' ? formatBytes(responseBytes) : `${formatBytes(requestBytes)} in, ${formatBytes(responseBytes)} out`;
  return [
    timeOf(at),
    (kind === 'http' ? method : kind).padEnd(6),
    path === '' ? '-' : path,
    outcome(request),
    durationOf(request),
    size,
    remoteAddress ?? '-',
    ...(replayOf === null ? [] : [`replay of ${replayOf}`]),
    ...(error === null ? [] : [error]),
  ].join('  ');
}

/** Local time of day, to the second. */
function timeOf(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

function outcome({ status, open, error }: TunnelRequest): string {
  return status === null ? (open ? 'open' : error === null ? 'closed' : 'failed') : String(status);
}

function durationOf({ durationMs, open }: TunnelRequest): string {
  if (durationMs === null) return open ? '…' : '-';
  return durationMs < 10
    ? `${durationMs.toFixed(1)} ms`
    : durationMs < 10_000
      ? `${Math.round(durationMs)} ms`
      : `${Math.round(durationMs / 1_000)} s`;
}
