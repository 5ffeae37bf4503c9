/** The Events screen in a browser, against a headless node. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, test } from '@playwright/test';
import { type HeadlessNode, startHeadless } from '../helpers/headless-node.ts';
import { describeEvents } from './events-scenarios.ts';

const password = 'correct horse battery staple';
let node: HeadlessNode;
let browser: Browser;
let dataFolder: string;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describeEvents(
  async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'signalbox-events-'));
    // A port of its own: the address has to be the same after a restart.
    node = await startHeadless(dataFolder, ['--port', String(await freePort())]);
    browser = await chromium.launch(test.info().project.use.launchOptions);
    const page = await browser.newPage();
    await page.goto(node.setupUrl ?? '');
    await page.getByLabel('Name').fill('ada');
    await page.getByRole('textbox', { name: 'Password' }).first().fill(password);
    await page.getByLabel('Password again').fill(password);
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await page.getByText('Connected').first().waitFor();
    return {
      page,
      dataFolder,
      saveFile: async (start) => {
        const [download] = await Promise.all([page.waitForEvent('download'), start()]);
        return download.path();
      },
    };
  },
  async () => {
    await browser?.close();
    await node?.stop();
    await rm(dataFolder, { recursive: true, force: true });
  },
);
