import { symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type HttpFixture, startHttp, writeConsole } from '../../../../helpers/http-fixture.ts';
import { endOfTurn } from '../../../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

async function startWithConsole(): Promise<HttpFixture & { readonly consoleFolder: string }> {
  const consoleFolder = await writeConsole(await temporaryFolder());
  return Object.assign(await startHttp({ consoleFolder }), { consoleFolder });
}

/** A path as it is, which `fetch` would tidy. */
function rawStatus(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text.slice(9, 12)));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, 'latin1');
  });
}

test('the page carries a policy whose nonce is new each time', async () => {
  const { url, port } = await startWithConsole();
  const responses = [await fetch(`${url}/`), await fetch(`${url}/rpc/system.info?tab=form`)];
  const nonces = [];
  for (const response of responses) {
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    nonces.push(nonce);
    const html = await response.text();
    expect(html.split(`nonce="${nonce}"`)).toHaveLength(3);
    expect(html).not.toContain('__CSP_NONCE__');
    const directives = policy.split('; ');
    expect(directives).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        `connect-src 'self' ws://127.0.0.1:${port}`,
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ]),
    );
    expect(policy).not.toContain('unsafe');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'permissions-policy': expect.stringContaining('camera=()'),
      'cache-control': 'no-store',
    });
  }
  expect(nonces[0]).not.toBe(nonces[1]);
});

test('files have their type; hashed names are kept for good, others are asked for anew', async () => {
  const { url } = await startWithConsole();
  const script = await fetch(`${url}/assets/index-abc123.js`);
  expect(Object.fromEntries(script.headers)).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  });
  const icon = await fetch(`${url}/favicon.svg`);
  expect([icon.headers.get('content-type'), icon.headers.get('cache-control')]).toEqual(['image/svg+xml', 'no-cache']);
  const again = await fetch(`${url}/favicon.svg`, { headers: { 'If-None-Match': icon.headers.get('etag') ?? '' } });
  expect(again.status).toBe(304);
  const head = await fetch(`${url}/assets/index-abc123.js`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  expect((await fetch(`${url}/assets/gone-abc123.js`)).status).toBe(404);
});

test('no path leads out of the console’s folder (security.md row 64)', async () => {
  const { port, folder, consoleFolder } = await startWithConsole();
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(consoleFolder, '..', 'secret.txt'), 'secret');
  await symlink(join(consoleFolder, '..', 'secret.txt'), join(consoleFolder, 'link.txt'));
  const paths = [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/..%2f..%2fetc/passwd',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/..\\secret.txt',
    '/%00/etc/passwd',
    '/favicon.svg%00.js',
    '/%252e%252e%252fsecret.txt',
    '/etc/passwd%00',
    '/C:/windows/win.txt',
    '/%5c%5cserver%5cshare%5cfile.txt',
    '/con.txt',
    '/link.txt',
    '/.hidden.txt',
    '/assets/',
    '/%ff',
    '/%',
  ];
  const statuses = await Promise.all(paths.map(async (path) => [path, await rawStatus(port, path)]));
  expect(statuses.filter(([, status]) => status !== '404')).toEqual([]);
  expect(await rawStatus(port, '//evil.example/x')).toBe('400');
  expect(await rawStatus(port, 'http://evil.example/x')).toBe('400');
});

test('a console that is not built says how to build it', async () => {
  const node = await startHttp({ consoleFolder: join(await temporaryFolder(), 'nothing') });
  const response = await fetch(`${node.url}/`);
  expect([response.status, await response.json()]).toMatchObject([404, { message: expect.stringContaining('npm run build') }]);
});

test('a client that goes away in the middle of a file is no fault of the node', async () => {
  const { port, consoleFolder, lines, listener } = await startWithConsole();
  await writeFile(join(consoleFolder, 'assets', 'large.js'), Buffer.alloc(16 * 1_048_576, 32));
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve) => {
    socket.once('data', () => resolve());
    socket.write('GET /assets/large.js HTTP/1.1\r\nHost: localhost\r\n\r\n');
  });
  socket.resetAndDestroy();
  // Waits for the connection to end.
  await listener.stop();
  await endOfTurn();
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
});
