import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SignalboxError } from '../../../common/errors.ts';
import { dataHeaders } from './answers.ts';
import { createNonce, documentHeaders, noncePlaceholder } from './content-security-policy.ts';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** One or more plain names; anything else (dot segments, backslash, NUL, drive or device names) is no path of the console. */
const plainPath = /^(?:\/[A-Za-z0-9_@+-][A-Za-z0-9._@+-]*)+$/;
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** The built console as files of one folder; every path that does not name a file is a page of the console. */
export class ConsoleFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Answers `GET` and `HEAD`.
   *
   * @param path as it stands in the request line, without the query
   * @param connect origins that the page may connect to besides its own
   * @throws SignalboxError `NOT_FOUND`
   */
  async answer(request: IncomingMessage, response: ServerResponse, path: string, connect: readonly string[]): Promise<void> {
    const decoded = decode(path);
    if (decoded === undefined) throw notFound();
    if (decoded === '/index.html' || isPage(decoded)) await this.#sendIndex(request, response, connect);
    else await this.#sendFile(request, response, decoded);
  }

  async #sendIndex(request: IncomingMessage, response: ServerResponse, connect: readonly string[]): Promise<void> {
    const html = await readFile(join(this.#folder, 'index.html'), 'utf8').catch(() => undefined);
    if (html === undefined)
      throw new SignalboxError('NOT_FOUND', 'The console is not built. Build it with: npm run build', { executed: 'no' });
    const nonce = createNonce();
    const body = Buffer.from(html.replaceAll(noncePlaceholder, nonce));
    response.writeHead(200, {
      ...documentHeaders({ nonce, connect }),
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async #sendFile(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const file = await this.#locate(path);
    const type = types[extname(path).toLowerCase()];
    if (file === undefined || type === undefined) throw notFound();
    const etag = `"${file.size.toString(16)}-${Math.trunc(file.mtimeMs).toString(16)}"`;
    const headers = {
      ...dataHeaders,
      'Content-Type': type,
      ETag: etag,
      // Names in assets/ change with their content (vite), all others are asked for anew.
      'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers);
      response.end();
      return;
    }
    response.writeHead(200, { ...headers, 'Content-Length': file.size });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(file.path), response);
  }

  async #locate(path: string): Promise<{ readonly path: string; readonly size: number; readonly mtimeMs: number } | undefined> {
    if (!plainPath.test(path) || path.split('/').some((name) => deviceName.test(name))) return undefined;
    try {
      const root = await realpath(this.#folder);
      // Resolved, so that a symbolic link cannot lead out.
      const real = await realpath(join(root, path));
      if (!real.startsWith(root + sep)) return undefined;
      const found = await stat(real);
      return found.isFile() ? { path: real, size: found.size, mtimeMs: found.mtimeMs } : undefined;
    } catch {
      return undefined;
    }
  }
}

/** A page's path may hold a method's or a topic's name, so dots are no sign of a file; a type that we serve is. */
function isPage(path: string): boolean {
  if (path.startsWith('/assets/') || types[extname(path).toLowerCase()] !== undefined) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f\\%]/.test(path)) return false;
  return !path.split('/').some((name) => name === '.' || name === '..');
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function notFound(): SignalboxError {
  return new SignalboxError('NOT_FOUND', 'There is nothing at this address.', { executed: 'no' });
}
