/** The frame in a browser: what it says while the node is away, and that it opens its screens when the machine is busy. */
import { expect, test } from '@playwright/test';
import { expectAccessibleInBothSchemes } from '../helpers/axe.ts';
import { type BrowserConsole, connected, goTo, openBrowser, signIn } from '../helpers/console.ts';
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
    await expect(processes.getByRole('cell', { name: pid, exact: true }).first()).toBeVisible();
    await expect(page.getByText('Last known')).toBeVisible();
    await expectAccessibleInBothSchemes(page);
    await goTo(page, '/settings');
    await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeDisabled();
    await goTo(page, '/overview');
    // While the node is away: once it is back, the console may have found it before anybody can press the button.
    const attempt = page.waitForEvent('websocket');
    await page.getByRole('button', { name: 'Try now' }).click();
    await attempt;
    await opened.startNode();
    await connected(page);
    await expect(page.getByText('The node does not answer.')).toBeHidden();
    await expect(processes.getByRole('cell', { name: pid, exact: true })).toHaveCount(0);
  });
});

test('every screen opens also on a machine that leaves React only short turns', async () => {
  const opened = await openBrowser();
  try {
    const page = await opened.newPage();
    // A turn is over after each component, and the next one comes later: whatever interrupts a rendering comes before it is done.
    await page.addInitScript(() => {
      const post = MessagePort.prototype.postMessage;
      MessagePort.prototype.postMessage = function (this: MessagePort, message: unknown) {
        setTimeout(() => post.call(this, message), 10);
      };
      const now = performance.now.bind(performance);
      let aheadMs = 0;
      performance.now = () => {
        aheadMs += 5;
        return now() + aheadMs;
      };
    });
    await signIn(page, opened.url, 'ada');
    await connected(page);
    for (const view of ['nodes', 'rpc', 'events', 'settings', 'overview']) {
      await goTo(page, `/${view}`);
      await expect(page.locator('main').getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0);
    }
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeVisible();
  } finally {
    await opened.close();
  }
});
