/**
 * `app://ui`: the only place that pages of the window load from. Each file is found by its normalised path inside one
 * folder; anything else is 404 (security.md 4.1 and row 64).
 */
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { net, type Protocol, protocol } from 'electron';
import { createNonce, documentHeaders, noncePlaceholder } from '../node/http/content-security-policy.ts';
import { type Logger, RepeatSampler } from '../node/telemetry/index.ts';
import { appOrigin, readAppPath } from './app-url.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Must run before Electron is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true, stream: true } },
  ]);
}

export interface AppProtocolOptions {
  /** Folder of the built console. */
  readonly root: string;
  /** Address of the development server, which then answers instead of the folder. */
  readonly devServer: string | undefined;
  readonly logger: Logger;
}

/** Answers `app://ui/…` in the session whose protocol handlers these are. */
export function serveApp(protocols: Protocol, { root, devServer, logger }: AppProtocolOptions): void {
  const repeats = new RepeatSampler();
  protocols.handle('app', async (request) => {
    const answer = request.method === 'GET' ? await answerWith(request.url) : undefined;
    if (answer !== undefined) return answer;
    const heldBack = repeats.take('refused');
    if (heldBack !== undefined)
      logger.warn('shell.app-protocol.refused', 'A page asked for a file that is not part of the console.', {
        url: request.url.slice(0, 512),
        heldBack,
      });
    return new Response('Not found', { status: 404, headers: { 'Content-Type': 'text/plain', 'X-Content-Type-Options': 'nosniff' } });
  });

  async function answerWith(url: string): Promise<Response | undefined> {
    if (devServer !== undefined && url.startsWith(`${appOrigin}/`)) return await proxyToDevServer(devServer, url.slice(appOrigin.length));
    const path = readAppPath(url);
    const type = path === undefined ? undefined : types[extname(path)];
    const content = path === undefined || type === undefined ? undefined : await readInside(root, path);
    if (type === undefined || content === undefined) return undefined;
    if (type !== types['.html']) {
      return new Response(new Uint8Array(content), { headers: { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' } });
    }
    const nonce = createNonce();
    const html = content.toString('utf8').replaceAll(noncePlaceholder, nonce);
    return new Response(html, { headers: { 'Content-Type': type, ...documentHeaders({ nonce }) } });
  }
}

/** The file's bytes; undefined when there is none, or when a link leads out of the folder. */
async function readInside(root: string, path: string): Promise<Buffer | undefined> {
  try {
    const [folder, file] = await Promise.all([realpath(root), realpath(join(root, path))]);
    return file.startsWith(folder + sep) ? await readFile(file) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Development only: the server of the bundler answers, under a policy that lets its client connect, its inline refresh
 * script run (by nonce) and its error overlay show (no trusted types).
 */
async function proxyToDevServer(devServer: string, path: string): Promise<Response> {
  const answer = await net.fetch(new URL(path, devServer).href, { bypassCustomProtocolHandlers: true });
  const type = answer.headers.get('content-type') ?? 'application/octet-stream';
  if (!type.startsWith('text/html')) return new Response(answer.body, { status: answer.status, headers: { 'Content-Type': type } });
  const nonce = createNonce();
  const socket = new URL(devServer);
  socket.protocol = 'ws:';
  const headers = documentHeaders({ nonce, connect: [socket.origin === 'null' ? `ws://${socket.host}` : socket.origin] });
  const policy = (headers['Content-Security-Policy'] ?? '')
    .replace("script-src 'self'", `script-src 'self' 'nonce-${nonce}'`)
    .replace("; require-trusted-types-for 'script'; trusted-types default", '');
  return new Response((await answer.text()).replaceAll(noncePlaceholder, nonce), {
    status: answer.status,
    headers: { ...headers, 'Content-Security-Policy': policy, 'Content-Type': type },
  });
}
