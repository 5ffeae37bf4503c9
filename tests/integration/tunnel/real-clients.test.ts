/** Programs that people use, through a tunnel: curl, git, EventSource and WebSocket clients, downloads and uploads of size. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { exchangeRaw, openRaw } from '../../helpers/raw-http.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { startTunnel, startTunnelProcesses, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { bulkHash, small, startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

const run = promisify(execFile);
const megabyte = 1_048_576;
const author = ['-c', 'user.name=Test', '-c', 'user.email=test@node'];
const missing = (program: string) => spawnSync(program, ['--version']).error !== undefined;

/** The address under which the tunnel is called: names below localhost lead to this machine for curl, git and Chromium. */
const urlOf = (port: number) => `http://press-07.localhost:${port}`;

async function curl(...args: string[]): Promise<{ readonly text: string; readonly status: number }> {
  const { stdout } = await run('curl', ['--silent', '--show-error', '--max-time', '25', '--write-out', '\n%{http_code}', ...args], {
    maxBuffer: 32 * megabyte,
  });
  const at = stdout.lastIndexOf('\n');
  return { text: stdout.slice(0, at), status: Number(stdout.slice(at + 1)) };
}

describe.skipIf(missing('curl'))('curl (skipped without curl)', () => {
  test('with every method, and every version of HTTP/1', async () => {
    const origin = await startTunnelOrigin();
    const { publicPort } = await startTunnel(origin.target);
    const url = urlOf(publicPort);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT', 'QUERY']) {
      const { text, status } = await curl('--request', method, `${url}/mirror?a=%20b&c=d`, ...(method === 'GET' ? [] : ['--data', 'sent']));
      expect(status, method).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ method, url: '/mirror?a=%20b&c=d', body: method === 'GET' ? '' : 'sent' });
    }
    expect((await curl('--head', `${url}/small`)).status).toBe(200);
    expect(origin.last('/small')?.method).toBe('HEAD');
    expect(await curl('--http1.0', `${url}/small`)).toEqual({ text: small, status: 200 });
    expect(await curl('--http1.0', `${url}/bulk?bytes=0&framing=chunked`)).toEqual({ text: '', status: 200 });
  });

  test('with every status, and what must have no body has none', async () => {
    const origin = await startTunnelOrigin();
    const { publicPort } = await startTunnel(origin.target);
    for (const status of [200, 201, 202, 204, 206, 299, 301, 304, 400, 401, 404, 410, 418, 429, 451, 500, 502, 503, 504, 599]) {
      const answer = await curl(`${urlOf(publicPort)}/status/${status}`);
      expect(answer).toEqual({ text: status === 204 || status === 304 ? '' : `${status}`, status });
    }
  });

  test('with uploads in chunks, after 100 Continue, and in ranges', async () => {
    const origin = await startTunnelOrigin();
    const { publicPort } = await startTunnel(origin.target);
    const url = urlOf(publicPort);
    const file = join(await temporaryFolder(), 'upload');
    const content = Buffer.alloc(5 * megabyte, 'upload ');
    await writeFile(file, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const chunked = await curl('--upload-file', file, '--header', 'Transfer-Encoding: chunked', '--header', 'Expect:', `${url}/sink`);
    expect(JSON.parse(chunked.text)).toEqual({ bytes: content.byteLength, sha256, contentLength: null, transferEncoding: 'chunked' });
    // Waits for the permission as long as the test lasts: it comes, or nothing does.
    const expecting = await curl(
      '--data-binary',
      `@${file}`,
      '--header',
      'Expect: 100-continue',
      '--expect100-timeout',
      '20',
      `${url}/sink`,
    );
    expect(JSON.parse(expecting.text)).toMatchObject({ bytes: content.byteLength, sha256, contentLength: `${content.byteLength}` });
    const whole = (await curl(`${url}/bulk?bytes=100000`, '--output', `${file}-whole`)).status;
    expect(whole).toBe(200);
    const part = await run('curl', ['--silent', '--range', '70000-70099', `${url}/bulk?bytes=100000`], { encoding: 'buffer' });
    expect(part.stdout.byteLength).toBe(100);
    expect(origin.last('/bulk')?.rawHeaders).toContain('bytes=70000-70099');
  });
});

test('trailers, early hints and headers that come twice pass, in their order', async () => {
  const origin = await startTunnelOrigin();
  const { publicPort } = await startTunnel(origin.target);
  const client = await openRaw(publicPort);
  client.send(`GET /trailers HTTP/1.1\r\nHost: ${tunnelHost}\r\nTE: trailers\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n`);
  await client.until((received) => received.includes('0\r\nx-sum: 42\r\n\r\n'));
  expect(client.received.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*0\r\nx-sum: 42\r\n\r\n$/s);
  const headers = origin.last('/trailers')?.rawHeaders ?? [];
  expect(headers.filter((_, index) => headers[index - 1] === 'X-Twice')).toEqual(['1', '2']);
});

