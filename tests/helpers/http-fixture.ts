import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Role } from '../../src/common/roles.ts';
import type { IssuedTokens } from '../../src/main/node/accounts/index.ts';
import { type HealthReport, HttpListener, type HttpListenerOptions } from '../../src/main/node/http/index.ts';
import type { AuditRecord, Router } from '../../src/main/node/router/index.ts';
import { createEventsService } from '../../src/main/node/services/events.ts';
import { createUsersService } from '../../src/main/node/services/users.ts';
import { Metrics } from '../../src/main/node/telemetry/index.ts';
import { type AccountsUnderTest, openAccounts, sha256 } from './accounts.ts';
import { createRouterFixture, type LogLine, testNodeId } from './router-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const testPassword = 'correct horse';

export interface HttpFixture extends AccountsUnderTest {
  readonly folder: string;
  readonly listener: HttpListener;
  readonly router: Router;
  readonly audits: AuditRecord[];
  readonly lines: LogLine[];
  readonly metrics: Metrics;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  health: HealthReport;
  /** Adds a person with {@link testPassword}. */
  addUser(username: string, role: Role): Promise<void>;
  /** Opens a session without HTTP. */
  tokensOf(username: string): Promise<IssuedTokens>;
  /** `POST` of form fields. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
}

/**
 * A real listener on a free port with router, users and events behind it; stopped when the test ends.
 *
 * @param nowMs the clock of sessions and set-up links
 */
export async function startHttp(options: Partial<HttpListenerOptions> = {}, nowMs: () => number = Date.now): Promise<HttpFixture> {
  const folder = await temporaryFolder();
  const opened = await openAccounts(folder, nowMs);
  const metrics = new Metrics();
  const { router, audits, lines } = createRouterFixture({ metrics });
  const logger = recordingTo(lines);
  const fixture = { health: { state: 'ok', name: 'press-07', version: '0.0.0' } as HealthReport };
  const listener = new HttpListener({
    host: '127.0.0.1',
    port: 0,
    router,
    accounts: opened.accounts,
    sessions: opened.sessions,
    setupLinks: opened.setupLinks,
    metrics,
    logger,
    audit: { record: (record) => void audits.push(record) },
    status: () => fixture.health,
    nodeId: testNodeId,
    cliTokenFile: join(folder, 'cli.token'),
    ...options,
  });
  router.register(createEventsService({ router }));
  router.register(
    createUsersService({
      ...opened,
      nodeId: testNodeId,
      consoleUrl: () => listener.url,
      onRoleChanged: () => router.rolesChanged(),
    }),
  );
  await router.start();
  await listener.start();
  onTestFinished(async () => {
    await listener.stop();
    await router.stop();
  });
  const { port } = listener.address ?? { port: 0 };
  const url = listener.url ?? '';
  return Object.assign(fixture, {
    ...opened,
    folder,
    listener,
    router,
    audits,
    lines,
    metrics,
    url,
    port,
    addUser: async (username: string, role: Role) => {
      await opened.accounts.add({ username, role, passwordSha256: sha256(testPassword) });
    },
    tokensOf: (username: string) => opened.sessions.create(username),
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      fetch(url + path, { method: 'POST', body: new URLSearchParams(fields), headers }),
  });
}

function recordingTo(lines: LogLine[]): HttpListenerOptions['logger'] {
  const at = (level: LogLine['level']) => (event: string, message: string, fields?: LogLine['fields']) =>
    void lines.push({ level, event, message, fields });
  return { trace: at('trace'), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), fatal: at('fatal') };
}

/** A console as the build leaves it. */
export async function writeConsole(folder: string): Promise<string> {
  const consoleFolder = join(folder, 'console');
  await mkdir(join(consoleFolder, 'assets'), { recursive: true });
  await writeFile(
    join(consoleFolder, 'index.html'),
    '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><link nonce="__CSP_NONCE__"><title>Signalbox</title>',
  );
  await writeFile(join(consoleFolder, 'assets', 'index-abc123.js'), 'export {};');
  await writeFile(join(consoleFolder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  return consoleFolder;
}

/** Opens a WebSocket to the fixture; closed when the test ends. */
export function openSocket(
  url: string,
  options: { token?: string; protocol?: string; headers?: Record<string, string>; ca?: string } = {},
): WebSocket {
  const address = new URL('/ws', url);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  if (options.token !== undefined) address.searchParams.set('token', options.token);
  const socket = new WebSocket(address, options.protocol === undefined ? [] : [options.protocol], {
    headers: options.headers,
    ...(options.ca !== undefined && { ca: options.ca }),
  });
  onTestFinished(() => socket.terminate());
  return socket;
}

/** Resolves when the socket is open; rejects with `HTTP <status>` when the upgrade was refused. */
export function whenOpen(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.OPEN) return Promise.resolve();
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      reject(new Error(`HTTP ${response.statusCode}`));
    });
    socket.once('error', reject);
  });
}

/** Resolves with code and reason when the socket is closed. */
export function whenClosed(socket: WebSocket): Promise<{ readonly code: number; readonly reason: string }> {
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    socket.on('error', () => undefined);
  });
}

/** The next frame. */
export function nextMessage(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(JSON.parse(String(data))));
    socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
  });
}

/** Sends one request and resolves with its answer; events in between are passed over. */
export function request(
  socket: WebSocket,
  method: string,
  params: unknown = {},
  extra: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const requestid = `r${Math.random()}`;
  return new Promise((resolve, reject) => {
    const closed = (code: number) => reject(new Error(`closed with ${code}`));
    const read = (data: unknown) => {
      const messages = [JSON.parse(String(data))].flat() as Record<string, unknown>[];
      const answer = messages.find((message) => message.requestid === requestid && message.type === 'rpc_response');
      if (answer === undefined) return;
      socket.off('message', read);
      socket.off('close', closed);
      resolve(answer);
    };
    socket.on('message', read);
    socket.once('close', closed);
    socket.send(JSON.stringify({ type: 'rpc', requestid, method, params, ...extra }));
  });
}
