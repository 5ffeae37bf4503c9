/** The console in a browser, against a headless node in a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Locator, test } from '@playwright/test';
import { expectAccessible } from '../helpers/axe.ts';
import { type HeadlessNode, startHeadless } from '../helpers/headless-node.ts';

const password = 'correct horse battery staple';
let node: HeadlessNode;
let dataFolder: string;

test.beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'signalbox-browser-'));
  node = await startHeadless(dataFolder);
});
test.afterAll(async () => {
  expect(await node.stop()).toBe(0);
  await rm(dataFolder, { recursive: true, force: true });
});

test('is served under the same policy as the window', async ({ page }) => {
  const response = await page.goto(node.url);
  const policy = response?.headers()['content-security-policy'] ?? '';
  for (const directive of ["default-src 'none'", "script-src 'self'", "object-src 'none'", "require-trusted-types-for 'script'"]) {
    expect(policy).toContain(directive);
  }
  expect(policy).not.toContain('unsafe');
});

test('its set-up link makes the first administrator, once', async ({ page }) => {
  await page.goto(node.setupUrl ?? '');
  await page.getByLabel('Name').fill('ada');
  await page.getByRole('textbox', { name: 'Password' }).first().fill(password);
  await page.getByLabel('Password again').fill(password);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await page.getByText('Connected').first().waitFor();

  const other = await page.context().browser()?.newPage();
  await other?.goto(node.setupUrl ?? '');
  await other?.getByLabel('Name').fill('eve');
  await other?.getByRole('textbox', { name: 'Password' }).first().fill(password);
  await other?.getByLabel('Password again').fill(password);
  await other?.getByRole('button', { name: 'Create administrator' }).click();
  await expect(other?.getByRole('alert') as Locator).toContainText('This link is used up');
  await other?.close();
});

test('lets a person sign in and connects', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(node.url);
  await page.getByLabel('Name').fill('ada');
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Connected').first().waitFor();
  expect(await page.evaluate(() => 'signalbox' in globalThis)).toBe(false);
  expect(errors).toEqual([]);
});

test('says that a wrong password is wrong', async ({ page }) => {
  await page.goto(node.url);
  await page.getByLabel('Name').fill('ada');
  await page.getByRole('textbox', { name: 'Password' }).fill('something else');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
});
