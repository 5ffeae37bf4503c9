/** Tunnels of a cluster in the window of the application: the service is of one node, the gateway of another, the person at a third. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { expectAccessible } from '../helpers/axe.ts';
import type { ConsoleUnderTest } from '../helpers/console.ts';
import { goTo } from '../helpers/console.ts';
import { type ClusterConsole, openWindowInCluster } from '../helpers/console-cluster.ts';
import { askPublic, type ExposedService, startExposedService } from '../helpers/exposed-service.ts';

const dialog = (page: Page): Locator => page.getByRole('dialog');
const row = (page: Page): Locator => page.getByRole('grid', { name: 'Tunnels' }).getByRole('row').filter({ hasText: 'labels.localhost' });
const requests = (page: Page): Locator => page.getByRole('listbox', { name: 'Live requests' }).getByRole('option');

let cluster: ClusterConsole<ConsoleUnderTest>;
let service: ExposedService;
let page: Page;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  [cluster, service] = await Promise.all([openWindowInCluster(), startExposedService()]);
  ({ page } = cluster.console);
  const client = await connectToNode({ data: cluster.console.dataFolder });
  const values = { 'gateway.agentsPort': 0, 'gateway.publicPort': 0, 'gateway.enabled': true };
  await expect
    .poll(async () => (await client.call('nodes.list', {})).nodes.filter(({ status }) => status === 'online').length, { timeout: 60_000 })
    .toBe(3);
  await client.call('config.set', { values }, { serviceId: cluster.others[0]?.nodeId ?? '' });
  client.close();
});

test.afterAll(async () => {
  await cluster?.close();
  await service?.close();
});

test('exposes a service of one node through the gateway of another', async () => {
  test.setTimeout(90_000);
  await goTo(page, '/tunnels');
  await page.getByRole('button', { name: 'Expose a service…' }).first().click();
  await expect(dialog(page).getByRole('combobox', { name: 'Gateway' })).toHaveValue('hub-01 (*.localhost)', { timeout: 30_000 });
  await dialog(page).getByRole('combobox', { name: 'Node', exact: true }).click();
  await page.getByRole('option', { name: 'press-07' }).click();
  await dialog(page).getByRole('combobox', { name: 'Local service' }).fill(String(service.port));
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('labels');
  await expectAccessible(page);
  await dialog(page).getByRole('button', { name: 'Expose' }).click();
  await expect(row(page)).toContainText('Up', { timeout: 30_000 });
  await expect(row(page)).toContainText(`press-07 → :${service.port}`);
});

test('shows the requests of the other node as they come', async () => {
  const address = await page.locator('.tu-urls .sb-mono').first().innerText();
  expect(await askPublic(address.trim(), '/labels/SO-99120')).toMatchObject({ status: 200 });
  await expect(requests(page)).toHaveCount(1, { timeout: 20_000 });
  await requests(page).click();
  await expect(page.getByRole('complementary', { name: 'Request', exact: true })).toContainText('GET /labels/SO-99120');
});

test('is told in the inspector of its node', async () => {
  await goTo(page, '/nodes');
  await page.getByRole('grid').getByRole('row').filter({ hasText: 'press-07' }).click();
  await page.getByRole('tab', { name: 'Tunnels' }).click();
  await expect(page.getByRole('table', { name: 'Tunnels' })).toContainText('labels');
  await expectAccessible(page);
  await page.getByRole('table', { name: 'Tunnels' }).getByRole('button', { name: 'labels' }).click();
  await expect(row(page)).toBeVisible();
});

test('says that a node does not answer, and keeps its tunnels as they were last seen', async () => {
  test.setTimeout(90_000);
  const press = cluster.others.find(({ name }) => name === 'press-07');
  const thaw = press?.freeze();
  try {
    await expect(row(page)).toContainText('Was up', { timeout: 40_000 });
    await expectAccessible(page);
  } finally {
    thaw?.();
  }
  await expect(row(page)).not.toContainText('Was up', { timeout: 40_000 });
});
