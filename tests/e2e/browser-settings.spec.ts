/** The settings in a browser, against a headless node, with people who may not change them. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../helpers/axe.ts';
import { type BrowserConsole, connected, goTo, openBrowser, signIn } from '../helpers/console.ts';
import { addUser, describeSettings, openSection } from './settings-scenarios.ts';

describeSettings(openBrowser);

test.describe('a viewer', () => {
  let opened: BrowserConsole;
  test.beforeAll(async () => {
    opened = await openBrowser();
  });
  test.afterAll(() => opened?.close());

  test('signs in with the account an admin made, and can change nothing', async () => {
    await addUser(opened.page, 'grace', 'viewer');
    const page = await opened.newPage();
    await signIn(page, opened.url, 'grace');
    await connected(page);
    await goTo(page, '/settings');
    await expect(page.getByText('Your role is viewer; settings are changed by an admin.')).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeDisabled();
    await openSection(page, 'Users & sign-in');
    await expect(page.getByText('Who may sign in is shown to admins only.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Add user…' })).toHaveCount(0);
    await openSection(page, 'Audit');
    await expect(page.getByText('The audit table is shown to admins only.')).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to or run…' }).fill('restart the node');
    await expect(page.getByRole('option', { name: 'Restart the node…' })).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expectAccessible(page);
    await page.context().close();
  });

  test('whose role is raised can change settings', async () => {
    const page = await opened.newPage();
    await signIn(page, opened.url, 'grace');
    await connected(page);
    await openSection(opened.page, 'Users & sign-in');
    await opened.page.getByRole('option').filter({ hasText: 'grace' }).click();
    await opened.page.getByRole('button', { name: 'Change role…' }).click();
    await opened.page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).click();
    await opened.page.getByRole('option', { name: 'admin', exact: true }).click();
    await opened.page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click();
    await expect(opened.page.getByRole('option').filter({ hasText: 'grace' })).toContainText('admin');
    await page.reload();
    await connected(page);
    await goTo(page, '/settings');
    await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeEnabled();
    await page.context().close();
  });
});
