import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { runCli } from '../../../../../src/main/cli/run.ts';
import { parseTarget } from '../../../../../src/main/cli/tunnel/options.ts';
import { requestLine } from '../../../../../src/main/cli/tunnel/request-line.ts';
import { collected } from './collected.ts';

const connect = ['tunnel', 'connect', '--gateway', 'ws://127.0.0.1:9', '--token', 'T-1', '--id', 'press-07', '--to', 'localhost:3000'];

async function complaint(...words: string[]): Promise<string> {
  const { stdout, stderr } = collected();
  const code = await runCli(words, { stdin: Readable.from([]), stdout: stdout.stream, stderr: stderr.stream });
  expect(code).toBe(2);
  expect(stdout.text()).toBe('');
  return stderr.text();
}

test.each([
  [['--to', 'nowhere'], 'Give host and port of the local service'],
  [['--to', 'localhost:0'], 'Give host and port of the local service'],
  [['--links', '9'], 'Give a number from 1 to 4'],
  [['--allow', '300.1.1.1/8'], 'Give an address or a network'],
  [['--allow', '192.0.2.0/33'], 'Give an address or a network'],
  [['--id', 'Press_07'], 'it becomes a part of a host name'],
  [['--gateway', 'ftp://x'], 'Give an address such as wss://'],
  [['--kind', 'udp'], 'Allowed choices are http, tcp, tls'],
  [['--secret', ''], 'The secret is empty'],
  [['--secret-file', '/nowhere/secret'], 'There is no file'],
])('connect refuses %j before anything is dialled', async (words, why) => {
  expect(await complaint(...connect, ...words)).toContain(why);
});

test('an option that does not go with another is refused', async () => {
  expect(await complaint('tunnel', 'inspect', '--curl')).toContain('--curl is for one request');
  expect(await complaint('tunnel', 'inspect', 'R-1', '--follow')).toContain('leave the id out');
  expect(await complaint('tunnel', 'inspect', 'R-1', '--method', 'PUT')).toContain('add --replay');
  expect(await complaint('tunnel', 'inspect', 'R-1', '--replay', '--header', 'none')).toContain('Write a header as');
  expect(await complaint('tunnel', 'expose', 'a', '--to', '80', '--token', 'T-1')).toContain('--token goes with the address of a gateway');
  expect(await complaint('tunnel', 'expose', 'a', '--to', '80', '--gateway', 'wss://x')).toContain('needs --token');
  expect(await complaint('tunnel', 'token', 'create', 'a', '--secret', 'x')).toContain('goes with --id');
});

test.each([
  ['3000', 'localhost', 3000],
  ['192.0.2.7:80', '192.0.2.7', 80],
  ['[::1]:8080', '::1', 8080],
])('%s is a service', (text, host, port) => {
  expect(parseTarget(text)).toEqual({ host, port });
});

const request = {
  requestId: 'R-1',
  revision: 1,
  tunnelId: 'TU-1',
  agentId: 'a',
  at: new Date(2026, 10, 21, 12, 1, 1).getTime(),
  kind: 'http' as const,
  method: 'POST',
  host: 'a.example',
  path: '/orders',
  remoteAddress: '192.0.2.7',
  status: 500 as number | null,
  error: null as string | null,
  open: false,
  durationMs: 212.4 as number | null,
  requestBytes: 4,
  responseBytes: 1_200,
  replayOf: null as string | null,
};

test('a request has a line', () => {
  expect(requestLine(request)).toBe('12:01:01  POST    /orders  500  212 ms  1.2 kB  192.0.2.7');
  expect(requestLine({ ...request, status: null, error: 'Gone.', replayOf: 'R-0', remoteAddress: null })).toBe(
    '12:01:01  POST    /orders  failed  212 ms  1.2 kB  -  replay of R-0  Gone.',
  );
  expect(requestLine({ ...request, kind: 'tcp', path: '', status: null, open: true, durationMs: null })).toBe(
    '12:01:01  tcp     -  open  …  4 B in, 1.2 kB out  192.0.2.7',
  );
});
