/** The commands are run by a real shell and a real curl where there are some, against a service that says what it got. */
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TunnelRequestDetail } from '../../../../src/common/contract/tunnels.ts';
import { toCurl } from '../../../../src/common/http-exchange/index.ts';
import { powershellLiteral, shellQuote } from '../../../../src/common/http-exchange/shell-quote.ts';
import { detailOf, withBody } from './exchanges.ts';

test('A simple request is a simple command', () => {
  expect(toCurl(detailOf({ path: '/orders' }), 'http', 'posix')).toEqual({ command: 'curl http://press-07.example/orders', notes: [] });
  expect(toCurl(detailOf({ method: 'HEAD' }), 'https', 'posix').command).toBe('curl --head https://press-07.example/');
  expect(toCurl(detailOf({ method: 'DELETE', path: '/orders?id=7' }), 'http', 'posix').command).toBe(
    "curl -X DELETE 'http://press-07.example/orders?id=7'",
  );
});

test('What is missing is said', () => {
  const hidden = detailOf({
    path: '/?token=[redacted]',
    requestHeaders: [
      ['Host', 'press-07.example'],
      ['Authorization', '[redacted]'],
    ],
    redacted: ['authorization'],
  });
  expect(toCurl(hidden, 'http', 'posix')).toEqual({
    command: "curl --globoff 'http://press-07.example/?token=[redacted]'",
    notes: ['Left out, as the values are not kept: Authorization.', 'Write the secret of the address where it says [redacted].'],
  });
  const cut = detailOf({ method: 'POST', requestBytes: 90, requestBody: { base64: 'YQ==', sizeBytes: 90, truncated: true } });
  expect(toCurl(cut, 'http', 'posix')).toEqual({
    command: 'curl -X POST http://press-07.example/',
    notes: ['The body of 90 bytes is left out: only its beginning was kept.'],
  });
  expect(toCurl(detailOf({ capture: 'off', requestBytes: 4 }), 'http', 'posix').notes).toEqual([
    'The body of 4 bytes is left out: it was not kept.',
    'The headers are missing: they were not kept.',
  ]);
});

test('PowerShell gets its own quoting, and bodies by a file where a command line would change them', () => {
  const etag = detailOf({ requestHeaders: [['If-None-Match', `"it's"`]] });
  expect(toCurl(etag, 'http', 'powershell').command).toBe(
    String.raw`& { $PSNativeCommandArgumentPassing = 'Legacy'; curl.exe http://press-07.example/ -H 'If-None-Match: \"it''s\"' }`,
  );
  const json = withBody('{"part":"Ölwanne"}', { requestHeaders: [['Content-Type', 'application/json']] });
  expect(toCurl(json, 'http', 'powershell').command).toContain(
    `[IO.File]::WriteAllBytes($body, [Convert]::FromBase64String('${json.requestBody?.base64}'))`,
  );
  expect(powershellLiteral('a’; Remove-Item ‘b')).toBe("'a’’; Remove-Item ‘‘b'");
  expect(shellQuote(String.raw`C:\a b\ `.trim(), 'powershell')).toBe(String.raw`'C:\a b\\'`);
  expect(shellQuote(String.raw`say \"x\"`, 'powershell')).toBe(String.raw`'say \\\"x\\\"'`);
});

interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe('Run by sh and curl, a command sends what was captured', () => {
  let server: Server;
  let host = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const body = Buffer.concat(pieces).toString('base64');
        response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function run(request: TunnelRequestDetail): Promise<Got> {
    const { command } = toCurl({ ...request, host }, 'http', 'posix');
    const { stdout } = await promisify(execFile)('sh', ['-c', `${command.replaceAll('curl ', 'curl -s ')}`]);
    return JSON.parse(stdout) as Got;
  }

  const hostile = `it's "quoted" $(touch /tmp/no) \`id\` \\ !x %s; | & < > * ? ~ #`;

  test('headers with everything that a shell reads', async () => {
    const got = await run(
      detailOf({
        requestHeaders: [
          ['X-Hostile', hostile],
          ['X-Empty', ''],
          ['User-Agent', 'press/1'],
          ['X-Forwarded-For', '192.0.2.7'],
        ],
      }),
    );
    expect(got.headers).toMatchObject({ 'x-hostile': hostile, 'x-empty': '', 'user-agent': 'press/1', host });
    expect(got.headers).not.toHaveProperty('x-forwarded-for');
  });

  test.each([
    ['text', `${hostile}\nsecond line\ttab`],
    ['text that begins as a file does', '@/etc/hostname'],
    ['text beyond ASCII', 'Ölwanne ✓'],
    ['bytes', Uint8Array.from([0, 1, 2, 255, 10, 13])],
    ['a byte order mark', Uint8Array.from([0xef, 0xbb, 0xbf, 0x61])],
    ['carriage returns', 'a\r\nb'],
  ])('a body of %s', async (_what, body) => {
    const got = await run(withBody(body));
    expect(got).toMatchObject({ method: 'POST', url: '/orders', body: Buffer.from(body as Uint8Array).toString('base64') });
    expect(got.headers).not.toHaveProperty('content-type');
  });

  test.each(['/a/../b', '/list[1-3]/{a,b}?x=%20y', "/it's?a=$HOME&b=`id`"])('the path %s', async (path) => {
    expect((await run(detailOf({ path }))).url).toBe(path);
  });
});
