/** The Nodes screen in the window of the application, among real nodes, and of a node that is alone. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../helpers/axe.ts';
import { goTo, openWindow } from '../helpers/console.ts';
import { openWindowInCluster } from '../helpers/console-cluster.ts';
import { describeNodes } from './nodes-scenarios.ts';

describeNodes(openWindowInCluster);

test('the Nodes screen of a node that is alone says what federation is and how to begin', async () => {
  const { page, close } = await openWindow();
  try {
    await goTo(page, '/nodes');
    await expect(page.getByRole('heading', { name: /is the only node$/ })).toBeVisible();
    await expect(page.getByText('signalbox demo')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Show this node' }).click();
    await expect(page.getByRole('complementary', { name: 'Node' })).toContainText('Federation is off there');
    await goTo(page, '/nodes');
    await page.getByRole('button', { name: 'Federation settings' }).click();
    await expect(page.getByRole('heading', { name: 'Federation', level: 2 })).toBeVisible();
  } finally {
    await close();
  }
});
