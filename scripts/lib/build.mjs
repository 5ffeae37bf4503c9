// @ts-check
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './paths.mjs';
import { run } from './process.mjs';

/** Written last, so that it says "complete" and when. */
const stamp = join(root, 'out', 'build-stamp');
const sources = ['src', 'electron.vite.config.ts', 'package.json', 'package-lock.json'];

/** True when there is no complete build, or something of it was changed, added or deleted since. */
export function isBuildStale() {
  if (!existsSync(stamp)) return true;
  const builtMs = statSync(stamp).mtimeMs;
  return sources.some((name) => newestMs(join(root, name)) > builtMs);
}

/**
 * Builds main process, preload and pages into `out`.
 *
 * @param {readonly string[]} [args] for electron-vite
 * @returns {Promise<number>} the exit code
 */
export async function build(args = []) {
  rmSync(stamp, { force: true });
  // Taken before the build: a source that is saved while it runs makes the build stale.
  const startedAt = new Date();
  const code = await run(process.execPath, [electronVite(), 'build', ...args]);
  if (code === 0) writeFileSync(stamp, `${startedAt.toISOString()}\n`);
  return code;
}

/** The program of electron-vite. */
export function electronVite() {
  return join(dirname(createRequire(join(root, 'package.json')).resolve('electron-vite/package.json')), 'bin', 'electron-vite.js');
}

/** A folder's own time changes when a file in it is added or deleted. @param {string} path @returns {number} */
function newestMs(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
