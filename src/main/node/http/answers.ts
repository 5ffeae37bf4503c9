/** Answers of the HTTP listener: one JSON shape, and the headers that every answer carries. */
import type { ServerResponse } from 'node:http';
import { type ErrorCode, SignalboxError, toErrorShape } from '../../../common/errors.ts';

/** What everything but a document of the console carries: data is never a page, never sniffed, never another site's. */
export const dataHeaders = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
} as const;

const statuses: Partial<Record<ErrorCode, number>> = {
  BAD_REQUEST: 400,
  INVALID_PARAMS: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_FOUND: 405,
  CONFLICT: 409,
  TOO_LARGE: 413,
  TIMEOUT: 408,
  STORAGE_FULL: 507,
};

/** Seconds to wait, of an error that says so. */
function retryAfterSeconds(error: unknown): number | undefined {
  const data = error instanceof SignalboxError ? (error.data as { readonly retryAfterSeconds?: unknown } | undefined) : undefined;
  return typeof data?.retryAfterSeconds === 'number' ? data.retryAfterSeconds : undefined;
}

/** HTTP status of an error: too many attempts are 429, a busy node 503. */
export function statusOf(error: unknown): number {
  const { code } = toErrorShape(error);
  if (code === 'OVERLOADED') return retryAfterSeconds(error) === undefined ? 503 : 429;
  return statuses[code] ?? 500;
}

/** `{"status":"error","code":401,"message":"…"}` (wire.md 1) with its headers. */
export function errorAnswer(error: unknown): { readonly status: number; readonly headers: Record<string, string>; readonly body: string } {
  const status = statusOf(error);
  const wait = retryAfterSeconds(error) ?? (status === 503 ? 5 : undefined);
  return {
    status,
    headers: {
      ...dataHeaders,
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      ...(wait !== undefined && { 'Retry-After': String(wait) }),
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    },
    body: JSON.stringify({ status: 'error', code: status, message: toErrorShape(error).message }),
  };
}

/** `{"status":"success","code":200,"data":…}` (wire.md 1). */
export function sendSuccess(response: ServerResponse, data: unknown): void {
  sendJson(response, 200, { status: 'success', code: 200, data });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...dataHeaders, 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** Answers with an error, unless an answer has begun: then the connection ends. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const answer = errorAnswer(error);
  // What is left of a refused body is not worth reading.
  const headers = response.req.complete ? answer.headers : { ...answer.headers, Connection: 'close' };
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}
