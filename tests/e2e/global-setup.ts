import { build, isBuildStale } from '../../scripts/lib/build.mjs';
import { ensureElectron } from '../../scripts/lib/electron-runtime.mjs';

/** Makes sure of the build and of the runtime, and tells the tests where the latter is. */
// biome-ignore lint/style/noDefaultExport: Playwright calls the default export.
export default async function globalSetup(): Promise<void> {
  if (isBuildStale() && (await build(['--logLevel', 'warn'])) !== 0) throw new Error('The build failed.');
  process.env.SIGNALBOX_ELECTRON ??= (await ensureElectron()).executable;
}
