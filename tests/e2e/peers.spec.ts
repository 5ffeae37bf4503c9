/** Peers in the window of the application: a member that is reached over a link and over MQTT, whose link breaks. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import type { NodeClient } from '../../src/common/client/node-client.ts';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { expectAccessible, expectAccessibleInBothSchemes, setScheme } from '../helpers/axe.ts';
import { type ClusterGuest, startGuest } from '../helpers/cluster-guest.ts';
import { type ConsoleUnderTest, goTo, openWindow, runFromPalette } from '../helpers/console.ts';
import { type FaultProxy, openFaultProxy } from '../helpers/fault-path.ts';
import { freePort } from '../helpers/free-port.ts';

/** Failures in a row that open a circuit. */
const failuresToOpen = 5;
/** `crit` of the dark palette, which is made for text. */
const readableRed = 'rgb(255, 133, 133)';

test.describe.configure({ mode: 'serial' });

let opened: ConsoleUnderTest;
let page: Page;
let client: NodeClient;
let press: ClusterGuest;
/** Between the member and the link of the console's node. */
let cable: FaultProxy;

const gridOf = (): Locator => page.getByRole('grid', { name: 'Peers' });
const rowOf = (name: string): Locator => gridOf().getByRole('row').filter({ hasText: name });
const inspectorOf = (): Locator => page.getByRole('complementary', { name: 'Peer' });
const wayOf = (name: string): Locator => inspectorOf().getByRole('list', { name: 'Ways' }).getByRole('listitem').filter({ hasText: name });
const dialogOf = (): Locator => page.getByRole('dialog');

async function choose(list: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: list }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

test.beforeAll(async () => {
  const port = await freePort();
  const values = { 'links.port': 0, 'links.discovery': 'off', 'federation.mode': 'hub', 'federation.port': port };
  opened = await openWindow({
    'config.json': JSON.stringify({ version: 1, values: { 'node.name': 'eng-laptop', 'node.firstRunDone': true, ...values } }),
  });
  ({ page } = opened);
  client = await connectToNode({ data: opened.dataFolder });
  await client.call('membership.create', { name: 'North yard' });
  const [address = ''] = (await client.call('membership.status', {})).addresses;
  cable = await openFaultProxy(Number(address.split(':').at(-1)));
  press = await startGuest('press-07', { 'federation.mode': 'external', 'federation.brokerUrl': `mqtt://127.0.0.1:${port}` });
  const { code } = await client.call('membership.invite', { roles: ['peer', 'viewer', 'operator'] });
  await press.run('cluster', 'join', code, '--at', `127.0.0.1:${cable.port}`);
});

test.afterAll(async () => {
  client?.close();
  await press?.close();
  cable?.close();
  await opened?.close();
});

test('says of each peer how it is and which way leads there', async () => {
  await goTo(page, '/nodes?tab=peers');
  await expect(rowOf('press-07')).toContainText('Direct link');
  await expect(page.getByText(/^1 peer · 1 /)).toBeVisible();
  await gridOf().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(inspectorOf().getByRole('heading', { name: 'press-07' })).toBeVisible();
  await expect(wayOf('Direct link')).toContainText('In use');
  await expect(wayOf('MQTT')).toContainText('Ready');
  await expectAccessibleInBothSchemes(page);
});

test('shows what passed between this node and all its peers, live', async () => {
  await page.getByRole('button', { name: 'Traffic', exact: true }).click();
  const traffic = page.getByRole('complementary', { name: 'Traffic' });
  const row = (priority: string) => traffic.getByRole('table', { name: 'By priority' }).getByRole('row').filter({ hasText: priority });
  await expect(row('Critical').getByRole('cell').first()).toHaveText(/^[\d,]+$/);
  const before = (await client.call('peers.statistics', {})).taken;
  await client.call('peers.probe', { node: press.nodeId });
  const taken = traffic.locator('dl > div').filter({ hasText: 'Taken' });
  await expect.poll(async () => Number((await taken.locator('dd').innerText()).replaceAll(',', ''))).toBeGreaterThan(before);
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.press('Escape');
  await expect(traffic).toBeHidden();
  await expect(gridOf()).toBeFocused();
  await rowOf('press-07').click();
  await expect(inspectorOf().getByRole('heading', { name: 'press-07' })).toBeVisible();
});

