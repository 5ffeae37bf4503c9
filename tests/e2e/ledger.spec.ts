/** The Ledger screen in the window of the application: two nodes of a cluster, a file that is changed, an export that is checked. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import type { NodeClient } from '../../src/common/client/node-client.ts';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { expectAccessible, expectAccessibleInBothSchemes } from '../helpers/axe.ts';
import { type ClusterGuest, startGuest } from '../helpers/cluster-guest.ts';
import { type ConsoleUnderTest, goTo, openWindow } from '../helpers/console.ts';
import { runCommand } from '../helpers/headless-node.ts';
import { changeLedger } from '../helpers/ledger-damage.ts';

const settings = { 'links.discovery': 'off' };
const ownNode = {
  'config.json': JSON.stringify({
    version: 1,
    values: { 'node.name': 'eng-laptop', 'node.firstRunDone': true, 'links.port': 0, ...settings },
  }),
};

const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const entries = (page: Page): Locator => page.getByRole('listbox', { name: 'Entries of the ledger' }).getByRole('option');
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Entry', exact: true });
const copies = (page: Page): Locator => page.getByRole('table', { name: 'Copies of the chain of eng-laptop' });

let opened: ConsoleUnderTest;
let page: Page;
let client: NodeClient;
let press: ClusterGuest;

/** Compares the chain of the console's node until the other one has said something of it: it may be on its way back. */
async function compareUntil(verdict: string): Promise<void> {
  await button(page, 'Compare…').click();
  const again = dialog(page).getByRole('button', { name: 'Ask again' });
  const answered = async () => {
    await expect(again).toBeEnabled({ timeout: 30_000 });
    return dialog(page).innerText();
  };
  await expect(async () => {
    if ((await answered()).includes(verdict)) return;
    await again.click();
    expect(await answered()).toContain(verdict);
  }).toPass({ timeout: 75_000 });
  await expect(copies(page)).toContainText('press-07');
}

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  [opened, press] = await Promise.all([openWindow(ownNode), startGuest('press-07', settings)]);
  ({ page } = opened);
  client = await connectToNode({ data: opened.dataFolder });
  await client.call('membership.create', { name: 'North yard' });
  const { code, addresses } = await client.call('membership.invite', {});
  await press.run('cluster', 'join', code, '--at', addresses[0] ?? '');
});

test.afterAll(async () => {
  client?.close();
  await Promise.all([opened?.close(), press?.close()]);
});

