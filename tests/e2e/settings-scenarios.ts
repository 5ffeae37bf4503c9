/** What a person does in the settings: the same in the window and in a browser. */
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { expectAccessible, setScheme } from '../helpers/axe.ts';
import { type ConsoleUnderTest, connected, goTo, password, runFromPalette } from '../helpers/console.ts';

const field = (page: Page, label: string): Locator => page.getByRole('textbox', { name: label, exact: true });
const nodeName = (page: Page): Locator => page.getByRole('banner').locator('.sb-title-name');
const toast = (page: Page, text: string | RegExp): Locator => page.getByRole('alert').filter({ hasText: text });

export async function openSection(page: Page, section: string): Promise<void> {
  await goTo(page, '/settings');
  await page.getByRole('navigation', { name: 'Sections of the settings' }).getByRole('button', { name: section }).click();
}

/** Writes into a setting and leaves it, as people do. */
async function change(page: Page, label: string, value: string): Promise<void> {
  await field(page, label).fill(value);
  await page.keyboard.press('Tab');
}

export async function addUser(page: Page, username: string, role: string): Promise<void> {
  await openSection(page, 'Users & sign-in');
  await page.getByRole('button', { name: 'Add user…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a user' });
  await dialog.getByLabel('Name').fill(username);
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: role, exact: true }).click();
  await dialog.getByRole('textbox', { name: 'Password', exact: true }).fill(password);
  await dialog.getByRole('textbox', { name: 'Password again' }).fill(password);
  await dialog.getByRole('button', { name: 'Add user' }).click();
  await dialog.waitFor({ state: 'hidden' });
}

