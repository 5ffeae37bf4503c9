import type { z } from 'zod';
import type { tunnelsContract } from '../../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { oneHopHeaders, tokenPattern } from '../../../../common/http-exchange/field-names.ts';
import type { RequestHead } from '../link/types.ts';
import { hiddenValue } from './redaction.ts';
import type { RequestRecord } from './request-record.ts';

/** Names the request that a replay repeats, to the local service. */
const replayHeader = 'Signalbox-Replay';

export type ReplayParams = z.output<(typeof tunnelsContract)['tunnels.replay']['params']>;

/** A request ready to be sent again. */
export interface PreparedReplay {
  readonly head: RequestHead;
  readonly body: Uint8Array;
  /** Headers that the request had and the replay has not: their values were never kept. */
  readonly withheldHeaders: string[];
}

const pathForm = /^[/*][\x21-\x7e\x80-\u{10ffff}]*$/u;
/** What a field value may not hold (RFC 9110 section 5.5). */
const forbiddenInValue = /[\0\r\n]/;
/** Of one connection (RFC 9110 section 7.6.1), and those that follow from the body that is sent. */
const notRepeated: ReadonlySet<string> = new Set([...oneHopHeaders, 'trailer', 'expect', 'content-length', replayHeader.toLowerCase()]);
const methodsWithBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Makes a request of one that was kept, changed as the params say.
 *
 * @throws SignalboxError `CONFLICT` what is needed of it was not kept; `INVALID_PARAMS` a method, path or header that cannot be sent
 */
export function prepareReplay(record: RequestRecord, params: ReplayParams): PreparedReplay {
  if (record.kind !== 'http') throw cannot(record, 'it became a raw connection, which cannot be repeated');
  if (record.open && record.status === null) throw cannot(record, 'it is still being sent. Wait for its answer');
  const method = checked(params.method ?? record.method, tokenPattern, 'method');
  const path = checked(params.path ?? wholePath(record), pathForm, 'path');
  if (path.includes(hiddenValue))
    throw cannot(record, `its path has a secret that was hidden. Give the path with a value instead of ${hiddenValue}`);
  const body = params.bodyBase64 === undefined ? keptBody(record) : Buffer.from(params.bodyBase64, 'base64');
  const { headers, withheldHeaders } = headersOf(record, params.headers ?? record.requestHeaders);
  if (body.byteLength > 0 || methodsWithBody.has(method)) headers.push('Content-Length', String(body.byteLength));
  return {
    head: {
      kind: 'http',
      method,
      path,
      headers,
      bodyBytes: body.byteLength,
      remoteAddress: undefined,
      gatewayMicros: undefined,
      expectsContinue: false,
    },
    body,
    withheldHeaders,
  };
}

function wholePath({ path, pathAltered, requestId }: RequestRecord): string {
  if (!pathAltered || path.includes(hiddenValue)) return path;
  throw new SignalboxError('CONFLICT', `${requestId} cannot be replayed: its path was too long to be kept. Give the path.`, {
    executed: 'no',
  });
}

function keptBody(record: RequestRecord): Uint8Array {
  if (record.requestBytes === 0) return new Uint8Array();
  if (record.requestBody === null)
    throw cannot(record, `its body of ${record.requestBytes} bytes was not kept. Set the capture of the tunnel to bodies, or give a body`);
  if (record.requestBody.truncated)
    throw cannot(
      record,
      `only the first ${record.requestBody.keptBytes} of ${record.requestBytes} bytes of its body were kept. Raise the limit of the capture, or give a body`,
    );
  return record.requestBody.bytes();
}

function headersOf(record: RequestRecord, from: readonly (readonly [string, string])[]) {
  const headers: string[] = [];
  const withheld = new Set<string>();
  for (const [name, value] of from) {
    const lowerCase = checked(name, tokenPattern, 'name of a header').toLowerCase();
    if (forbiddenInValue.test(value)) throw invalid(`The header ${name} cannot be sent: it has a line break or a NUL.`);
    if (notRepeated.has(lowerCase)) continue;
    if (value.includes(hiddenValue)) withheld.add(lowerCase);
    else headers.push(name, value);
  }
  if (!from.some(([name]) => name.toLowerCase() === 'host') && record.host !== '') headers.unshift('Host', record.host);
  headers.push(replayHeader, record.requestId);
  const given = new Set(from.map(([name]) => name.toLowerCase()));
  for (const name of record.redacted)
    if (!given.has(name) && record.requestHeaders.some(([each]) => each.toLowerCase() === name)) withheld.add(name);
  return { headers, withheldHeaders: [...withheld] };
}

function checked(text: string, form: RegExp, what: string): string {
  if (form.test(text)) return text;
  throw invalid(`The ${what} cannot be sent in a request.`);
}

function invalid(message: string): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', message, { executed: 'no' });
}

function cannot({ requestId }: RequestRecord, why: string): SignalboxError {
  return new SignalboxError('CONFLICT', `${requestId} cannot be replayed: ${why}.`, { executed: 'no' });
}
