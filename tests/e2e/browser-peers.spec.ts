/** Many peers in a browser, and what is shown of them while their node is away. */
import { expect, test } from '@playwright/test';
import { connectAsync } from 'mqtt';
import { expectAccessible } from '../helpers/axe.ts';
import { goTo, openBrowser } from '../helpers/console.ts';
import { freePort } from '../helpers/free-port.ts';

const count = 200;

test('lists two hundred peers, finds one, and greys what it last knew when the node is lost', async () => {
  const port = await freePort();
  const values = { 'node.name': 'eng-laptop', 'node.firstRunDone': true, 'federation.mode': 'hub', 'federation.port': port };
  const opened = await openBrowser({ 'config.json': JSON.stringify({ version: 1, values }) });
  const { page } = opened;
  try {
    await goTo(page, '/nodes?tab=peers');
    await expect(page.getByRole('heading', { name: 'This node has no peers yet' })).toBeVisible();
    await expectAccessible(page);

    // Nodes of the first system: they say that they are there, and acknowledge nothing.
    const broker = await connectAsync(`mqtt://127.0.0.1:${port}`);
    for (let index = 1; index <= count; index++) {
      const serviceId = `old-${index}`;
      const status = { serviceId, status: 'online', name: serviceId, version: '0.0.9', since: Date.now() };
      await broker.publishAsync(`cloudisense/service/${serviceId}/status`, JSON.stringify(status), { qos: 1, retain: true });
    }
    const grid = page.getByRole('grid', { name: 'Peers' });
    await expect(grid).toHaveAttribute('aria-rowcount', String(count + 1));
    await expect(page.getByText(new RegExp(`^${count} peers`))).toBeVisible();
    // Only the rows in sight are drawn.
    expect(await grid.getByRole('row').count()).toBeLessThan(60);
    await grid.focus();
    await page.keyboard.press('End');
    await expect(grid.getByText('old-200', { exact: true })).toBeVisible();
    await grid.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await expect(grid.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'descending');

    // The bar at the foot comes with the selection, and must not lie on the row that was selected.
    await goTo(page, '/nodes');
    await page.getByRole('grid', { name: 'Nodes' }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press(' ');
    await expect(page.getByRole('region', { name: 'Selection' })).toBeVisible();
    await expect(page.getByRole('row', { selected: true })).toBeInViewport({ ratio: 0.9 });
    await goTo(page, '/nodes?tab=peers');
    await expect(grid).toBeVisible();

    await page.keyboard.press('/');
    await page.keyboard.type('old-137');
    await expect(grid).toHaveAttribute('aria-rowcount', '2');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const inspector = page.getByRole('complementary', { name: 'Peer' });
    await expect(inspector.getByText('not proven')).toBeVisible();
    await expectAccessible(page);

    await broker.endAsync();
    await opened.killNode();
    await expect(grid.getByText(/^Was /)).toBeVisible();
    await expect(inspector.getByRole('button', { name: 'Probe now' })).toBeDisabled();
    await expectAccessible(page);
    await opened.startNode();
  } finally {
    await opened.close();
  }
});