test('many requests over one connection, one after the other and without waiting', async () => {
  const origin = await startTunnelOrigin();
  const { publicPort } = await startTunnel(origin.target);
  const client = await openRaw(publicPort);
  const count = 20;
  client.send(Array.from({ length: count }, (_, index) => `GET /status/${200 + index} HTTP/1.1\r\nHost: ${tunnelHost}\r\n\r\n`).join(''));
  const statuses = () => [...client.received.toString().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
  await client.until(() => statuses().length === count);
  // 204 has no body, and the answer after it is not mistaken for one.
  expect(statuses()).toEqual(Array.from({ length: count }, (_, index) => 200 + index));
});

describe('a stream of events', () => {
  test('comes event by event, and its end is told to the service', async () => {
    const origin = await startTunnelOrigin();
    const { publicPort } = await startTunnel(origin.target);
    const client = await openRaw(publicPort);
    client.send(`GET /events HTTP/1.1\r\nHost: ${tunnelHost}\r\n\r\n`);
    await client.until((received) => received.includes(': open'));
    for (let number = 1; number <= 50; number++) {
      origin.tell(`event ${number}`);
      await client.until((received) => received.includes(`data: event ${number}\n\n`));
    }
    client.socket.destroy();
    await expect.poll(() => origin.last('/events')?.aborted).toBe(true);
  });
});

describe('a WebSocket', () => {
  test('carries messages of every size both ways, and its close', async () => {
    const origin = await startTunnelOrigin();
    const { publicPort } = await startTunnel(origin.target);
    const socket = new WebSocket(`ws://127.0.0.1:${publicPort}/echo`, { headers: { host: tunnelHost } });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    for (const size of [0, 1, 125, 126, 65_535, 65_536, 3 * megabyte]) {
      const sent = Buffer.alloc(size, 'websocket');
      socket.send(sent);
      const [echoed, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
      expect(isBinary).toBe(true);
      expect(echoed.equals(sent)).toBe(true);
    }
    socket.close(4_001, 'enough');
    expect((await once(socket, 'close'))[0]).toBe(4_001);
    await expect.poll(() => origin.connections()).toBeLessThanOrEqual(1);
  });

  test('that the service refuses is an ordinary answer', async () => {
    const server = createServer((_request, response) => response.writeHead(403).end('no'));
    server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { publicPort } = await startTunnel(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    const answer = await exchangeRaw(
      publicPort,
      `GET / HTTP/1.1\r\nHost: ${tunnelHost}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    expect(answer).toMatchObject({ status: 403, body: Buffer.from('no') });
  });
});

// Most of it is work of processors, which a busy machine has for it at its own pace.
test('200 MB come down whole, with memory flat', async () => {
  const origin = await startTunnelOrigin();
  const { gateway, agent, publicPort } = await startTunnelProcesses(origin.target);
  const fetchBulk = async (size: number) => {
    const [answer] = (await once(
      request({ port: publicPort, path: `/bulk?bytes=${size}&framing=chunked`, headers: { host: tunnelHost }, agent: false }).end(),
      'response',
    )) as [import('node:http').IncomingMessage];
    const hash = createHash('sha256');
    for await (const piece of answer) hash.update(piece as Buffer);
    return hash.digest('hex');
  };
  await fetchBulk(60 * megabyte);
  const before = { gateway: (await gateway.figures()).rssBytes, agent: await agent.rssBytes() };
  const size = 200 * megabyte;
  expect(await fetchBulk(size)).toBe(bulkHash(size));
  expect((await gateway.figures()).rssBytes - before.gateway).toBeLessThan(48 * megabyte);
  expect((await agent.rssBytes()) - before.agent).toBeLessThan(48 * megabyte);
});

describe.skipIf(missing('git'))('git (skipped without git)', () => {
  test('clones over HTTP, and pushes', async () => {
    const folder = await temporaryFolder();
    const work = join(folder, 'work');
    await run('git', ['init', '--quiet', '--initial-branch=main', work]);
    await writeFile(join(work, 'large'), Buffer.alloc(3 * megabyte, createHash('sha256').update('git').digest()));
    await run('git', ['-C', work, 'add', '.']);
    await run('git', ['-C', work, ...author, 'commit', '--quiet', '--message', 'First']);
    await run('git', ['clone', '--quiet', '--bare', work, join(folder, 'repository.git')]);
    const port = await serveGit(folder);
    const { publicPort } = await startTunnel(`127.0.0.1:${port}`);
    const clone = join(await temporaryFolder(), 'clone');
    await run('git', ['clone', '--quiet', `${urlOf(publicPort)}/repository.git`, clone]);
    await run('git', ['-C', clone, 'fsck', '--full']);
    await writeFile(join(clone, 'more'), Buffer.alloc(2 * megabyte, 'more '));
    await run('git', ['-C', clone, 'add', '.']);
    await run('git', ['-C', clone, ...author, 'commit', '--quiet', '--message', 'Second']);
    await run('git', ['-C', clone, 'push', '--quiet', 'origin', 'main']);
    const { stdout } = await run('git', ['-C', join(folder, 'repository.git'), 'log', '--format=%s', 'main']);
    expect(stdout).toBe('Second\nFirst\n');
  });
});

/** Git's own CGI program behind a server of this process. */
async function serveGit(folder: string): Promise<number> {
  const server = createServer((request, response) => {
    const [path, query = ''] = (request.url ?? '').split('?');
    const child = spawn('git', ['-c', 'http.receivepack=true', 'http-backend'], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        REMOTE_USER: 'test',
        PATH_INFO: path,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        ...(request.headers['content-length'] !== undefined && { CONTENT_LENGTH: request.headers['content-length'] }),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    request.pipe(child.stdin);
    child.stdin.on('error', () => undefined);
    let head = Buffer.alloc(0);
    const readHead = (piece: Buffer) => {
      head = Buffer.concat([head, piece]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      child.stdout.off('data', readHead);
      const lines = head.subarray(0, end).toString().split('\r\n');
      const pairs = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
      const status = Number(pairs.find(([name]) => name === 'Status')?.[1].split(' ')[0] ?? 200);
      response.writeHead(status, pairs.filter(([name]) => name !== 'Status').flat());
      response.write(head.subarray(end + 4));
      child.stdout.pipe(response);
    };
    child.stdout.on('data', readHead);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
