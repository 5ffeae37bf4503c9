/** `signalbox tunnel …` of a node: exposing, watching and replaying requests, tokens and routes. */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TunnelRequest, TunnelRequestDetail } from '../../../src/common/contract/tunnels.ts';
import { runCommand } from '../../helpers/headless-node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { askThrough, type GatewayProcess, startForeground, startGatewayProcess } from '../../helpers/tunnel-commands.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly replay: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

let node: GatewayProcess;
let service: Server;
let to: string;
const seen: Seen[] = [];

beforeAll(async () => {
  node = await startGatewayProcess();
  service = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      const replay = request.headers['signalbox-replay'];
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        replay: replay as string,
        authorization: request.headers.authorization,
        body,
      });
      const isPacked = request.url === '/packed';
      response.writeHead(request.url === '/missing' ? 404 : 200, {
        'Content-Type': 'application/json',
        'Set-Cookie': 'sid=abc',
        ...(isPacked && { 'Content-Encoding': 'br' }),
      });
      response.end(isPacked ? brotliCompressSync('{"packed":true}') : '{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  to = `127.0.0.1:${(service.address() as AddressInfo).port}`;
});

afterAll(async () => {
  expect(await node.stop()).toBe(0);
  service.closeAllConnections();
  service.close();
});

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(['tunnel', ...args, ...node.at]);
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

async function requests(...args: string[]): Promise<TunnelRequest[]> {
  const stdout = await run('inspect', '--json', ...args);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TunnelRequest);
}

test('expose makes the service answer, without a token in sight; list and test know of it', async () => {
  const url = (await run('expose', 'shop', '--to', to)).trim();
  expect(url).toBe(`http://shop.localhost:${node.publicPort}/`);
  expect(await askThrough(url, { path: '/orders' })).toEqual({ status: 200, text: '{"ok":true}' });
  expect(await run('list')).toMatch(new RegExp(`^shop +up +${to.replaceAll('.', '\\.')} +${url}`, 'm'));
  const steps = await run('test', 'shop');
  expect(steps).toMatch(/^local service +yes/m);
  expect(steps).toMatch(/^gateway +yes/m);
  expect(steps).toMatch(/^from outside +yes/m);
});

test('requests are listed, filtered, shown whole, copied and sent again', async () => {
  const url = `http://shop.localhost:${node.publicPort}/`;
  expect(await run('capture', 'shop', '--level', 'bodies', '--body-limit', '4KiB', '--redact', 'X-Plant')).toContain('4.1 kB of each body');
  const headers = { Authorization: 'Bearer abc', 'X-Plant': 'abc', 'Content-Type': 'application/json' };
  await askThrough(url, { method: 'POST', path: '/orders?sig=abc', headers, body: '{"part":"flange"}' });
  await askThrough(url, { path: '/missing' });

  expect(await requests('--filter', 'status=404')).toMatchObject([{ path: '/missing', status: 404 }]);
  const [post] = await requests('--filter', 'method=POST body~flange', '--tunnel', 'shop');
  expect(post).toMatchObject({ path: '/orders?sig=[redacted]', status: 200, requestBytes: 17 });
  const requestId = post?.requestId ?? '';

  const text = await run('inspect', requestId);
  expect(text).toContain('  Authorization: [redacted]');
  expect(text).toContain('  X-Plant: [redacted]');
  expect(text).toContain('"part": "flange"');
  expect(text).not.toContain('abc');

  const curl = await run('inspect', requestId, '--curl');
  expect(curl).toContain('--data-raw \'{"part":"flange"}\'');
  expect(curl).not.toContain('Authorization');

  const refused = await runCommand(['tunnel', 'inspect', requestId, '--replay', ...node.at]);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('its path has a secret that was hidden') });

  const changed = join(await temporaryFolder(), 'order.json');
  await writeFile(changed, '{"part":"housing"}');
  const edited = await runCommand([
    ...['tunnel', 'inspect', requestId, '--replay', '--method', 'PUT', '--path', '/orders/8'],
    ...['--header', 'Authorization: Bearer new', '--body', changed, ...node.at],
  ]);
  expect(edited).toMatchObject({ code: 0, stderr: 'Sent without x-plant: their values are never kept.\n' });
  expect(seen.at(-1)).toEqual({
    method: 'PUT',
    url: '/orders/8',
    replay: requestId,
    authorization: 'Bearer new',
    body: '{"part":"housing"}',
  });

  const [missing] = await requests('--filter', 'path=/missing');
  const replay = JSON.parse(await run('inspect', missing?.requestId ?? '', '--replay', '--json')) as { readonly requestId: string };
  const detail = JSON.parse(await run('inspect', replay.requestId, '--json')) as TunnelRequestDetail;
  expect(detail).toMatchObject({ replayOf: missing?.requestId, path: '/missing' });
  expect(await requests('--filter', 'replay')).toHaveLength(2);
  expect(seen.at(-1)).toMatchObject({ url: '/missing', replay: missing?.requestId });
});

