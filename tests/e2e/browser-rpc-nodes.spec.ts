/** Calls to other nodes from the RPC screen: one, any, all; real nodes, of which one is killed. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { expectAccessible, setScheme } from '../helpers/axe.ts';
import { type BrowserConsole, goTo } from '../helpers/console.ts';
import { type ClusterConsole, openBrowserInCluster } from '../helpers/console-cluster.ts';

const answer = (page: Page): Locator => page.getByRole('region', { name: 'Answer', exact: true });
const grid = (page: Page): Locator => page.getByRole('listbox', { name: 'Nodes' });
const rowOf = (page: Page, name: string): Locator => grid(page).getByRole('option').filter({ hasText: name });

async function open(page: Page, query: Readonly<Record<string, string>>): Promise<void> {
  await goTo(page, `/rpc?${new URLSearchParams(query)}`);
  await expect(page.getByRole('tab', { name: query.method ?? '', selected: true })).toBeVisible();
}

async function aim(page: Page, typed: string, option: RegExp): Promise<void> {
  const field = page.getByRole('combobox', { name: 'Target' });
  await field.click();
  await field.fill(typed);
  await page.getByRole('option', { name: option }).click();
}

const send = (page: Page) => page.getByRole('button', { name: /^Send/ }).click();

test.describe('the RPC screen in a cluster', () => {
  test.describe.configure({ mode: 'serial' });
  let cluster: ClusterConsole<BrowserConsole>;
  let page: Page;
  test.beforeAll(async () => {
    cluster = await openBrowserInCluster({ others: 3 });
    ({ page } = cluster.console);
    await page.getByRole('banner').getByText('4 of 4 nodes').waitFor();
  });
  test.afterAll(() => cluster?.close());

  test('opens a request for the node of a link, and says who answered', async () => {
    await open(page, { method: 'node.status', node: cluster.others[1]?.nodeId ?? '' });
    await expect(page.getByRole('combobox', { name: 'Target' })).toHaveValue('press-07');
    await send(page);
    await expect(answer(page).getByRole('status')).toHaveText(/OK.* · press-07/);
    await expect(page.getByRole('region', { name: 'Answer as JSON' })).toContainText('"name": "press-07"');
  });

  test('finds a target by typing: a node, any with a capability, all', async () => {
    await aim(page, 'kiln', /^Any with kiln/);
    await send(page);
    await expect(answer(page).getByRole('status')).toHaveText(/OK.* · kiln-02/);
    await aim(page, 'hub', /^hub-01/);
    await send(page);
    await expect(answer(page).getByRole('status')).toHaveText(/OK.* · hub-01/);
    await page.getByRole('button', { name: 'More' }).last().click();
    await page.getByRole('menuitem', { name: 'Copy as CLI command' }).click();
    await expect.poll(() => cluster.console.readClipboard()).toContain('signalbox call node.status --node hub-01');
  });

  test('asks all nodes, marks what differs from most, and compares one with the others', async () => {
    const kiln = cluster.others[2]?.nodeId ?? '';
    await open(page, { method: 'config.set', node: kiln, params: '{"values":{"node.environment":"stage"}}' });
    await send(page);
    await expect(answer(page).getByText('OK', { exact: true })).toBeVisible();
    await open(page, { method: 'node.status' });
    await aim(page, 'all', /^All nodes/);
    await send(page);
    await expect(answer(page).getByText('4 of 4 answered')).toBeVisible();
    await expect(grid(page).getByRole('option')).toHaveCount(4);
    for (const name of ['eng-laptop', 'hub-01', 'press-07', 'kiln-02']) await expect(rowOf(page, name)).toContainText('OK');
    await expect(answer(page).getByRole('status')).toContainText('slowest');
    await expect(grid(page).locator('.sb-rpc-differs', { hasText: 'stage' })).toHaveText('stage ≠');
    await expect(rowOf(page, 'kiln-02')).toContainText('stage ≠');
    await rowOf(page, 'kiln-02').click();
    await answer(page).getByRole('radiogroup', { name: 'Answer or differences' }).getByText('Differences').click();
    await expect(page.getByRole('list', { name: 'Diff' })).toContainText('most have "none"');
    await answer(page).getByRole('combobox', { name: 'Compared with' }).click();
    await page.getByRole('option', { name: 'press-07', exact: true }).click();
    await expect(page.getByRole('list', { name: 'Diff' })).toContainText('press-07 has "press-07"');
    await answer(page).getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('menuitem', { name: 'Copy as CSV' }).click();
    await expect.poll(() => cluster.console.readClipboard()).toMatch(/^node,nodeId,result,timeMs,error,.*\r\neng-laptop,n1/);
  });

  test('shows every row, also of a node that is lost in mid-call, and what to do about it', async () => {
    const press = cluster.others[1];
    press?.freeze();
    await send(page);
    await expect(rowOf(page, 'hub-01')).toContainText('OK');
    await expect(rowOf(page, 'press-07')).toContainText('Asking');
    await press?.kill();
    await expect(rowOf(page, 'press-07')).toContainText('Lost in mid-call. It may still have run.');
    await expect(answer(page).getByText('3 of 4 answered')).toBeVisible();
    await expect(page.getByRole('banner').getByText('3 of 4 nodes')).toBeVisible();
    await send(page);
    await expect(rowOf(page, 'press-07')).toContainText('The call was not sent.');
    await rowOf(page, 'press-07').click();
    await page.getByRole('button', { name: 'Open for press-07 alone' }).click();
    await expect(page.getByRole('combobox', { name: 'Target' })).toHaveValue('press-07');
    await send(page);
    await expect(answer(page).getByRole('alert')).toContainText('Send it again when press-07 is back.');
    await expect(answer(page).getByRole('alert')).toContainText('It has not run.');
    await press?.start();
    await expect(page.getByRole('banner').getByText('4 of 4 nodes')).toBeVisible();
    await answer(page).getByRole('button', { name: 'Try again' }).click();
    await expect(answer(page).getByText('OK', { exact: true })).toBeVisible();
  });

  test('counts the nodes before it destroys something on all of them', async () => {
    await open(page, { method: 'users.remove', params: '{"username":"nobody"}' });
    await aim(page, 'all', /^All nodes/);
    await send(page);
    const dialog = page.getByRole('dialog', { name: 'Call users.remove?' });
    await expect(dialog).toContainText('It runs on 4 nodes at once.');
    await expect(dialog).toContainText('eng-laptop, hub-01, kiln-02, press-07');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  test('begins new requests where the console looks, and keeps each with its target', async () => {
    await page.getByRole('button', { name: /^Instance that is shown/ }).click();
    await page.getByRole('menuitem', { name: 'kiln-02' }).click();
    await page.getByRole('button', { name: 'New request' }).last().click();
    await expect(page.getByRole('combobox', { name: 'Target' })).toHaveValue('kiln-02');
    await page.getByRole('button', { name: 'Back to eng-laptop' }).click();
    await page.reload();
    await page.getByRole('tab', { name: 'users.remove' }).click();
    await expect(page.getByRole('combobox', { name: 'Target' })).toHaveValue(/^All nodes/);
  });

  test('has no serious accessibility finding, in either theme', async () => {
    await open(page, { method: 'node.status' });
    await aim(page, 'all', /^All nodes/);
    await send(page);
    await expect(answer(page).getByText('4 of 4 answered')).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await setScheme(page, colorScheme);
      await expectAccessible(page);
      await page.getByRole('combobox', { name: 'Target' }).click();
      await expect(page.getByRole('option', { name: /^All nodes/ })).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
    }
  });
});

test.describe('nodes that let callers of other nodes only read', () => {
  test('deny a change, and the console says which setting of which node', async () => {
    const cluster = await openBrowserInCluster({ others: 1, unsignedRole: 'viewer' });
    try {
      const { page } = cluster.console;
      await page.getByRole('banner').getByText('2 of 2 nodes').waitFor();
      await open(page, { method: 'logs.setLevel', node: cluster.others[0]?.nodeId ?? '', params: '{"name":"router","level":"debug"}' });
      await expect(page.getByText('hub-01 does not let you call logs.setLevel.')).toBeVisible();
      await send(page);
      const alert = answer(page).getByRole('alert');
      await expect(alert).toContainText('hub-01 denied logs.setLevel');
      await expect(alert).toContainText('the setting federation.unsignedRole of hub-01');
    } finally {
      await cluster.close();
    }
  });
});
