// @ts-check
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './paths.mjs';

/**
 * Arguments that hold back Electron's `ready` until Playwright listens. Playwright adds them only for a runtime that it
 * found by itself; without them, a window that opens while Playwright attaches is now and then never seen.
 *
 * @returns {string[]}
 */
export function playwrightLoader() {
  const manifest = createRequire(join(root, 'package.json')).resolve('playwright-core/package.json');
  return ['-r', join(dirname(manifest), 'lib', 'server', 'electron', 'loader.js')];
}
