/** How people come in by a browser. */
import { expect, test } from '@playwright/test';
import { expectAccessibleInBothSchemes } from '../helpers/axe.ts';
import { type BrowserConsole, connected, goTo, openBrowser, password, setUp, signIn } from '../helpers/console.ts';

let opened: BrowserConsole;
test.beforeAll(async () => {
  opened = await openBrowser();
});
test.afterAll(() => opened?.close());

test('a set-up link made in the settings lets one more admin in, once', async () => {
  const { page } = opened;
  await goTo(page, '/settings?section=users&open=setupLink');
  const dialog = page.getByRole('dialog', { name: 'Make a set-up link' });
  await dialog.getByRole('button', { name: 'Make link' }).click();
  const link = await dialog.locator('code').innerText();
  await dialog.getByRole('button', { name: 'Copy link' }).click();
  await expect.poll(() => opened.readClipboard()).toBe(link);

  const other = await opened.newPage();
  await setUp(other, link, 'hedy');
  await expect(other.getByRole('banner')).toContainText('hedy');
  expect(other.url()).not.toContain('token');
  await other.context().close();

  const late = await opened.newPage();
  await late.goto(link);
  await late.getByLabel('Name').fill('eve');
  await late.getByRole('textbox', { name: 'Password', exact: true }).fill(password);
  await late.getByRole('textbox', { name: 'Password again' }).fill(password);
  await late.getByRole('button', { name: 'Create administrator' }).click();
  await expect(late.getByRole('alert').filter({ hasText: 'used up' })).toBeVisible();
  await late.context().close();
});

test('the set-up form says what is wrong with a name and a password before it is sent', async () => {
  const page = await opened.newPage();
  await page.goto(`${opened.url}/setup#token=none`);
  await page.getByLabel('Name').fill('-ada');
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('short');
  await page.getByRole('textbox', { name: 'Password again' }).fill('other');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Begin with a letter or digit')).toBeVisible();
  await expect(page.getByText('Type 10 characters or more.')).toBeVisible();
  await expect(page.getByText('The two passwords differ.')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.context().close();
});

test('a person signs in by keyboard alone, stays signed in over a reload, and signs out', async () => {
  const page = await opened.newPage();
  await page.goto(opened.url);
  await expect(page.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('ada');
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await connected(page);
  await page.reload();
  await connected(page);
  await page.getByRole('button', { name: 'Account: ada' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.context().close();
});

test('a wrong password is refused in words, and the form stays', async () => {
  const page = await opened.newPage();
  await signIn(page, opened.url, 'ada', 'something else');
  await expect(page.getByRole('alert')).toContainText('The name or the password is not right.');
  await expect(page.getByLabel('Name')).toHaveValue('ada');
  await page.context().close();
});
