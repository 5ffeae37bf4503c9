/** What a person does with the frame around the screens: the same in the window and in a browser. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from '../helpers/axe.ts';
import { type ConsoleUnderTest, connected, goTo, runFromPalette } from '../helpers/console.ts';

const scheme = (page: Page): Promise<string | null> => page.locator('html').getAttribute('data-mantine-color-scheme');

export function describeFrame(open: () => Promise<ConsoleUnderTest>): void {
  let opened: ConsoleUnderTest;
  let page: Page;
  const refused: string[] = [];

  test.describe('the frame', () => {
    test.describe.configure({ mode: 'serial' });
    test.beforeAll(async () => {
      opened = await open();
      ({ page } = opened);
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) refused.push(message.text());
      });
      await goTo(page, '/overview');
    });
    test.afterAll(() => opened?.close());

    test('the palette finds and runs by keyboard, and gives the focus back', async () => {
      const rail = page.getByRole('navigation', { name: 'Views' });
      await rail.getByRole('button', { name: 'Overview' }).focus();
      await page.keyboard.press('Control+k');
      const palette = page.getByRole('dialog', { name: 'Command palette' });
      await expect(palette.getByRole('combobox')).toBeFocused();
      await page.keyboard.type('/users.add');
      await expect(palette.getByRole('option').first()).toContainText('users.add');
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await expect(palette).toBeHidden();
      await expect(rail.getByRole('button', { name: 'Overview' })).toBeFocused();
      await runFromPalette(page, 'settings: limits');
      await expect(page.getByRole('heading', { name: 'Limits' })).toBeVisible();
    });

    test('the theme is chosen from the palette and stays', async () => {
      await runFromPalette(page, 'dark theme');
      await expect.poll(() => scheme(page)).toBe('dark');
      await page.reload();
      await connected(page);
      await expect.poll(() => scheme(page)).toBe('dark');
      await runFromPalette(page, 'light theme');
      await expect.poll(() => scheme(page)).toBe('light');
    });

    test('views have keys, and ? says which', async () => {
      await page.keyboard.press('Control+4');
      await expect(page).toHaveURL(/#\/events/);
      await page.keyboard.press('Control+1');
      await expect(page).toHaveURL(/#\/overview/);
      await page.keyboard.press('?');
      const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
      await expect(dialog).toContainText('Command palette');
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await expect(dialog).toBeHidden();
    });

    test('F6 goes round the regions, Shift F6 back', async () => {
      // An inspector stands inside the view: the innermost one counts.
      const expectFocusIn = (region: string) =>
        expect(page.locator('[data-region]:focus-within').last()).toHaveAttribute('data-region', region);
      await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Settings' }).focus();
      for (const region of ['view', 'status', 'title', 'rail']) {
        await page.keyboard.press('F6');
        await expectFocusIn(region);
      }
      await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Settings' })).toBeFocused();
      await page.keyboard.press('Shift+F6');
      await expectFocusIn('title');
    });

    test('density and rail are preferences of this console', async () => {
      await runFromPalette(page, 'compact rows');
      await expect(page.locator('html')).toHaveAttribute('data-density', 'compact');
      await runFromPalette(page, 'normal rows');
      await runFromPalette(page, 'widen');
      await expect(page.getByRole('navigation', { name: 'Views' }).getByText('Events')).toBeVisible();
      await runFromPalette(page, 'widen');
    });

    test('did all that without anything the content security policy refuses', () => {
      expect(refused).toEqual([]);
    });
  });
}
