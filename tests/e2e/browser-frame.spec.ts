/** The frame in a browser, and what it says while the node is away. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../helpers/axe.ts';
import { type BrowserConsole, connected, goTo, openBrowser } from '../helpers/console.ts';
import { describeFrame } from './frame-scenarios.ts';

describeFrame(openBrowser);

test.describe('a node that goes away', () => {
  let opened: BrowserConsole;
  test.beforeAll(async () => {
    opened = await openBrowser();
  });
  test.afterAll(() => opened?.close());

  test('leaves its last data on the screen with their age, and is found again by itself', async () => {
    const { page } = opened;
    await goTo(page, '/settings');
    await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeEnabled();
    await goTo(page, '/overview');
    const processes = page.getByRole('table', { name: 'Processes' });
    const pid = await processes.getByRole('row').nth(1).getByRole('cell').nth(2).innerText();
    await opened.killNode();
    await expect(page.getByText('The node does not answer.')).toBeVisible();
    await expect(page.getByText(/What is shown was last seen .* ago/)).toBeVisible();
    await expect(page.getByRole('banner')).toContainText(/Reconnecting|Connecting/);
    await expect(processes).toContainText(pid);
    await expect(page.getByText('Last known')).toBeVisible();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await expectAccessible(page);
    }
    await goTo(page, '/settings');
    await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeDisabled();
    await goTo(page, '/overview');
    await opened.startNode();
    await page.getByRole('button', { name: 'Try now' }).click();
    await connected(page);
    await expect(page.getByText('The node does not answer.')).toBeHidden();
    await expect(processes).not.toContainText(pid);
  });
});
