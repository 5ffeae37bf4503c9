import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { SignalboxError } from '../../../common/errors.ts';
import { limits } from '../../../common/limits.ts';
import { parseGuarded } from '../../../common/wire/guarded-json.ts';

const maxFields = 8;
const maxFieldBytes = 1_024;

/**
 * The fields of a sign-in, whatever the encoding: `multipart/form-data`, `application/x-www-form-urlencoded` or JSON.
 *
 * @throws SignalboxError `TOO_LARGE`, `BAD_REQUEST`
 */
export async function readFields(request: IncomingMessage): Promise<ReadonlyMap<string, string>> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  const body = await readBody(request);
  if (type === 'multipart/form-data') return parseMultipart(request.headers, body);
  if (type === 'application/json') return parseJson(body);
  if (type === 'application/x-www-form-urlencoded' || body.length === 0) return bounded(new URLSearchParams(body.toString('utf8')));
  throw badRequest('The body must be multipart/form-data, application/x-www-form-urlencoded or application/json.');
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () =>
    new SignalboxError('TOO_LARGE', `The body is larger than ${limits.signInBodyBytes} bytes, the most this address takes.`, {
      executed: 'no',
    });
  if (Number(request.headers['content-length'] ?? 0) > limits.signInBodyBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.signInBodyBytes) {
        request.pause();
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => reject(badRequest('The body ended early.')));
  });
}

function parseMultipart(headers: IncomingMessage['headers'], body: Buffer): Promise<ReadonlyMap<string, string>> {
  return new Promise((resolve, reject) => {
    const fields: [string, string][] = [];
    const refuse = () => reject(badRequest('The form could not be read.'));
    try {
      const parser = new Busboy({
        headers: headers as BusboyHeaders,
        limits: { fields: maxFields, fieldSize: maxFieldBytes, files: 0, parts: maxFields, headerPairs: 16 },
      });
      parser.on('field', (name, value) => fields.push([name, value]));
      parser.once('finish', () => resolve(new Map(fields)));
      parser.once('error', refuse);
      parser.end(body);
    } catch {
      refuse();
    }
  });
}

function parseJson(body: Buffer): ReadonlyMap<string, string> {
  const value = parseGuarded(body.toString('utf8'), { depth: 2, keys: maxFields });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest('The body must be a JSON object.');
  return bounded(
    Object.entries(value).map(([name, field]): [string, string] => {
      if (typeof field !== 'string') throw badRequest(`The field ${name.slice(0, 32)} must be a text.`);
      return [name, field];
    }),
  );
}

function bounded(entries: Iterable<[string, string]>): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of entries) {
    if (fields.size >= maxFields || value.length > maxFieldBytes)
      throw badRequest('The form has too many fields, or one that is too long.');
    fields.set(name, value);
  }
  return fields;
}

function badRequest(message: string): SignalboxError {
  return new SignalboxError('BAD_REQUEST', message, { executed: 'no' });
}
