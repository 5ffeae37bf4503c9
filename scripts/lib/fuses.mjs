// @ts-check
/** Electron's fuses of the installed program (security.md 4.1): switches in the binary that nothing can turn back at run time. */

/**
 * Every fuse with its value, in the order of the wire.
 *
 * @param {NodeJS.Platform} platform that the package is for
 */
export function fuseWire(platform) {
  const hasAsarIntegrity = platform === 'darwin' || platform === 'win32';
  return /** @type {const} */ ([
    ['runAsNode', false],
    ['enableCookieEncryption', true],
    ['enableNodeOptionsEnvironmentVariable', false],
    ['enableNodeCliInspectArguments', false],
    ['enableEmbeddedAsarIntegrityValidation', hasAsarIntegrity],
    ['onlyLoadAppFromAsar', true],
    ['loadBrowserProcessSpecificV8Snapshot', false],
    ['grantFileProtocolExtraPrivileges', false],
  ]);
}

/**
 * The same for electron-builder.
 *
 * @param {NodeJS.Platform} platform
 */
export function fuseOptions(platform) {
  return Object.fromEntries(fuseWire(platform));
}
