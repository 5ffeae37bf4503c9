#!/usr/bin/env node
// @ts-check
/** `npm run screenshots`: draws the pictures of the README from the real window, among the nodes of the demo, into `docs/screenshots`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron } from '@playwright/test';
import { build, isBuildStale } from './lib/build.mjs';
import { ensureElectron } from './lib/electron-runtime.mjs';
import { root } from './lib/paths.mjs';
import { playwrightLoader } from './lib/playwright-loader.mjs';
import { run } from './lib/process.mjs';
import { withDisplay } from './lib/stages.mjs';

/** Each picture: name, theme, console path, keys to press there. */
const pictures = /** @type {const} */ ([
  { name: 'overview-light', scheme: 'light', path: '/overview', keys: undefined },
  { name: 'nodes-light', scheme: 'light', path: '/nodes?node=NODE', keys: undefined },
  { name: 'activity-dark', scheme: 'dark', path: '/nodes?tab=activity', keys: undefined },
  { name: 'rpc-dark', scheme: 'dark', path: '/rpc?method=system.stats&node=NODE', keys: 'Control+Enter' },
  { name: 'events-light', scheme: 'light', path: '/events', keys: undefined },
]);
/** Charts and lists need some seconds of life to show any. */
const settleMs = 15_000;
const inside = '--inside-display';
const nodesOfDemo = 4;
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
  const demo = await startDemo();
  const values = {
    'node.name': 'eng-laptop',
    'node.environment': 'dev',
    'federation.mode': 'external',
    'federation.brokerUrl': demo.hub,
    'federation.unsignedRole': 'admin',
  };
  writeFileSync(join(data, 'config.json'), JSON.stringify({ version: 1, values }));
  const isRoot = process.getuid?.() === 0;
  const app = await _electron.launch({
    executablePath: executable,
    args: [...playwrightLoader(), ...(isRoot ? ['--no-sandbox'] : []), '--disable-gpu', root, '--data', data, '--port', '0'],
    chromiumSandbox: !isRoot,
    env: environment,
  });
  try {
    const page = await app.firstWindow();
    await page.getByText('Connected').first().waitFor();
    for (const { name, scheme, path, keys } of pictures) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.evaluate(`location.hash = '${path.replace('NODE', demo.nodeId)}'`);
      await page.locator('h1, [role="tab"]').first().waitFor();
      await page.waitForTimeout(settleMs / 2);
      if (keys !== undefined) await page.keyboard.press(keys);
      await page.waitForTimeout(settleMs / 2);
      await page.screenshot({ path: join(folder, `${name}.png`) });
    }
  } finally {
    await app.close();
    await demo.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

/** The demo in a process of its own: the address of its broker, and the second of its nodes, which runs no broker. */
async function startDemo() {
  const child = spawn(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'demo', '--json', '--nodes', String(nodesOfDemo)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  /** @type {{ hub: string, nodeId: string }[]} */
  const nodes = [];
  for await (const line of createInterface({ input: child.stdout })) {
    nodes.push(JSON.parse(line));
    if (nodes.length === nodesOfDemo) break;
  }
  const [first, second] = nodes;
  if (first === undefined || second === undefined) throw new Error('The demo did not start.');
  const stop = async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  return { hub: first.hub, nodeId: second.nodeId, stop };
}
