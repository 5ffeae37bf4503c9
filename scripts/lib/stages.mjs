// @ts-check
/** The stages of `npm test`, in order. Each is a program; those that run tests also say how many, and which failed. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureElectron } from './electron-runtime.mjs';
import { failedInPlaywright, firstLine } from './failed-tests.mjs';
import { root } from './paths.mjs';
import { capture, runKeeping } from './process.mjs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 *
 * @typedef {object} Stage
 * @property {string} name for `--only`
 * @property {string} title
 * @property {boolean} [needsBuild]
 * @property {boolean} [besideNext] it keeps one processor busy, and so does the next one: both run at the same time
 * @property {() => string | undefined} [skipReason] why it cannot run on this machine
 * @property {() => Promise<Outcome>} run
 *
 * @typedef {object} Outcome
 * @property {boolean} ok
 * @property {Counts | undefined} [counts]
 * @property {readonly import('./failed-tests.mjs').Failure[] | undefined} [failures]
 */

const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
const results = join(root, 'test-results');
const fuzzer = join(root, 'tests', 'fuzz', 'main.ts');
const simulator = join(root, 'tests', 'simulation', 'main.ts');
const typeProjects = ['common', 'node', 'preload', 'web', 'e2e'];

/** @type {readonly Stage[]} */
export const stages = [
  { name: 'lint', title: 'Format and lint', besideNext: true, run: () => tool('biome', ['check', '.']) },
  { name: 'types', title: 'Types', besideNext: true, run: checkTypes },
  { name: 'imports', title: 'Import rule', run: () => tool('depcruise', ['src', '--config', '.dependency-cruiser.mjs']) },
  { name: 'unit', title: 'Unit tests', run: () => vitest('unit') },
  {
    name: 'fuzz',
    title: 'Hostile inputs for a minute, always the same',
    besideNext: true,
    run: () => program(process.execPath, [fuzzer]),
  },
  {
    name: 'simulation',
    title: 'Simulated groups of the queue broker for a minute',
    run: () => program(process.execPath, [simulator, '--seconds', '60']),
  },
  { name: 'integration', title: 'Conformance and integration tests', run: () => vitest('integration') },
  {
    name: 'federation',
    title: 'Federation, over a real Mosquitto',
    skipReason: missingMosquitto,
    run: () => vitest('federation'),
  },
  { name: 'build', title: 'Build', run: runBuild },
  { name: 'size', title: 'Size of the pages', needsBuild: true, run: () => script('check-bundle-size.mjs') },
  {
    name: 'e2e-electron',
    title: 'Desktop application, in Electron',
    needsBuild: true,
    besideNext: true,
    skipReason: missingDisplay,
    run: () => playwright('electron'),
  },
  {
    name: 'e2e-chromium',
    title: "Console in a browser, in the system's Chromium",
    needsBuild: true,
    skipReason: () => missing('/usr/bin/chromium', 'chromium'),
    run: () => playwright('chromium'),
  },
  { name: 'self-test', title: 'Cryptography and SQLite in the Electron runtime', needsBuild: true, run: selfTest },
  {
    name: 'unit-electron',
    title: 'Parsers and sockets of tunnels in the Electron runtime, whose Node is older than the one of other tests',
    run: () => vitestInElectron(['tests/unit/main/node/tunnel/gateway/front', 'tests/unit/main/node/tunnel/agent/origin']),
  },
  {
    name: 'package',
    title: 'Packages: build, install, start, call, remove',
    needsBuild: true,
    skipReason: () =>
      missing('/usr/bin/dpkg-deb', 'dpkg') ??
      missing('/usr/bin/rpmbuild', 'rpm') ??
      missingDisplay() ??
      (process.getuid?.() === 0 ? undefined : 'installing a package needs root'),
    run: () => script('smoke-package.mjs'),
  },
];

/**
 * @param {string} path
 * @param {string} packageName
 */
function missing(path, packageName) {
  return existsSync(path) ? undefined : `${path} is not here (Debian package ${packageName})`;
}

function missingMosquitto() {
  return missing('/usr/sbin/mosquitto', 'mosquitto') ?? missing('/usr/bin/mosquitto_sub', 'mosquitto-clients');
}

function missingDisplay() {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return undefined;
  return missing('/usr/bin/xvfb-run', 'xvfb');
}

/**
 * A program that says in its last lines why it failed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<Outcome>}
 */
