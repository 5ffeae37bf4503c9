import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { MethodName, ParamsOf, ResultOf } from '../../src/common/contract/index.ts';
import type { Principal } from '../../src/common/roles.ts';
import { DamagedFileError } from '../../src/main/node/damaged-file-error.ts';
import { createPassphraseStore } from '../../src/main/node/identity/index.ts';
import { createNode, type SignalboxNode } from '../../src/main/node/node.ts';
import type { NodeOptions } from '../../src/main/node/node-foundation.ts';
import { backup, inspect, reset } from '../../src/main/node/rescue.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

interface NodeProcess {
  readonly child: ChildProcess;
  readonly nodeId: string;
  readonly url: string;
  call<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>>;
  /** Asks the node to stop; resolves with the exit code of the process, which must end by itself. */
  stop(): Promise<number | null>;
}

async function startProcess(dataFolder: string): Promise<NodeProcess> {
  const child = fork(join(import.meta.dirname, '../helpers/node-process.ts'), [dataFolder], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`The node's process ended with ${code}.`)));
  const [{ nodeId, url }] = (await Promise.race([once(child, 'message'), ended])) as [{ nodeId: string; url: string }];
  ended.catch(() => undefined);
  return {
    child,
    nodeId,
    url,
    call: async (call, params) => {
      child.send({ call, params });
      const [{ answer }] = await once(child, 'message');
      return answer;
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.send({ stop: true });
      const [code] = await gone;
      return code;
    },
  };
}

const admin: Principal = { user: 'local@node', roles: ['admin'], via: 'ipc' };

async function nodeIn(dataFolder: string, options: Partial<NodeOptions> = {}): Promise<SignalboxNode> {
  const node = await createNode({
    dataFolder,
    mode: 'headless',
    overrides: { 'http.port': 0 },
    onRestart: () => undefined,
    environment: {},
    ...options,
  });
  onTestFinished(() => node.stop());
  return node;
}

const sha256 = 'a'.repeat(64);

test('a node starts, answers, stops without leaving anything behind, and is the same when it starts again', async () => {
  const folder = await temporaryFolder();
  const first = await startProcess(folder);
  await first.call('users.add', { username: 'ada', passwordSha256: sha256, role: 'admin' });
  await first.call('config.set', { values: { 'node.name': 'press-07' } });
  await first.call('workspace.put', { kind: 'request', id: 'r1', value: { method: 'system.info' } });
  expect(await (await fetch(`${first.url}/health`)).json()).toMatchObject({ name: 'press-07' });
  expect(await readdir(folder)).toContain('cli.token');
  expect(await first.stop()).toBe(0);
  await expect(fetch(`${first.url}/health`)).rejects.toThrow();
  expect((await readdir(folder)).sort()).toEqual([
    'config.json',
    'identity.json',
    'identity.key',
    'ledger.db',
    'logs',
    'node.db',
    'node.lock',
  ]);

  const second = await startProcess(folder);
  expect(second.nodeId).toBe(first.nodeId);
  expect(await second.call('node.status', {})).toMatchObject({ name: 'press-07', nodeId: first.nodeId });
  expect((await second.call('users.list', {})).users).toMatchObject([{ username: 'ada', role: 'admin' }]);
  expect((await second.call('workspace.list', { kind: 'request' })).items).toMatchObject([{ id: 'r1' }]);
  const { entries } = await second.call('audit.list', {});
  expect(entries.map(({ act }) => act)).toEqual(['config.set', 'users.add']);
  expect(JSON.stringify(entries)).not.toContain(sha256);
  expect(await readFile(join(folder, 'logs', 'node.log'), 'utf8')).not.toContain(sha256);
  expect(await second.stop()).toBe(0);
});

test('after kill -9 the node starts again with everything it had acknowledged', async () => {
  const folder = await temporaryFolder();
  const first = await startProcess(folder);
  await first.call('users.add', { username: 'ada', passwordSha256: sha256, role: 'admin' });
  await first.call('config.set', { values: { 'node.name': 'press-07' } });
  const gone = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await gone;

  const second = await startProcess(folder);
  expect([second.nodeId, (await second.call('node.status', {})).name]).toEqual([first.nodeId, 'press-07']);
  expect((await second.call('users.list', {})).users).toMatchObject([{ username: 'ada' }]);
  expect(await second.stop()).toBe(0);
});

test('a second node on the same folder is refused with the process of the first', async () => {
  const folder = await temporaryFolder();
  const first = await startProcess(folder);
  await expect(nodeIn(folder)).rejects.toMatchObject({ code: 'CONFLICT', data: { pid: first.child.pid } });
  expect(await first.stop()).toBe(0);
  await (await nodeIn(folder)).start();
});

test('a restart is asked of the host after the caller has its answer', async () => {
  const reasons: string[] = [];
  const node = await nodeIn(await temporaryFolder(), { onRestart: (reason) => reasons.push(reason) });
  await node.start();
  expect(await node.router.call('node.restart', { reason: 'new port' }, { principal: admin })).toEqual({ accepted: true });
  await new Promise((resolve) => setImmediate(resolve));
  expect(reasons).toEqual(['new port']);
});

