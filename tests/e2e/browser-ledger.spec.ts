/** The Ledger screen in a browser: what an admin sees, and what a viewer does not. */
import { expect, type Page, test } from '@playwright/test';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { sha256 } from '../helpers/accounts.ts';
import { expectAccessible } from '../helpers/axe.ts';
import { type BrowserConsole, connected, goTo, openBrowser, password, signIn } from '../helpers/console.ts';

let opened: BrowserConsole;
let page: Page;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  opened = await openBrowser();
  ({ page } = opened);
});

test.afterAll(() => opened?.close());

test('shows how the chain begins and what was done since; a link leads to one entry', async () => {
  await page.keyboard.press('Control+7');
  const entries = page.getByRole('listbox', { name: 'Entries of the ledger' }).getByRole('option');
  await expect(entries.last()).toContainText('Chain begun');
  await goTo(page, '/ledger?entry=1&show=proof');
  await expect(page.getByRole('complementary', { name: 'Entry', exact: true })).toContainText('nothing comes before it');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Space');
  await expect(page.getByText('Paused.')).toBeVisible();
  const client = await connectToNode({ data: opened.dataFolder });
  await client.call('users.add', { username: 'vera', passwordSha256: sha256(password), role: 'viewer' });
  client.close();
  await expect(page.getByText('1 new entry waits.')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(entries.first()).toContainText('users.add');
});

test('a viewer sees and verifies the chains, and is told why the entries are not shown', async () => {
  const other = await opened.newPage();
  await signIn(other, opened.url, 'vera');
  await connected(other);
  await goTo(other, '/ledger');
  await expect(other.getByRole('heading', { name: 'Entries are read by operators' })).toBeVisible();
  await expect(other.getByRole('button', { name: 'Add note…' })).toBeDisabled();
  await expectAccessible(other);
  await other.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(other.getByText(/^The chain of .* is whole\.$/)).toBeVisible();
  await other.getByRole('button', { name: 'Show the chains' }).click();
  await expect(other.getByRole('row').filter({ hasText: 'this node' })).toContainText('Whole');
  await expectAccessible(other);
});