test('lists what is done as it is done, narrows it, and shows what proves one entry', async () => {
  await page.keyboard.press('Control+7');
  await expect(page.getByRole('heading', { level: 1, name: 'Ledger' })).toBeVisible();
  await expect(entries(page).filter({ hasText: 'membership.create' })).toBeVisible();
  await client.call('config.set', { values: { 'limits.connections': 512 } });
  await expect(entries(page).first()).toContainText('config.set');
  await page.keyboard.press('/');
  await page.keyboard.type('membership.');
  await expect(entries(page).filter({ hasText: 'config.set' })).toHaveCount(0);
  await expect(entries(page).filter({ hasText: 'membership.create' })).toBeVisible();
  await page.keyboard.press('Escape');
  await entries(page).filter({ hasText: 'config.set' }).click();
  await expect(inspector(page)).toContainText('limits.connections');
  await inspector(page).getByRole('tab', { name: 'Proof' }).click();
  await expect(inspector(page)).toContainText('eng-laptop signed the block with its key (Ed25519):');
  await expectAccessibleInBothSchemes(page);
  await inspector(page).getByRole('button', { name: 'Open it' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
});

test('verifies the whole chain, and takes a note that comes into the list', async () => {
  await goTo(page, '/ledger');
  await button(page, 'Verify').click();
  await expect(page.getByText('The chain of eng-laptop is whole.')).toBeVisible();
  await page.keyboard.press('Control+n');
  await dialog(page).getByRole('textbox', { name: 'Note' }).fill('Replaced the fan of press-07.');
  await expectAccessible(page);
  await button(page, 'Add note').click();
  await expect(entries(page).first()).toContainText('Note Replaced the fan of press-07.');
  await button(page, 'Close').first().click();
  await expect(page.getByRole('contentinfo').getByRole('button', { name: /^Ledger/ })).toBeVisible();
});

test('compares the copy of another node, and asks it to confirm an entry', async () => {
  test.setTimeout(120_000);
  await compareUntil('Same');
  await expectAccessible(page);
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await entries(page).filter({ hasText: 'Replaced the fan' }).click();
  await inspector(page).getByRole('button', { name: 'Ask peers to confirm' }).click();
  await expect(inspector(page)).toContainText('1 of 1 node holds the very same entry.', { timeout: 20_000 });
  await expect(inspector(page).getByRole('listitem')).toContainText('Signed');
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('tab', { name: /^Chains/ }).click();
  await expect(page.getByRole('row').filter({ hasText: 'press-07' })).toContainText('Whole', { timeout: 20_000 });
  await button(page, 'Verify all chains').click();
  await expect(page.getByText('All 2 chains are whole.')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('list', { name: 'What was found of each chain' }).getByRole('listitem')).toHaveCount(2);
  await expectAccessibleInBothSchemes(page);
  await button(page, 'Close').first().click();
});

test('exports the chain with its proofs; a stand-alone check takes the file, and names the line that was changed', async () => {
  test.setTimeout(90_000);
  await goTo(page, '/ledger');
  await button(page, 'Export…').click();
  const file = await opened.saveFile(() => button(page, 'Export').click());
  await expect(dialog(page)).toContainText('signalbox ledger verify ledger-eng-laptop.jsonl');
  await expectAccessible(page);
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  expect(await runCommand(['ledger', 'verify', file])).toMatchObject({ code: 0 });
  const text = await readFile(file, 'utf8');
  const changed = join(opened.dataFolder, 'changed.jsonl');
  await writeFile(changed, text.replaceAll('Replaced the fan', 'Replaced the can'));
  const refused = await runCommand(['ledger', 'verify', changed]);
  expect(refused.code).toBe(1);
});

test('a changed file is shown as broken at its place, compared with the whole copy, and repaired from it', async () => {
  test.setTimeout(150_000);
  const { nodeId } = await client.call('node.status', {});
  const { entries: notes } = await client.call('ledger.list', { chain: nodeId, act: 'ledger.note' });
  const height = notes[0]?.height ?? 0;
  client.close();
  const file = join(opened.dataFolder, 'ledger.db');
  page = await opened.restart(() => changeLedger(file, nodeId, height, 'Replaced the fan', 'Replaced the can'));
  client = await connectToNode({ data: opened.dataFolder });
  await goTo(page, '/ledger');
  await button(page, 'Verify').click();
  await expect(page.getByText(`The chain of eng-laptop breaks at block ${height}.`).first()).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('contentinfo')).toContainText(`Ledger breaks at block ${height}`);
  await expectAccessibleInBothSchemes(page);
  await compareUntil('Differs');
  await dialog(page).getByRole('button', { name: 'Show difference' }).click();
  const changed = dialog(page).getByRole('row').filter({ hasText: 'text' });
  await expect(changed).toContainText('Replaced the can of press-07.');
  await expect(changed).toContainText('Replaced the fan of press-07.');
  await expectAccessible(page);
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('tab', { name: /^Chains/ }).click();
  await page.getByRole('row').filter({ hasText: 'eng-laptop' }).click();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Repair…' }).click();
  await dialog(page).getByRole('textbox', { name: 'Type eng-laptop to confirm' }).fill('eng-laptop');
  await dialog(page).getByRole('button', { name: 'Repair' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'eng-laptop' })).toContainText('Whole', { timeout: 30_000 });
});