test('the status names every problem: plain key, settings that do not count', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'config.json'), JSON.stringify({ version: 1, values: { 'http.tlsCertFile': '/a.pem', 'no.such': 1 } }));
  const node = await nodeIn(folder);
  await node.start();
  const call = <M extends MethodName>(method: M, params: ParamsOf<M>) => node.router.call(method, params, { principal: admin });
  const status = await call('node.status', {});
  expect(status.problems.map(({ id }) => id).sort()).toEqual(['config.ignored', 'identity.plainKey']);
  expect(status).toMatchObject({
    state: 'warn',
    mode: 'headless',
    listeners: [{ name: 'http', address: '127.0.0.1', state: 'listening' }],
  });
  await call('config.set', { values: { 'http.tlsCertFile': null, 'no.such': null, 'logs.level': 'debug' } });
  expect((await call('node.status', {})).problems.map(({ id }) => id)).toEqual(['identity.plainKey']);
  expect((await call('logs.list', {})).every(({ level }) => level === 'debug')).toBe(true);
  await expect(call('config.get', { keys: ['no.such'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await call('config.get', { keys: ['logs.level'] })).toEqual({ values: { 'logs.level': 'debug' } });
  const told = await call('logs.tail', { name: 'node' });
  expect(told.entries.filter(({ event }) => event?.startsWith('node.problem')).map(({ event, fields }) => [event, fields.id])).toEqual([
    ['node.problem', 'identity.plainKey'],
    ['node.problem', 'config.ignored'],
    ['node.problemOver', 'config.ignored'],
  ]);
  const metrics = await (await fetch(`${node.http.url}/metrics`)).text();
  expect(metrics).toMatch(/^signalbox_problems_warn 1$/m);
  expect(metrics).toMatch(/^signalbox_audit_records_lost 0$/m);
});

test('a taken port is a problem of a desktop node and the end of a headless one, which leaves nothing running', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const overrides = { 'http.port': port };
  const desktop = await nodeIn(await temporaryFolder(), { mode: 'desktop', overrides });
  await desktop.start();
  const status = await desktop.router.call('node.status', {}, { principal: admin });
  expect(status.listeners).toMatchObject([{ state: 'failed', port, detail: expect.stringContaining(String(port)) }]);
  expect(status.problems.map(({ id }) => id)).toContain('http.notListening');

  const folder = await temporaryFolder();
  const headless = await nodeIn(folder, { overrides });
  await expect(headless.start()).rejects.toMatchObject({ code: 'CONFLICT' });
  const again = await nodeIn(folder, { overrides: { 'http.enabled': false } });
  await again.start();
  expect((await again.router.call('node.status', {}, { principal: admin })).listeners).toMatchObject([{ state: 'off' }]);
});

test('a damaged file stops the start, typed; after backup and reset the node starts with a new one', async () => {
  const folder = await temporaryFolder();
  const whole = await nodeIn(folder);
  await whole.start();
  await whole.stop();
  for (const [name, kind] of [
    ['config.json', 'settings'],
    ['node.db', 'database'],
    ['identity.json', 'identity'],
  ] as const) {
    const garbage = `${name} was here `.repeat(300);
    await writeFile(join(folder, name), garbage);
    const failure = await nodeIn(folder)
      .then((node) => node.start())
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DamagedFileError);
    expect(failure).toMatchObject({ kind, file: join(folder, name) });
    expect(await readFile(join(folder, name), 'utf8')).toBe(garbage);

    expect((await inspect(folder)).filter(({ damage }) => damage !== null).map((report) => report.kind)).toEqual([kind]);
    const copy = await backup(folder);
    const aside = await reset(folder, name);
    for (const file of [join(copy, name), aside]) expect(await readFile(file, 'utf8')).toBe(garbage);
    const node = await nodeIn(folder);
    await node.start();
    await node.stop();
  }
});

test('a node that was made and never started gives the folder back', async () => {
  const folder = await temporaryFolder();
  const node = await nodeIn(folder);
  await node.stop();
  await node.stop();
  await (await nodeIn(folder)).start();
});

test('a node starts in its folder many times in one process without leaving threads, sockets or timers', async () => {
  const folder = await temporaryFolder();
  // A histogram of the event loop that was stopped is there until it is collected.
  const left = () => process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|Timeout|Immediate|IntervalHistogram)/.test(name));
  for (let round = 0; round < 3; round++) {
    const node = await nodeIn(folder);
    await node.start();
    await fetch(`${node.http.url}/health`);
    await node.stop();
    // What has ended is forgotten by the process a few turns later.
    await expect.poll(left).toEqual([]);
  }
});

test('a set-up link has an address only where the console is served', async () => {
  const bare = await nodeIn(await temporaryFolder());
  await bare.start();
  const link = await bare.router.call('users.setupLink', {}, { principal: admin });
  expect(link).toMatchObject({ url: null, path: expect.stringContaining('/setup#token=') });
  const served = await nodeIn(await temporaryFolder(), { consoleFolder: await temporaryFolder() });
  await served.start();
  const { url, path } = await served.router.call('users.setupLink', {}, { principal: admin });
  expect(url).toBe(`${served.http.url}${path}`);
});

test('a node that a passphrase protected moves to a key store when there is one, and has the same key and group key', async () => {
  const folder = await temporaryFolder();
  const environment = { SIGNALBOX_PASSPHRASE: 'four words of a person' };
  const before = await nodeIn(folder, { environment });
  await before.start();
  await before.router.call('membership.create', { name: 'North yard' }, { principal: admin });
  await before.stop();
  // Like a keyring it opens nothing that it has not wrapped itself.
  const secrets = { ...createPassphraseStore('the keyring of a desktop'), name: 'safe-storage' };
  const after = await nodeIn(folder, { environment, secrets });
  expect(after.nodeId).toBe(before.nodeId);
  expect(JSON.parse(await readFile(join(folder, 'identity.json'), 'utf8'))).toMatchObject({ store: 'safe-storage' });
  await after.start();
  expect(await after.router.call('membership.rotation', {}, { principal: admin })).toMatchObject({ epoch: 1, state: 'idle' });
});
