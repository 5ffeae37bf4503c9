import { join } from 'node:path';
import { build, isBuildStale } from '../../scripts/lib/build.mjs';
import { ensureElectron } from '../../scripts/lib/electron-runtime.mjs';
import { root } from '../../scripts/lib/paths.mjs';

/** Makes sure of the build and of the runtime, and tells the tests where both are: headless nodes run the build too. */
// biome-ignore lint/style/noDefaultExport: Playwright calls the default export.
export default async function globalSetup(): Promise<void> {
  if (isBuildStale() && (await build(['--logLevel', 'warn'])) !== 0) throw new Error('The build failed.');
  process.env.SIGNALBOX_ENTRY = join(root, 'out', 'main', 'cli.js');
  process.env.SIGNALBOX_ELECTRON ??= (await ensureElectron()).executable;
}
