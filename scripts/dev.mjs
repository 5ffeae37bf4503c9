#!/usr/bin/env node
// @ts-check
/** `npm run dev`: the desktop application with hot reload. Options after `--` go to the program. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { electronVite } from './lib/build.mjs';
import { findObstacles } from './lib/desktop-checks.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { run } from './lib/process.mjs';

const runtime = await ensureElectron();
const obstacles = await findObstacles(runtime.executable);
for (const line of obstacles) console.error(`[signalbox] ${line}`);
if (obstacles.length > 0) {
  console.error('[signalbox] npm run start:headless runs the node without a window.');
  process.exitCode = 1;
} else {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const args = [electronVite(), 'dev', '--watch', ...(isRoot ? ['--noSandbox'] : []), '--', ...process.argv.slice(2)];
  const env = { ...process.env, ELECTRON_EXEC_PATH: runtime.executable, SIGNALBOX_DEV_PORT: String(await freePort()) };
  process.exitCode = await run(process.execPath, args, { env });
}

/** @returns {Promise<number>} a port of this machine that nothing listens on */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
