/** `signalbox gateway` and `signalbox tunnel connect`, as people use them: real processes, a real service, real requests. */
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../helpers/headless-node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { askThrough, type GatewayProcess, startForeground, startGatewayProcess } from '../../helpers/tunnel-commands.ts';

interface Token {
  readonly tokenId: string;
  readonly secret: string;
}

let gateway: GatewayProcess;
let service: Server;
let to: string;
let finish: () => void = () => undefined;

beforeAll(async () => {
  gateway = await startGatewayProcess();
  service = createServer((request, response) => {
    if (request.url === '/slow') {
      response.write('begun ');
      finish = () => response.end('done');
      return;
    }
    response.statusCode = request.url === '/missing' ? 404 : 200;
    response.end(`hello from ${request.headers.host}`);
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  to = `127.0.0.1:${(service.address() as AddressInfo).port}`;
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  service.closeAllConnections();
  service.close();
});

async function newToken(...args: string[]): Promise<Token> {
  const { code, stdout, stderr } = await runCommand(['tunnel', 'token', 'create', 'Test', '--json', ...args, ...gateway.at]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Token;
}

function connectArgs({ tokenId }: Token, id: string, ...more: string[]): string[] {
  return ['tunnel', 'connect', '--gateway', gateway.agentsUrl, '--token', tokenId, '--id', id, '--to', to, ...more];
}

test('connect prints the address, then a line a request, and ends with Ctrl-C', async () => {
  const token = await newToken('--names', 'press-*');
  const agent = startForeground(connectArgs(token, 'press-07'), { SIGNALBOX_TUNNEL_SECRET: token.secret });
  const url = await agent.nextLine();
  expect(url).toBe(`http://press-07.localhost:${gateway.publicPort}/`);
  expect(await askThrough(url, { path: '/orders?token=abc' })).toEqual({ status: 200, text: `hello from ${to}` });
  expect(await agent.nextLine()).toMatch(
    /^\d\d:\d\d:\d\d {2}GET {5}\/orders\?token=\[redacted\] {2}200 {2}[\d.]+ ms {2}\d+ B {2}127\.0\.0\.1$/,
  );
  expect(await askThrough(url, { path: '/missing' })).toMatchObject({ status: 404 });
  expect(await agent.nextLine()).toContain('/missing  404');

  agent.interrupt();
  expect(await agent.ended).toMatchObject({ code: 0, stderr: expect.stringContaining('The tunnel has ended.') });
});

test('Ctrl-C lets what is under way end', async () => {
  const token = await newToken();
  const agent = startForeground(connectArgs(token, 'drain', '--json'), { SIGNALBOX_TUNNEL_SECRET: token.secret });
  const { publicUrls, exposure } = await agent.nextEvent('up');
  expect(exposure).toBe('thisMachine');
  const begun = new Promise<void>((resolve) => service.once('request', () => resolve()));
  const answer = askThrough((publicUrls as string[])[0] ?? '', { path: '/slow' });
  await begun;
  agent.interrupt();
  finish();
  expect(await answer).toEqual({ status: 200, text: 'begun done' });
  expect(await agent.nextEvent('request')).toMatchObject({ path: '/slow', status: 200, open: false });
  await agent.nextEvent('stopped');
  expect((await agent.ended).code).toBe(0);
});

test('the secret comes from a file or a pipe; on the command line it is warned of', async () => {
  const token = await newToken();
  const file = join(await temporaryFolder(), 'secret');
  await writeFile(file, `${token.secret}\n`);
  const fromFile = startForeground(connectArgs(token, 'one', '--secret-file', file));
  expect(await fromFile.nextLine()).toContain('http://one.localhost');
  fromFile.interrupt();
  expect((await fromFile.ended).stderr).not.toContain('command line');

  const given = startForeground(connectArgs(token, 'two', '--secret', token.secret));
  expect(await given.nextLine()).toContain('http://two.localhost');
  given.interrupt();
  const { stderr } = await given.ended;
  expect(stderr).toContain('can be seen by other users of this machine');
  expect(stderr).not.toContain(token.secret);
});

test('a name and a password keep others out', async () => {
  const token = await newToken();
  const env = { SIGNALBOX_TUNNEL_SECRET: token.secret, SIGNALBOX_TUNNEL_PASSWORD: 'correct horse' };
  const agent = startForeground(connectArgs(token, 'closed', '--basic-auth', 'ada'), env);
  const url = await agent.nextLine();
  expect(await askThrough(url)).toMatchObject({ status: 401 });
  const credentials = Buffer.from('ada:correct horse').toString('base64');
  expect(await askThrough(url, { headers: { Authorization: `Basic ${credentials}` } })).toMatchObject({ status: 200 });
  agent.interrupt();
  await agent.ended;
});

test('what cannot succeed ends with why, and an exit code for it', async () => {
  const token = await newToken('--names', 'press-07');
  const wrong = await runCommand([...connectArgs(token, 'press-07')], { env: { SIGNALBOX_TUNNEL_SECRET: 'a'.repeat(43) } });
  expect(wrong).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('UNAUTHENTICATED') });
  const otherName = await runCommand(connectArgs(token, 'mill-02'), { env: { SIGNALBOX_TUNNEL_SECRET: token.secret } });
  expect(otherName).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('FORBIDDEN') });
});

test('a token that is revoked ends the tunnel at once', async () => {
  const token = await newToken();
  const agent = startForeground(connectArgs(token, 'revoked', '--json'), { SIGNALBOX_TUNNEL_SECRET: token.secret });
  await agent.nextEvent('up');
  const sessions = await runCommand(['tunnel', 'sessions', '--json', ...gateway.at]);
  expect(JSON.parse(sessions.stdout)).toMatchObject({ agentId: 'revoked', state: 'up', tokenId: token.tokenId });
  const revoked = await runCommand(['tunnel', 'token', 'revoke', token.tokenId, '--yes', ...gateway.at]);
  expect(revoked).toMatchObject({ code: 0, stdout: `Revoked ${token.tokenId}; 1 session was closed.\n` });
  const { code, stderr } = await agent.ended;
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/REVOKED|UNAUTHENTICATED/);
});

test('a gateway says how to connect an agent, without a secret', async () => {
  const other = startForeground([
    ...['gateway', '--data', await temporaryFolder(), '--no-console', '--port', '0', '--set', 'links.discovery=off'],
    ...['--agents', '127.0.0.1:0', '--public', '127.0.0.1:0', '--domain', 'gw.example.com'],
  ]);
  const said: string[] = [];
  while (said.at(-1) !== 'Stop with Ctrl-C.') said.push(await other.nextLine());
  const text = said.join('\n');
  expect(text).toMatch(/^agents +ws:\/\/127\.0\.0\.1:\d+/m);
  expect(text).toMatch(/^clients +http:\/\/NAME\.gw\.example\.com:\d+/m);
  expect(text).toContain('signalbox tunnel token create TITLE --data');
  other.interrupt();
  expect((await other.ended).code).toBe(0);
});