test('shows how messages take another way when the link breaks, and come back to it', async () => {
  const { nodeId } = press;
  cable.stall();
  for (let sent = 0; sent < failuresToOpen; sent++) await client.call('peers.probe', { node: nodeId }, { timeoutMs: 30_000 });
  await expect(wayOf('Direct link')).toContainText(/Left alone, tries again in \d+ s/);
  await expect(wayOf('MQTT')).toContainText('In use');
  await expect(rowOf('press-07')).toContainText(/MQTT.*Direct link again in/);
  await expect(inspectorOf().getByText('Circuit opened.')).toBeVisible();
  await expectAccessible(page);
  cable.resume();
  await inspectorOf().getByRole('button', { name: 'Probe now' }).click();
  await expect(page.getByText(/^press-07 answered over the direct link in/)).toBeVisible();
  await expect(wayOf('Direct link')).toContainText('In use');
  await expect(rowOf('press-07')).not.toContainText('again in');
  await expect(inspectorOf().getByText('Circuit closed.').first()).toBeVisible();
});

test('removes a peer after its name was typed, adds it back, and keeps it', async () => {
  await rowOf('press-07').click({ button: 'right' });
  await setScheme(page, 'dark');
  await expect(page.getByRole('menuitem', { name: 'Remove…' })).toHaveCSS('color', readableRed);
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  await expect(dialogOf()).toContainText('nothing waits for it');
  await expectAccessible(page);
  const remove = dialogOf().getByRole('button', { name: 'Remove' });
  await expect(remove).toBeDisabled();
  await dialogOf().getByRole('textbox', { name: 'Type press-07 to confirm' }).fill('press-07');
  await remove.click();
  await expect(rowOf('press-07')).toContainText('Nothing is sent to it');
  await expect(inspectorOf().getByRole('button', { name: 'Probe now' })).toBeDisabled();

  await runFromPalette(page, 'Add a peer');
  await dialogOf().getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialogOf().getByText('Type the name or the id of the node.')).toBeVisible();
  await dialogOf().getByLabel('Node').fill('press');
  await page.getByRole('option', { name: 'press-07' }).click();
  await dialogOf().getByRole('button', { name: 'Add', exact: true }).click();
  await expect(rowOf('press-07')).toContainText('Kept');
  await expect(rowOf('press-07')).not.toContainText('Nothing is sent to it');
});

test('is a part of what the inspector of a node says', async () => {
  await goTo(page, `/nodes?node=${press.nodeId}&show=peer`);
  const inspector = page.getByRole('complementary', { name: 'Node' });
  await expect(inspector.getByRole('heading', { name: 'Ways' })).toBeVisible();
  await expect(inspector.getByRole('heading', { name: 'Standing' })).toBeVisible();
  await expect(inspector.getByRole('list', { name: 'What happened' }).getByRole('listitem').first()).toBeVisible();
  await expectAccessibleInBothSchemes(page);
});

test('stores a value with a copy on another node, shows it, and deletes it', async () => {
  await goTo(page, '/nodes?tab=store');
  await expect(page.getByRole('heading', { name: 'This node stores no values yet' })).toBeVisible();
  await page.getByRole('button', { name: 'New value…' }).first().click();
  await dialogOf().getByRole('textbox', { name: 'Key' }).fill('site/contact');
  await dialogOf().getByRole('textbox', { name: 'Value' }).fill('Ines, +41 44 000 00 00');
  await dialogOf().getByLabel('Copies').fill('press');
  await page.getByRole('option', { name: 'press-07' }).click();
  await dialogOf().getByRole('heading').click();
  await dialogOf().getByRole('button', { name: 'Store' }).click();
  const row = page.getByRole('grid', { name: 'Values' }).getByRole('row').filter({ hasText: 'site/contact' });
  await expect(row).toContainText('1 of 1 current');
  await row.click();
  const inspector = page.getByRole('complementary', { name: 'Details' });
  await expect(inspector.getByText('Ines, +41 44 000 00 00')).toBeVisible();
  await expect(inspector.getByRole('list', { name: 'Copies' })).toContainText('press-07');
  await expectAccessibleInBothSchemes(page);
  await choose('Node whose store is shown', 'press-07');
  await expect(page.getByRole('heading', { name: 'press-07 stores no values yet' })).toBeVisible();
  await choose('Whose values are shown', 'Copies for eng-laptop');
  await expect(row).toBeVisible();
  await page.getByRole('button', { name: 'Forget copies…' }).click();
  await dialogOf().getByRole('textbox', { name: 'Type eng-laptop to confirm' }).fill('eng-laptop');
  await expect(dialogOf()).toContainText('eng-laptop is online: it sends its copies again');
  await expectAccessible(page);
  await dialogOf().getByRole('button', { name: 'Forget copies' }).click();
  await expect(page.getByText('1 copy for eng-laptop is forgotten')).toBeVisible();
  await choose('Node whose store is shown', 'eng-laptop');
  await row.click();
  await inspector.getByRole('button', { name: 'Delete…' }).click();
  await dialogOf().getByRole('textbox', { name: 'Type site/contact to confirm' }).fill('site/contact');
  await dialogOf().getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { name: 'This node stores no values yet' })).toBeVisible();
});