export function describeSettings(open: () => Promise<ConsoleUnderTest>): void {
  let opened: ConsoleUnderTest;
  let page: Page;

  test.describe('the settings', () => {
    test.describe.configure({ mode: 'serial' });
    test.beforeAll(async () => {
      opened = await open();
      ({ page } = opened);
    });
    test.afterAll(() => opened?.close());

    test('a name holds at once, and can be undone', async () => {
      await openSection(page, 'General');
      const before = await nodeName(page).innerText();
      await change(page, 'Name', 'press-07');
      await expect(nodeName(page)).toHaveText('press-07');
      await expect(page.getByRole('button', { name: 'Reset Name' })).toBeVisible();
      await toast(page, 'Name: press-07').getByRole('button', { name: 'Undo' }).click();
      await expect(nodeName(page)).toHaveText(before);
      await expect(field(page, 'Name')).toHaveValue(before);
    });

    test('what the node does not take stays typed, says why, and can be discarded', async () => {
      const before = await nodeName(page).innerText();
      await change(page, 'Name', 'not a name!');
      await expect(page.getByRole('alert').filter({ hasText: 'letters, digits, dot' })).toBeVisible();
      await openSection(page, 'About');
      await openSection(page, 'General');
      await expect(field(page, 'Name')).toHaveValue('not a name!');
      expect(await nodeName(page).innerText()).toBe(before);
      await page.getByRole('button', { name: 'Discard what was typed for Name' }).click();
      await expect(field(page, 'Name')).toHaveValue(before);
    });

    test('what waits for a restart says so, and holds after it', async () => {
      await openSection(page, 'Limits');
      await change(page, 'Connections at once', '1024');
      const strip = page.getByRole('status').filter({ hasText: 'Restart needed.' });
      await expect(strip).toContainText('Connections at once');
      await strip.getByRole('button', { name: 'Restart…' }).click();
      const dialog = page.getByRole('dialog', { name: /^Restart / });
      await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Restart node' }).click();
      await expect(strip).toBeHidden();
      await connected(page);
      await expect(field(page, 'Connections at once')).toHaveValue('1,024');
    });

    test('are found by search, node and console alike', async () => {
      await goTo(page, '/settings');
      await page.getByRole('heading', { level: 1 }).click();
      await page.keyboard.press('/');
      await page.keyboard.type('refresh token');
      await expect(field(page, 'Life of a refresh token')).toHaveValue('2,592,000,000 ms');
      await expect(field(page, 'Name')).toBeHidden();
      await page.getByRole('textbox', { name: 'Search settings' }).fill('density');
      await expect(page.getByRole('radiogroup', { name: 'Density' })).toBeVisible();
      await page.getByRole('textbox', { name: 'Search settings' }).fill('qwerty');
      await page.getByRole('button', { name: 'Clear filter' }).click();
      await expect(field(page, 'Name')).toBeVisible();
    });

    test('a person is added, given another role, and removed by typing the name', async () => {
      await addUser(page, 'grace', 'viewer');
      const row = page.getByRole('listbox', { name: 'People' }).getByRole('option').filter({ hasText: 'grace' });
      await expect(row).toContainText('viewer');
      await row.click();
      await page.getByRole('button', { name: 'Change role…' }).click();
      await page.getByRole('dialog').getByRole('combobox', { name: 'Role' }).click();
      await page.getByRole('option', { name: 'operator', exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click();
      await expect(row).toContainText('operator');
      await page.getByRole('button', { name: 'Remove…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Remove grace' });
      await expect(dialog.getByRole('button', { name: 'Remove user' })).toBeDisabled();
      await dialog.getByRole('textbox').fill('grace');
      await dialog.getByRole('button', { name: 'Remove user' }).click();
      await expect(row).toHaveCount(0);
    });

    test('a short or differing password is refused before it is sent', async () => {
      await runFromPalette(page, 'add user');
      const dialog = page.getByRole('dialog', { name: 'Add a user' });
      await dialog.getByLabel('Name').fill('hedy');
      await dialog.getByRole('textbox', { name: 'Password', exact: true }).fill('short');
      await dialog.getByRole('textbox', { name: 'Password again' }).fill('other');
      await dialog.getByRole('button', { name: 'Add user' }).click();
      await expect(dialog.getByText('Type 10 characters or more.')).toBeVisible();
      await expect(dialog.getByText('The two passwords differ.')).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    });

    test('a log is followed live, and its level is changed', async () => {
      await openSection(page, 'Logs');
      const lines = page.getByRole('listbox', { name: 'Lines of the log' });
      await expect(lines.getByRole('option').filter({ hasText: 'is running' }).last()).toBeVisible();
      await page.getByRole('combobox', { name: 'How much the log writes' }).click();
      await page.getByRole('option', { name: 'warn', exact: true }).click();
      await expect(toast(page, 'all logs: level warn')).toBeVisible();
      await page.getByRole('textbox', { name: 'Filter lines' }).fill('no such line');
      await page.getByRole('button', { name: 'Clear filter' }).click();
      await expect(lines.getByRole('option').first()).toBeVisible();
    });

    test('the audit table has what was done here, and each entry in full', async () => {
      await openSection(page, 'Audit');
      const entries = page.getByRole('listbox', { name: 'Audit entries' });
      await page.getByRole('textbox', { name: 'Act begins with' }).fill('users.add');
      await expect(entries.getByRole('option')).toHaveCount(1);
      await entries.getByRole('option').click();
      const inspector = page.getByRole('complementary', { name: 'Audit entry' });
      await expect(inspector).toContainText('"username": "grace"');
      await expect(inspector).toContainText('(secret)');
      await expectAccessible(page);
      await inspector.getByRole('button', { name: 'Close' }).click();
    });

    test('a support bundle is seen before it is saved, part by part', async () => {
      await runFromPalette(page, 'support bundle');
      const dialog = page.getByRole('dialog', { name: 'Support bundle' });
      await dialog.getByRole('button', { name: /^Settings/ }).click();
      await expect(dialog.getByRole('region', { name: 'Settings' })).toContainText('"limits.connections"');
      await dialog.getByRole('checkbox', { name: 'Include Last 500 log lines' }).uncheck();
      const file = await opened.saveFile(() => dialog.getByRole('button', { name: 'Save file' }).click());
      const bundle = JSON.parse(await readFile(file, 'utf8'));
      expect(bundle).toMatchObject({ format: 'signalbox-support-1', settings: { 'limits.connections': { value: 1_024 } } });
      expect(bundle).not.toHaveProperty('log');
    });

    for (const scheme of ['light', 'dark'] as const) {
      test(`no section has a serious finding by axe in ${scheme}`, async () => {
        test.slow();
        await setScheme(page, scheme);
        await goTo(page, '/settings');
        const sections = page.getByRole('navigation', { name: 'Sections of the settings' }).getByRole('button');
        await sections.first().waitFor();
        for (const section of await sections.all()) {
          await section.click();
          await expect(section).toHaveAttribute('aria-current', 'page');
          await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
          await expectAccessible(page);
        }
      });
    }
  });
}