async function program(command, args, options) {
  const { code, lastLines } = await runKeeping(command, args, options);
  if (code === 0) return { ok: true };
  const said = lastLines.map((line) => ({ file: '', title: firstLine(line), error: '' }));
  return { ok: false, failures: [...said, { file: '', title: `ended with exit code ${code}`, error: '' }] };
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function tool(name, args, env = process.env) {
  return program(bin(name), args, { env, shell: process.platform === 'win32' });
}

/** @param {string} name */
function script(name) {
  return program(process.execPath, [join(root, 'scripts', name)]);
}

/** @returns {Promise<Outcome>} */
async function runBuild() {
  const code = await build(['--logLevel', 'warn']);
  return code === 0 ? { ok: true } : { ok: false, failures: [{ file: '', title: `ended with exit code ${code}`, error: '' }] };
}

async function checkTypes() {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const project of typeProjects) outcomes.push(await tool('tsc', ['-p', `tsconfig.${project}.json`]));
  return { ok: outcomes.every(({ ok }) => ok), failures: outcomes.flatMap(({ failures }) => failures ?? []) };
}

/** @param {string} project */
function vitest(project) {
  return reportedVitest(`vitest-${project}.json`, (args, env) => tool('vitest', ['run', '--project', project, ...args], env));
}

/** Unit tests in the Node that the desktop application runs on. @param {readonly string[]} folders */
async function vitestInElectron(folders) {
  const { executable } = await ensureElectron();
  const runner = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  return reportedVitest('vitest-electron.json', (args, env) =>
    program(executable, [runner, 'run', '--project', 'unit', ...args, ...folders], { env: { ...env, ELECTRON_RUN_AS_NODE: '1' } }),
  );
}

/**
 * @param {string} reportName
 * @param {(args: readonly string[], env: NodeJS.ProcessEnv) => Promise<Outcome>} run
 */
async function reportedVitest(reportName, run) {
  const report = reportFile(reportName);
  const reporter = join(root, 'scripts', 'lib', 'vitest-report.mjs');
  const done = await run(['--reporter=default', `--reporter=${reporter}`], { ...process.env, SIGNALBOX_TEST_REPORT: report });
  /** @type {import('./vitest-report.mjs').Report | undefined} */
  const read = readReport(report);
  return withReport(done, read?.counts, read?.failures);
}

/** @param {string} project */
async function playwright(project) {
  const runtime = await ensureElectron();
  const report = reportFile(`playwright-${project}.json`);
  const env = { ...process.env, SIGNALBOX_ELECTRON: runtime.executable, PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  // A run empties its folder of results when it begins, and two may run at once.
  const args = ['test', '--project', project, '--reporter=list,json', '--output', join(results, `e2e-${project}`)];
  const done = await program(...withDisplay(bin('playwright'), args), { env, shell: process.platform === 'win32' });
  /** @type {import('@playwright/test/reporter').JSONReport | undefined} */
  const read = readReport(report);
  if (!read) return done;
  const { expected, unexpected, flaky, skipped } = read.stats;
  // A test that passed only when it was tried again counts as failed; none is tried again.
  return withReport(done, { passed: expected, failed: unexpected + flaky, skipped }, failedInPlaywright(read));
}

/**
 * What a test runner's report says goes before its last lines, which say it only where it names nothing.
 *
 * @param {Outcome} done
 * @param {Counts} [counts]
 * @param {Outcome['failures']} [failures]
 * @returns {Outcome}
 */
function withReport(done, counts, failures) {
  return { ok: done.ok, counts, failures: failures && failures.length > 0 ? failures : done.failures };
}

async function selfTest() {
  const runtime = await ensureElectron();
  const flags = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const done = await capture(runtime.executable, [...flags, root, 'self-test', '--json']);
  /** @type {{ name: string, passed: boolean, detail: string }[]} */
  const checks = parseChecks(done.stdout);
  for (const check of checks) console.log(`${check.passed ? 'ok  ' : 'FAIL'} ${check.name}: ${check.detail}`);
  const passed = checks.filter((check) => check.passed).length;
  const ok = done.code === 0 && checks.length > 0 && passed === checks.length;
  if (!ok) console.log(done.stdout, done.stderr);
  const failures = checks.filter((check) => !check.passed).map(({ name, detail }) => ({ file: '', title: name, error: detail }));
  return { ok, counts: { passed, failed: checks.length - passed, skipped: 0 }, failures };
}

/** One check a line; anything else that the runtime prints is passed over. @param {string} text */
function parseChecks(text) {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/**
 * Wraps a program in a display of its own where there is Xvfb, so that tests neither need a screen nor show on one.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {[string, string[]]}
 */
export function withDisplay(command, args) {
  const xvfb = '/usr/bin/xvfb-run';
  if (process.platform !== 'linux' || !existsSync(xvfb)) return [command, [...args]];
  return [xvfb, ['-a', '-s', '-screen 0 1600x1000x24', command, ...args]];
}

/** @param {string} name */
function reportFile(name) {
  mkdirSync(results, { recursive: true });
  const file = join(results, name);
  rmSync(file, { force: true });
  return file;
}

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
