// @ts-check
/** What keeps a window from opening on Linux, in words, found out before Electron prints a stack trace. */
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { capture } from './process.mjs';

/** Debian's package of each library that Electron is linked to. A name ends in `t64` on Debian 13 and Ubuntu 24.04. */
const packages = {
  'libasound.so.2': 'libasound2*',
  'libatk-1.0.so.0': 'libatk1.0-0*',
  'libatk-bridge-2.0.so.0': 'libatk-bridge2.0-0*',
  'libatspi.so.0': 'libatspi2.0-0*',
  'libcairo.so.2': 'libcairo2',
  'libcups.so.2': 'libcups2*',
  'libdbus-1.so.3': 'libdbus-1-3',
  'libdrm.so.2': 'libdrm2',
  'libexpat.so.1': 'libexpat1',
  'libgbm.so.1': 'libgbm1',
  'libgio-2.0.so.0': 'libglib2.0-0*',
  'libglib-2.0.so.0': 'libglib2.0-0*',
  'libgobject-2.0.so.0': 'libglib2.0-0*',
  'libgtk-3.so.0': 'libgtk-3-0*',
  'libnspr4.so': 'libnspr4',
  'libnss3.so': 'libnss3',
  'libnssutil3.so': 'libnss3',
  'libpango-1.0.so.0': 'libpango-1.0-0',
  'libsmime3.so': 'libnss3',
  'libudev.so.1': 'libudev1',
  'libX11.so.6': 'libx11-6',
  'libxcb.so.1': 'libxcb1',
  'libXcomposite.so.1': 'libxcomposite1',
  'libXdamage.so.1': 'libxdamage1',
  'libXext.so.6': 'libxext6',
  'libXfixes.so.3': 'libxfixes3',
  'libxkbcommon.so.0': 'libxkbcommon0',
  'libXrandr.so.2': 'libxrandr2',
};

/**
 * Why no window can be opened here; empty when nothing was found. Other systems than Linux always can.
 *
 * @param {string} executable Electron's program
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string[]>} lines for a person
 */
export async function findObstacles(executable, env = process.env) {
  if (process.platform !== 'linux') return [];
  return [...(await displayObstacles(env)), ...(await libraryObstacles(executable)), ...sandboxObstacles(executable)];
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string[]>}
 */
export async function displayObstacles(env) {
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return ['There is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set.'];
  const local = /^(?:unix)?:(\d+)(?:\.\d+)?$/.exec(env.DISPLAY ?? '');
  if (!env.WAYLAND_DISPLAY && local && !(await answers(`/tmp/.X11-unix/X${local[1]}`)))
    return [`The display ${env.DISPLAY} does not answer.`];
  return [];
}

/**
 * @param {string} path of a Unix socket
 * @returns {Promise<boolean>}
 */
function answers(path) {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** @param {string} executable */
async function libraryObstacles(executable) {
  const listed = await capture('ldd', [executable]).catch(() => undefined);
  const missing = listed ? missingLibraries(listed.stdout) : [];
  if (missing.length === 0) return [];
  const { known, unknown } = packagesOf(missing, usesLongTimeNames(readOsRelease()));
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return [
    `Electron needs system libraries that are not installed: ${missing.join(', ')}.`,
    ...(known.length > 0 ? [`On Debian and Ubuntu, install them with: ${sudo}apt-get install ${known.join(' ')}`] : []),
    ...(unknown.length > 0 ? [`Install the packages of your system that hold ${unknown.join(', ')}.`] : []),
  ];
}

/**
 * Names of the libraries that `ldd` could not find.
 *
 * @param {string} output
 */
export function missingLibraries(output) {
  return [...output.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '');
}

/**
 * @param {readonly string[]} libraries
 * @param {boolean} longTimeNames whether this system's packages were renamed for 64-bit time
 */
export function packagesOf(libraries, longTimeNames) {
  const names = /** @type {Record<string, string | undefined>} */ (packages);
  const known = libraries.flatMap((library) => names[library]?.replace('*', longTimeNames ? 't64' : '') ?? []);
  return { known: [...new Set(known)].sort(), unknown: libraries.filter((library) => !names[library]) };
}

/** @param {string} osRelease text of /etc/os-release */
export function usesLongTimeNames(osRelease) {
  const field = (/** @type {string} */ name) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const version = Number.parseFloat(field('VERSION_ID'));
  return field('ID') === 'ubuntu' ? version >= 24.04 : field('ID') === 'debian' && !(version < 13);
}

function readOsRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}

/**
 * Chromium's sandbox needs user namespaces or a helper that belongs to root. It is never switched off for an ordinary user.
 *
 * @param {string} executable
 */
function sandboxObstacles(executable) {
  if (process.getuid?.() === 0) return [];
  const read = (/** @type {string} */ path) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined);
  const refusing = [
    read('/proc/sys/kernel/unprivileged_userns_clone') === '0' && 'kernel.unprivileged_userns_clone=1',
    read('/proc/sys/user/max_user_namespaces') === '0' && 'user.max_user_namespaces=15000',
    read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1' && 'kernel.apparmor_restrict_unprivileged_userns=0',
  ].filter((setting) => setting !== false);
  if (refusing.length === 0) return [];
  return [
    "This system does not let ordinary users make the namespaces that Chromium's sandbox needs.",
    `Allow it with: sudo sysctl -w ${refusing.join(' ')}`,
    `Or give the helper to root: sudo chown root ${executable.replace(/electron$/, 'chrome-sandbox')} && sudo chmod 4755 ${executable.replace(/electron$/, 'chrome-sandbox')}`,
    'The installed package does the latter by itself.',
  ];
}
