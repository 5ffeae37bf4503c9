/** The first run in a browser: of an administrator of a new node, in a narrow window, and of somebody who may only look. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../helpers/axe.ts';
import { type BrowserConsole, connected, goTo, openBrowser, password, signIn } from '../helpers/console.ts';
import { runCommand } from '../helpers/headless-node.ts';

let opened: BrowserConsole;
test.beforeAll(async () => {
  opened = await openBrowser({ 'config.json': JSON.stringify({ version: 1, values: { 'node.name': 'press-07', 'links.port': 0 } }) });
});
test.afterAll(() => opened?.close());

test('the administrator of a new node is asked at once; the demo is named for the terminal', async () => {
  const { page } = opened;
  await page.getByRole('heading', { name: /Which cluster should it belong to/ }).waitFor();
  await expect(page.getByText('signalbox demo')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start demo' })).toBeHidden();
  for (const width of [1280, 800]) {
    await page.setViewportSize({ width, height: 700 });
    await expect(page.getByRole('button', { name: 'Create…' })).toBeEnabled();
    await expectAccessible(page);
  }
});

test('whoever may only look is not asked, and finds the acts closed with the reason', async () => {
  const added = await runCommand(['users', 'add', 'vera', '--role', 'viewer', '--data', opened.dataFolder], { input: `${password}\n` });
  expect(added.code).toBe(0);
  const page = await opened.newPage();
  await signIn(page, opened.url, 'vera');
  await connected(page);
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await goTo(page, '/first-run');
  await expect(page.getByText('Your role here is viewer.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Join…' })).toBeDisabled();
  await expect(page.getByRole('region', { name: 'Checks on this computer' }).getByRole('listitem').first()).toBeVisible();
  await expectAccessible(page);
});