test('a packed answer is shown unpacked, and that is said', async () => {
  await askThrough(`http://shop.localhost:${node.publicPort}/`, { path: '/packed' });
  const [packed] = await requests('--filter', 'path=/packed');
  const text = await run('inspect', packed?.requestId ?? '');
  expect(text).toContain('"packed": true');
  expect(text).toMatch(/\(packed with br, unpacked from \d+ B to 15 B\)/);
});

test('follow goes on with what comes', async () => {
  const follow = startForeground(['tunnel', 'inspect', '--follow', '--json', '--filter', 'path=/live', ...node.at]);
  const line = follow.nextLine();
  await askThrough(`http://shop.localhost:${node.publicPort}/`, { path: '/live' });
  expect(JSON.parse(await line)).toMatchObject({ path: '/live' });
  follow.interrupt();
  expect((await follow.ended).code).toBe(130);
});

test('an archive is written once, and not over another file', async () => {
  const file = join(await temporaryFolder(), 'shop.har');
  expect(await run('inspect', '--har', file, '--tunnel', 'shop')).toMatch(/^Wrote \d+ requests to /);
  const { log } = JSON.parse(await readFile(file, 'utf8')) as {
    readonly log: { readonly entries: readonly { readonly request: { readonly url: string } }[] };
  };
  expect(log.entries.map(({ request }) => request.url)).toContain(`http://shop.localhost:${node.publicPort}/missing`);
  expect(await runCommand(['tunnel', 'inspect', '--har', file, ...node.at])).toMatchObject({ code: 2 });
});

test('a filter that cannot be read says where', async () => {
  expect(await runCommand(['tunnel', 'inspect', '--filter', 'state=200', ...node.at])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('The filter cannot be read at character 1: there is no state'),
  });
});

test('routes lead other names to the tunnel', async () => {
  expect(await run('routes', 'add', 'orders.example.com', '--to', 'shop')).toMatch(/^orders\.example\.com leads to shop \(RO-\w{8}\)\.$/m);
  expect(await askThrough(`http://127.0.0.1:${node.publicPort}/`, { headers: { Host: 'orders.example.com' } })).toMatchObject({
    status: 200,
  });
  const list = await run('routes', 'list');
  expect(list).toMatch(/orders\.example\.com.* shop +up/);
  const routeId = /RO-\w{8}/.exec(list)?.[0] ?? '';
  await run('routes', 'remove', routeId, '--yes');
  expect(await askThrough(`http://127.0.0.1:${node.publicPort}/`, { headers: { Host: 'orders.example.com' } })).toMatchObject({
    status: 404,
  });
});

test('tokens are listed without their secrets, and rotated', async () => {
  const made = JSON.parse(await run('token', 'create', 'Hall 2', '--names', 'press-*', '--kinds', 'http', 'tcp', '--json')) as {
    readonly tokenId: string;
    readonly secret: string;
  };
  const list = await run('token', 'list');
  expect(list).toMatch(new RegExp(`^${made.tokenId} +Hall 2 +press-\\* +http, tcp`, 'm'));
  expect(list).not.toContain(made.secret);
  const rotated = JSON.parse(await run('token', 'rotate', made.tokenId, '--grace', '1h', '--json')) as { readonly secret: string };
  expect(rotated.secret).not.toBe(made.secret);
  expect(await runCommand(['tunnel', 'token', 'revoke', made.tokenId, ...node.at])).toMatchObject({ code: 2 });
  await run('token', 'revoke', made.tokenId, '--yes');
  expect(await run('token', 'list')).not.toContain(made.tokenId);
});

test('close turns a tunnel off, or forgets it', async () => {
  expect(await run('close', 'shop', '--keep')).toBe('shop is off.\n');
  expect(await run('list')).toMatch(/^shop +off/m);
  expect((await run('open', 'shop')).trim()).toBe(`http://shop.localhost:${node.publicPort}/`);
  expect(await runCommand(['tunnel', 'close', 'shop', ...node.at])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('was not closed'),
  });
  expect(await run('close', 'shop', '--yes')).toBe('shop is closed and forgotten.\n');
  expect(await run('list')).toMatch(/There is no tunnel/);
});
