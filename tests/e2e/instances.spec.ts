/** Which instance the console looks at. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../helpers/axe.ts';
import type { ConsoleUnderTest } from '../helpers/console.ts';
import { runFromPalette } from '../helpers/console.ts';
import { type ClusterConsole, openWindowInCluster } from '../helpers/console-cluster.ts';

let cluster: ClusterConsole<ConsoleUnderTest>;
test.beforeAll(async () => {
  cluster = await openWindowInCluster();
});
test.afterAll(() => cluster?.close());

test('a person chooses the instance that is shown, and sees which it is', async () => {
  const { page } = cluster.console;
  const title = page.getByRole('banner');
  await title.getByText('3 of 3 nodes').waitFor();

  await title.getByRole('button', { name: 'Instance that is shown: eng-laptop' }).click();
  await page.getByRole('menuitem', { name: 'press-07' }).click();
  await expect(title.getByRole('button', { name: 'Instance that is shown: press-07' })).toBeVisible();
  await expect(page.getByText('You look at press-07.')).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Back to eng-laptop' }).click();
  await expect(page.getByText('You look at press-07.')).toBeHidden();

  await runFromPalette(page, 'Look at all nodes');
  await expect(page.getByText('You look at all 3 nodes.')).toBeVisible();
  await page.getByRole('button', { name: 'Back to eng-laptop' }).click();
});

test('an instance that is lost while it is looked at says so', async () => {
  const { page } = cluster.console;
  const press = cluster.others[1];
  await page.getByRole('button', { name: 'Instance that is shown: eng-laptop' }).click();
  await page.getByRole('menuitem', { name: 'press-07' }).click();
  await press?.kill();
  await expect(page.getByText('It is offline.')).toBeVisible();
  await expect(page.getByRole('banner').getByText('2 of 3 nodes')).toBeVisible();
  await press?.start();
  await expect(page.getByText('It is offline.')).toBeHidden();
});
