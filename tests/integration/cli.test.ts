/** The command line, as people and scripts use it: real processes against a real node. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorCodes } from '../../src/common/errors.ts';
import { type HeadlessNode, runCommand, setUpAdmin, signIn, startHeadless } from '../helpers/headless-node.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { testCertificate, testCertificateKey } from '../helpers/test-certificate.ts';

const entry = join(import.meta.dirname, '../../src/main/cli/index.ts');

describe('with a running node', () => {
  let node: HeadlessNode;
  let data: readonly string[];

  beforeAll(async () => {
    // Without a console: whether there is a build is none of this test's business.
    node = await startHeadless(await mkdtemp(join(tmpdir(), 'signalbox-')), [
      '--no-console',
      '--set',
      'node.name=press-07',
      'http.maxSignInAttemptsPerMinute=50',
    ]);
    data = ['--data', node.dataFolder];
    await setUpAdmin(node, 'ada', 'correct horse');
  });

  afterAll(async () => {
    expect(await node.stop()).toBe(0);
    await rm(node.dataFolder, { recursive: true, force: true });
  });

  test('start prints the address and, while there is no administrator, a set-up link that works once', async () => {
    expect(node).toMatchObject({ name: 'press-07', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    expect(node.setupUrl).toMatch(new RegExp(`^${node.url}/setup#token=[\\w-]{22}$`));
    await signIn(node.url, 'ada', 'correct horse');
    await expect(setUpAdmin(node, 'eve', 'correct horse')).rejects.toThrow('401');
  });

  test('status says how the node is, in a table and as JSON', async () => {
    const text = await runCommand(['status', ...data]);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^node +press-07 \(n1\w{6}\)$/m);
    expect(text.stdout).toMatch(/^http +listening +127\.0\.0\.1/m);
    expect(text.stdout).not.toContain('\u001b');
    const json = await runCommand(['status', '--json', ...data]);
    expect(JSON.parse(json.stdout)).toMatchObject({ name: 'press-07', mode: 'headless' });
  });

  test('store keeps values from the command line, a file and stdin, and gives their bytes back as they were', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 27, 91, 50, 74]);
    const file = join(node.dataFolder, 'value.bin');
    await writeFile(file, bytes);
    const put = await runCommand(['store', 'put', 'recipe/9', '--file', file, ...data]);
    expect(put).toMatchObject({ code: 0, stdout: 'Stored recipe/9, version 1, 8 B.\n' });
    const copy = join(node.dataFolder, 'copy.bin');
    expect(await runCommand(['store', 'get', 'recipe/9', '--out', copy, ...data])).toMatchObject({ code: 0, stdout: '' });
    expect(await readFile(copy)).toEqual(bytes);
    expect((await runCommand(['store', 'put', 'site/contact', ...data], { input: 'Ines\n' })).code).toBe(0);
    expect((await runCommand(['store', 'get', 'site/contact', ...data])).stdout).toBe('Ines\n');
    expect(await runCommand(['store', 'put', 'site/contact', 'Jonas', '--if-version', '7', ...data])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^CONFLICT: site\/contact has version 1, not version 7/),
    });
    expect((await runCommand(['store', 'ls', 'site/', ...data])).stdout).toMatch(/^key .*\nsite\/contact +1 +5 B /);
    expect((await runCommand(['store', 'usage', ...data])).stdout).toMatch(/^own +2 +13 B$/m);
    expect((await runCommand(['store', 'rm', 'site/contact', '--yes', ...data])).stdout).toBe('Deleted site/contact.\n');
    expect(await runCommand(['store', 'get', 'site/contact', ...data])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^NOT_FOUND/),
    });
  });

  test('call takes params from the command line, a file and stdin', async () => {
    const file = join(node.dataFolder, 'params.json');
    await writeFile(file, '{"keys":["node.name"]}');
    const ways = [
      await runCommand(['call', 'config.get', '--params', '{"keys":["node.name"]}', '--json', ...data]),
      await runCommand(['call', 'config.get', '--params', `@${file}`, '--json', ...data]),
      await runCommand(['call', 'config.get', '--params', '-', '--json', ...data], { input: '{"keys":["node.name"]}' }),
    ];
    for (const { code, stdout } of ways) expect([code, JSON.parse(stdout)]).toEqual([0, { values: { 'node.name': 'press-07' } }]);
    const indented = await runCommand(['call', 'users.me', ...data]);
    expect(indented.stdout).toMatch(/^\{\n {2}"user": "cli@n1/);
  });

  test('exit codes say what went wrong, and the sentence goes to stderr', async () => {
    const [unknown, invalid, remote, usage, params] = await Promise.all([
      runCommand(['call', 'no.such', ...data]),
      runCommand(['call', 'logs.tail', '--params', '{"lines":0}', ...data]),
      runCommand(['call', 'system.info', '--node', 'elsewhere', ...data]),
      runCommand(['status', '--nonsense', ...data]),
      runCommand(['call', 'system.info', '--params', '[1', ...data]),
    ]);
    expect([unknown, invalid, remote, usage, params].map(({ code, stdout }) => [code, stdout])).toEqual([
      [1, ''],
      [1, ''],
      [3, ''],
      [2, ''],
      [2, ''],
    ]);
    expect(unknown?.stderr).toMatch(/^METHOD_NOT_FOUND: /);
    expect(invalid?.stderr).toMatch(/^INVALID_PARAMS: .*\n {2}\w+: /);
    const json = await runCommand(['call', 'no.such', '--json', ...data]);
    expect(errorCodes).toContain((JSON.parse(json.stderr) as { error: { code: string } }).error.code);
  });

  test('a token that is not good gives 4, and a viewer may not do everything', async () => {
    const folder = await temporaryFolder();
    const wrong = join(folder, 'wrong.token');
    await writeFile(wrong, 'nonsense\n');
    expect(await runCommand(['status', '--url', node.url, '--token-file', wrong])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('UNAUTHENTICATED'),
    });
    await runCommand(['users', 'add', 'vera', '--role', 'viewer', ...data], { input: 'correct horse\n' });
    const viewer = join(folder, 'vera.token');
    await writeFile(viewer, await signIn(node.url, 'vera', 'correct horse'));
    const as = ['--url', node.url, '--token-file', viewer];
    expect(await runCommand(['status', ...as])).toMatchObject({ code: 0 });
    expect(await runCommand(['users', 'list', ...as])).toMatchObject({ code: 4, stderr: expect.stringContaining('FORBIDDEN') });
    expect(await runCommand(['status', '--url', node.url])).toMatchObject({ code: 2, stderr: expect.stringContaining('--token-file') });
  });

  test('people are added, changed and removed; passwords come from stdin', async () => {
    const added = await runCommand(['users', 'add', 'bob', '--role', 'operator', ...data], { input: 'battery staple\n' });
    expect(added).toMatchObject({ code: 0, stdout: 'bob may sign in as operator.\n' });
    await signIn(node.url, 'bob', 'battery staple');
    expect(await runCommand(['users', 'set-role', 'bob', 'viewer', ...data])).toMatchObject({ code: 0 });
    expect(await runCommand(['users', 'set-password', 'bob', ...data], { input: 'new battery staple' })).toMatchObject({ code: 0 });
    await expect(signIn(node.url, 'bob', 'battery staple')).rejects.toThrow('401');
    await signIn(node.url, 'bob', 'new battery staple');
    const list = await runCommand(['users', 'list', ...data]);
    expect(list.stdout).toMatch(/^bob +viewer +1 +\d{4}-/m);
    expect(await runCommand(['users', 'remove', 'bob', ...data])).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(await runCommand(['users', 'remove', 'bob', '--yes', ...data])).toMatchObject({ code: 0 });
    expect(await runCommand(['users', 'remove', 'bob', '--yes', ...data])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NOT_FOUND'),
    });
    expect(await runCommand(['users', 'add', 'bob', ...data], { input: 'short\n' })).toMatchObject({ code: 2 });
    expect(await runCommand(['users', 'setup-link', ...data])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\/setup#token=/),
      stderr: expect.stringContaining('POST /setup'),
    });
  });

  test('settings are read, checked and changed', async () => {
    expect(await runCommand(['config', 'get', 'node.name', ...data])).toMatchObject({
      stdout: expect.stringMatching(/^node\.name +"press-07"$/m),
    });
    expect(await runCommand(['config', 'validate', 'http.port=70000', ...data])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('http.port'),
    });
    expect(await runCommand(['config', 'validate', 'http.port=7421', ...data])).toMatchObject({ code: 0 });
    expect(await runCommand(['config', 'set', 'logs.level=debug', ...data])).toMatchObject({ code: 0, stdout: 'In force: logs.level\n' });
    expect(await runCommand(['config', 'set', 'http.port=70000', ...data])).toMatchObject({ code: 1 });
    expect(await runCommand(['config', 'set', 'nonsense', ...data])).toMatchObject({ code: 2 });
    const schema = await runCommand(['config', 'schema', '--json', ...data]);
    expect(
      schema.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { key: string }).key),
    ).toContain('http.port');
  });

  test('subscribe prints NDJSON, stops after --count, and at Ctrl-C', async () => {
    const counted = await runCommand(['subscribe', '/stats', '--count', '1', '--json', ...data]);
    expect(counted.code).toBe(0);
    expect(JSON.parse(counted.stdout)).toMatchObject({ type: 'event', topic: '/stats' });
    const child = spawn(process.execPath, [entry, 'subscribe', '/stats', '--json', ...data]);
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');
    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).toBe(130);
  });

  test('a reader that has enough is no fault', async () => {
    const child = spawn(process.execPath, [entry, 'subscribe', '/stats', '--json', ...data]);
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += String(chunk);
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    await once(child, 'exit');
    expect(errors).toBe('');
  });

  test('logs and the audit table can be read', async () => {
    expect(await runCommand(['logs', ...data])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^http +\w+ +\d+ +\/logging\/http$/m),
    });
    const lines = await runCommand(['logs', 'http', '--json', ...data]);
    expect(JSON.parse(lines.stdout.split('\n')[0] ?? '')).toMatchObject({ log: 'http', event: 'http.listening' });
    const audit = await runCommand(['audit', '--act', 'setup', '--json', ...data]);
    expect(JSON.parse(audit.stdout.split('\n')[0] ?? '')).toMatchObject({ act: 'setup', outcome: expect.any(String) });
    expect((await runCommand(['audit', ...data])).stdout).toMatch(/^time +user +via +act +target +outcome +detail$/m);
  });

  test('a second node does not take the same data folder', async () => {
    const second = await runCommand(['start', '--port', '0', ...data]);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('in use by a node') });
  });

  test('a port in use is named, with the setting', async () => {
    const second = await runCommand(['start', '--port', new URL(node.url).port, '--data', await temporaryFolder()]);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringMatching(/Port \d+ .* http\.port/) });
  });

  test('restart goes on in the same process', async () => {
    expect(await runCommand(['call', 'node.restart', ...data])).toMatchObject({ code: 0 });
    expect(await node.nextLine()).toMatchObject({ event: 'stopped', restart: true });
    const again = await node.nextLine();
    expect(again).toMatchObject({ event: 'started', nodeId: node.nodeId });
    Object.assign(node, { url: again.url });
    expect(await runCommand(['status', ...data])).toMatchObject({ code: 0 });
  });
});

test('without a node every command says how to start one, with exit code 3', async () => {
  const folder = await temporaryFolder();
  const answer = await runCommand(['status', '--data', folder]);
  expect(answer).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining(`signalbox start --data ${folder}`) });
  // A node that was killed leaves its token behind.
  await writeFile(join(folder, 'cli.token'), JSON.stringify({ token: 'x', url: 'http://127.0.0.1:1' }));
  expect(await runCommand(['status', '--data', folder])).toMatchObject({ code: 3, stderr: expect.stringContaining('signalbox start') });
});

test('beyond this machine a node listens with its own certificate, which the command line compares once and then knows', async () => {
  const folder = await temporaryFolder();
  const node = await startHeadless(join(folder, 'data'), ['--host', '0.0.0.0']);
  expect(node.url).toMatch(/^https:/);
  expect(node.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  const status = await runCommand(['status', '--data', node.dataFolder]);
  expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining(node.fingerprint ?? '-') });

  // From another machine: a token without a certificate.
  const token = join(folder, 'token');
  const { token: text } = JSON.parse(await readFile(join(node.dataFolder, 'cli.token'), 'utf8')) as { token: string };
  await writeFile(token, text);
  const env = { XDG_CONFIG_HOME: join(folder, 'config') };
  const from = (...more: string[]) => runCommand(['call', 'users.me', '--url', node.url, '--token-file', token, ...more], { env });
  const first = await from();
  expect(first).toMatchObject({ code: 1, stderr: expect.stringContaining(`--pin ${node.fingerprint}`) });
  expect(await from('--pin', 'f'.repeat(64))).toMatchObject({ code: 1, stderr: expect.stringContaining(node.fingerprint ?? '-') });
  expect(await from('--pin', 'nonsense')).toMatchObject({ code: 2 });
  expect(await from('--pin', (node.fingerprint ?? '').toUpperCase())).toMatchObject({ code: 0 });
  expect(await from()).toMatchObject({ code: 0 });

  // Another certificate at the same address: refused with both prints until a person has compared the new one.
  const { port } = new URL(node.url);
  expect(await node.stop()).toBe(0);
  const other = await startHeadless(join(folder, 'other'), ['--host', '0.0.0.0', '--port', port]);
  const refused = await from();
  expect(refused.code).toBe(1);
  for (const print of [node.fingerprint, other.fingerprint]) expect(refused.stderr).toContain(print ?? '-');
  expect(await other.stop()).toBe(0);
  const again = await startHeadless(join(folder, 'data'), ['--host', '0.0.0.0', '--port', port]);
  expect(again.fingerprint).toBe(node.fingerprint);
  expect(await again.stop()).toBe(0);
});

test('files that are given are used, and the token file trusts exactly them', async () => {
  const folder = await temporaryFolder();
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(certFile, testCertificate);
  await writeFile(keyFile, testCertificateKey);
  const files = ['--set', `http.tlsCertFile=${certFile}`, `http.tlsKeyFile=${keyFile}`];
  const node = await startHeadless(join(folder, 'data'), ['--host', '0.0.0.0', ...files]);
  expect(await runCommand(['status', '--data', node.dataFolder])).toMatchObject({ code: 0, stdout: expect.stringContaining('from files') });
  expect(await node.stop()).toBe(0);
  await writeFile(keyFile, 'no key');
  const refused = await runCommand(['start', '--data', node.dataFolder, '--port', '0', ...files]);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('http.tlsKeyFile') });
});

test('plain HTTP beyond this machine is for those who ask for it, and the node warns for as long', async () => {
  const node = await startHeadless(await temporaryFolder(), ['--host', '0.0.0.0', '--set', 'http.tls=off']);
  expect(node).toMatchObject({ url: expect.stringMatching(/^http:/), fingerprint: null });
  const { stdout } = await runCommand(['status', '--data', node.dataFolder]);
  expect(stdout).toContain('listens without TLS beyond this machine');
  expect(await node.stop()).toBe(0);
});

test('help, method help and the list of methods come from the contract', async () => {
  const [help, method, list, unknown, nothing] = await Promise.all([
    runCommand(['--help']),
    runCommand(['help', 'logs.tail']),
    runCommand(['call', '--list', '--json']),
    runCommand(['help', 'no.such']),
    runCommand([]),
  ]);
  expect(help.stdout).toMatch(/Exit codes:\n +0 {2}done/);
  expect(nothing).toEqual(help);
  expect(method.stdout).toMatch(/^lines +integer +no \(200\)/m);
  expect(
    list.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { method: string }).method),
  ).toContain('users.setRole');
  expect(unknown.code).toBe(2);
});

test('completion scripts name commands and methods, and bash accepts its own', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await runCommand(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toContain('set-password');
    expect(stdout).toContain('system.info');
  }
  if (process.platform !== 'linux') return;
  const { stdout } = await runCommand(['completion', 'bash']);
  const ask = (words: string) =>
    new Promise<string>((resolve, reject) => {
      const script = `${stdout}\nCOMP_WORDS=(signalbox ${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _signalbox; echo "\${COMPREPLY[@]}"`;
      const child = spawn('bash', ['-c', script]);
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += String(chunk);
      });
      child.on('error', reject);
      child.on('close', () => resolve(text.trim()));
    });
  expect(await ask('users set-')).toBe('set-role set-password');
  expect(await ask('call system.i')).toBe('system.info');
  expect(await ask('tunnel token create --leg')).toBe('--legacy');
  expect(await ask("users set-role ada --json ''")).toContain('operator');
});

test('the self-test passes', async () => {
  const { code, stdout } = await runCommand(['self-test', '--json']);
  expect(code).toBe(0);
  for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ passed: true });
});

test('a damaged file stops the start, is named, and rescue copies it and moves it aside', async () => {
  const folder = await temporaryFolder();
  const first = await startHeadless(folder);
  expect(await first.stop()).toBe(0);
  await writeFile(join(folder, 'config.json'), '{"node.name": tru');
  const start = await runCommand(['start', '--data', folder]);
  expect(start).toMatchObject({ code: 6, stderr: expect.stringContaining(join(folder, 'config.json')) });
  expect(start.stderr).toContain('signalbox rescue');
  const inspected = await runCommand(['rescue', 'inspect', '--data', folder]);
  expect(inspected).toMatchObject({ code: 6, stdout: expect.stringMatching(/config\.json .*damaged: /) });
  expect(inspected.stdout).toMatch(/node\.db .*whole/);
  const copied = await runCommand(['rescue', 'backup', '--json', '--data', folder]);
  const { folder: copy } = JSON.parse(copied.stdout) as { folder: string };
  expect(await readdir(copy)).toEqual(expect.arrayContaining(['config.json', 'node.db', 'identity.json']));
  expect(await runCommand(['rescue', 'reset', 'config.json', '--data', folder])).toMatchObject({ code: 2 });
  expect(await runCommand(['rescue', 'reset', 'config.json', '--yes', '--data', folder])).toMatchObject({ code: 0 });
  const again = await startHeadless(folder);
  expect(again.nodeId).toBe(first.nodeId);
  expect(await again.stop()).toBe(0);
});
