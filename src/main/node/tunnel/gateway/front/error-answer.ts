import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { dataHeaders } from '../../../http/answers.ts';

/** What the gateway answers itself, in place of a service. */
export interface ErrorAnswer {
  readonly status: number;
  /** Stable, for programs: also in the header `Signalbox-Error`, by which such an answer differs from one of a service. */
  readonly code: string;
  /** For people; says nothing that the client sent. */
  readonly message: string;
  /** Whose service it would have been. */
  readonly agentId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Asks for a name and a password. */
  readonly asksForCredentials?: boolean;
}

/**
 * Plain text, or JSON for programs that want it; never a page (security.md 2.9).
 *
 * @param accept the client's header
 * @returns headers as names and values in turn, and the body
 */
export function errorAnswer(answer: ErrorAnswer, accept: string | undefined): { readonly headers: string[]; readonly body: string } {
  const json = accept !== undefined && /\bapplication\/(?:[a-z.-]+\+)?json\b/i.test(accept);
  const { status, code, message, agentId } = answer;
  const body = json
    ? `${JSON.stringify({ status: 'error', code: status, error: code, ...(agentId !== undefined && { agent: agentId }), message })}\n`
    : `${status} ${STATUS_CODES[status] ?? 'Error'}\n\n${message}\nCode: ${code}${agentId === undefined ? '' : `, agent: ${agentId}`}\n`;
  const headers = [
    ...Object.entries(dataHeaders).flat(),
    'Content-Type',
    json ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
    'Cache-Control',
    'no-store',
    'Signalbox-Error',
    code,
    'Content-Length',
    String(Buffer.byteLength(body)),
  ];
  if (answer.retryAfterSeconds !== undefined) headers.push('Retry-After', String(answer.retryAfterSeconds));
  if (answer.asksForCredentials === true) headers.push('WWW-Authenticate', `Basic realm="${agentId ?? 'signalbox'}", charset="UTF-8"`);
  return { headers, body };
}

/** Gives it to the client, as the whole answer. */
export function sayError(request: IncomingMessage, response: ServerResponse, answer: ErrorAnswer): void {
  const { headers, body } = errorAnswer(answer, request.headers.accept);
  response.writeHead(answer.status, headers);
  response.end(body);
}
