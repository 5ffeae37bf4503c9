/** The RPC screen in a browser, against a headless node. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, test } from '@playwright/test';
import { type HeadlessNode, startHeadless } from '../helpers/headless-node.ts';
import { describeRpc } from './rpc-scenarios.ts';

const password = 'correct horse battery staple';
let node: HeadlessNode;
let browser: Browser;
let dataFolder: string;

describeRpc(
  async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'signalbox-rpc-'));
    node = await startHeadless(dataFolder);
    browser = await chromium.launch(test.info().project.use.launchOptions);
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
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
      readClipboard: () => page.evaluate(() => navigator.clipboard.readText()),
      restart: async () => {
        const exited = once(node.child, 'exit');
        node.child.kill('SIGKILL');
        await exited;
        node = await startHeadless(dataFolder);
        // Another port is another origin, so the person signs in again.
        await page.goto(node.url);
        await page.getByLabel('Name').fill('ada');
        await page.getByRole('textbox', { name: 'Password' }).fill(password);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByText('Connected').first().waitFor();
        return page;
      },
    };
  },
  async () => {
    await browser?.close();
    await node?.stop();
    await rm(dataFolder, { recursive: true, force: true });
  },
  () => {
    node.child.kill('SIGSTOP');
    return () => void node.child.kill('SIGCONT');
  },
);
