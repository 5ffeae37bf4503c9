#!/usr/bin/env node
// @ts-check
/** `npm run screenshots`: draws the pictures of the README from the real window, in the demo of the application, into `docs/screenshots`. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import { build, isBuildStale } from './lib/build.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { root } from './lib/paths.mjs';
import { playwrightLoader } from './lib/playwright-loader.mjs';
import { run } from './lib/process.mjs';
import { withDisplay } from './lib/stages.mjs';

/** Each picture: name, theme, console path, row to choose and keys to press there. */
const pictures = /** @type {const} */ ([
  { name: 'overview-light', scheme: 'light', path: '/overview', row: undefined, keys: undefined },
  { name: 'nodes-light', scheme: 'light', path: '/nodes', row: 'press-07', keys: undefined },
  { name: 'peers-light', scheme: 'light', path: '/nodes?tab=peers', row: 'press-07', keys: undefined },
  { name: 'activity-dark', scheme: 'dark', path: '/nodes?tab=activity', row: undefined, keys: undefined },
  { name: 'rpc-dark', scheme: 'dark', path: '/rpc?method=system.stats', row: undefined, keys: 'Control+Enter' },
  { name: 'events-light', scheme: 'light', path: '/events', row: undefined, keys: undefined },
  { name: 'queues-light', scheme: 'light', path: '/queues/orders', row: undefined, keys: undefined },
  { name: 'tunnels-light', scheme: 'light', path: '/tunnels', row: undefined, keys: undefined },
  { name: 'ledger-dark', scheme: 'dark', path: '/ledger', row: undefined, keys: undefined },
]);
/** Charts and lists need some seconds of life to show any. */
const settleMs = 15_000;
const inside = '--inside-display';
const nodesOfDemo = 4;
/** Its nodes start, become a cluster and copy their queues. */
const demoMs = 60_000;
// A node whose key is wrapped has nothing to warn of.
const environment = { .../** @type {Record<string, string>} */ (process.env), SIGNALBOX_PASSPHRASE: 'for the pictures' };

if (process.platform === 'linux' && !process.argv.includes(inside)) {
  const [command, args] = withDisplay(process.execPath, [join(root, 'scripts', 'screenshots.mjs'), inside]);
  process.exitCode = await run(command, args);
} else {
  if (isBuildStale() && (await build(['--logLevel', 'warn'])) !== 0) process.exit(1);
  await draw();
}

async function draw() {
  const { executable } = await ensureElectron();
  const data = mkdtempSync(join(tmpdir(), 'signalbox-screenshots-'));
  const folder = join(root, 'docs', 'screenshots');
  mkdirSync(folder, { recursive: true });
  const isRoot = process.getuid?.() === 0;
  const app = await _electron.launch({
    executablePath: executable,
    args: [...playwrightLoader(), ...(isRoot ? ['--no-sandbox'] : []), '--disable-gpu', root, '--data', data, '--port', '0'],
    chromiumSandbox: !isRoot,
    env: environment,
  });
  try {
    const page = await app.firstWindow();
    await page.getByRole('button', { name: 'Start demo' }).click();
    await page.getByRole('banner').getByText(`${nodesOfDemo} of ${nodesOfDemo} nodes`).waitFor({ timeout: demoMs });
    for (const { name, scheme, path, row, keys } of pictures) {
      await page.emulateMedia({ colorScheme: scheme });
      // Where the last row was chosen, the pointer would rest on something else now and show its tooltip.
      await page.mouse.move(0, 0);
      await page.evaluate(`location.hash = '${path}'`);
      await page.locator('h1, [role="tab"]').first().waitFor();
      await page.waitForTimeout(settleMs / 2);
      if (row !== undefined) await page.getByRole('row').filter({ hasText: row }).first().click();
      if (keys !== undefined) await page.keyboard.press(keys);
      await page.waitForTimeout(settleMs / 2);
      await page.screenshot({ path: join(folder, `${name}.png`) });
    }
  } finally {
    await app.close();
    rmSync(data, { recursive: true, force: true });
  }
}
