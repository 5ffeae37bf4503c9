#!/usr/bin/env node
// @ts-check
/** `npm run screenshots`: draws the pictures of the README from the real window, in both themes, into `docs/screenshots`. */
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

const views = ['overview', 'rpc', 'events', 'settings'];
const inside = '--inside-display';

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
  });
  try {
    const page = await app.firstWindow();
    await page.getByText('Connected').first().waitFor();
    // Charts need some seconds of history to show one.
    await page.waitForTimeout(15_000);
    for (const scheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const view of views) {
        await page.evaluate(`location.hash = '/${view}'`);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        await page.waitForTimeout(1_000);
        await page.screenshot({ path: join(folder, `${view}-${scheme}.png`) });
      }
    }
  } finally {
    await app.close();
    rmSync(data, { recursive: true, force: true });
  }
}
