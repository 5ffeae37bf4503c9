/** What a person does on the Queues screen: the same in the window and in a browser, over a real node with a real broker. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import type { NodeClient } from '../../src/common/client/node-client.ts';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { expectAccessible, expectAccessibleInBothSchemes } from '../helpers/axe.ts';
import { type ConsoleUnderTest, goTo, runFromPalette } from '../helpers/console.ts';

/** Settings of the console's own node: any free port for the broker, which is off. */
export const ownNode = {
  'config.json': JSON.stringify({ version: 1, values: { 'node.name': 'eng-laptop', 'node.firstRunDone': true, 'broker.port': 0 } }),
};

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: typeof name === 'string' });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const gridOf = (page: Page): Locator => page.getByRole('grid', { name: 'Queues' });
const rowOf = (page: Page, name: string): Locator => gridOf(page).getByRole('row').filter({ hasText: name });
const tab = (page: Page, name: string | RegExp): Locator => page.getByRole('tab', { name });
const messages = (page: Page): Locator => page.getByRole('listbox', { name: 'Messages' }).getByRole('option');
const inspector = (page: Page, sequence: number): Locator => page.getByRole('region', { name: `Message ${sequence}`, exact: true });
const replicas = (page: Page): Locator => page.getByRole('region', { name: /^Replicas of G-/ });

/** Opens the menu beside the buttons of the queue and chooses an act. */
async function choose(page: Page, act: string): Promise<void> {
  await page
    .getByRole('region', { name: /^Queue / })
    .getByRole('button', { name: 'More' })
    .click();
  await page.getByRole('menuitem', { name: act }).click();
  await dialog(page).waitFor();
}

/** Appends as a program would. */
async function atNode<T>({ dataFolder }: ConsoleUnderTest, act: (client: NodeClient) => Promise<T>): Promise<T> {
  const client = await connectToNode({ data: dataFolder });
  try {
    return await act(client);
  } finally {
    client.close();
  }
}

export function describeQueues(open: () => Promise<ConsoleUnderTest>): void {
  let console: ConsoleUnderTest;
  let page: Page;

  test.describe('the Queues screen', () => {
    test.describe.configure({ mode: 'serial' });
    test.beforeAll(async () => {
      console = await open();
      ({ page } = console);
    });
    test.afterAll(() => console.close());

    test('says what a queue is while there is none, and turns the broker on for the first one', async () => {
      await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Queues' }).click();
      await expect(page.getByRole('heading', { name: 'No queue in this cluster yet' })).toBeVisible();
      await expect(page.getByText('signalbox queue create orders')).toBeVisible();
      await expectAccessibleInBothSchemes(page);
      await page.keyboard.press('Control+n');
      await expect(dialog(page)).toContainText('The queue broker of eng-laptop is off and is turned on first.');
      await expect(dialog(page)).toContainText('127.0.0.1');
      await dialog(page).getByRole('textbox', { name: 'Name' }).fill('-orders');
      await button(page, 'Turn on and create').click();
      await expect(dialog(page)).toContainText('Begin with a letter or digit');
      await expectAccessible(page);
      await dialog(page).getByRole('textbox', { name: 'Name' }).fill('orders');
      await page.keyboard.press('Enter');
      await expect(rowOf(page, 'orders')).toBeVisible({ timeout: 30_000 });
      await expect(page.getByRole('heading', { name: 'The queue is empty' })).toBeVisible();
      await expect(replicas(page)).toContainText('eng-laptop');
      await expect(replicas(page)).toContainText('Leader');
      await expect(replicas(page)).toContainText('writable, quorum 1 of 1');
    });

    test('appends a message that is written as JSON, and shows it', async () => {
      await button(page, 'Append').first().click();
      const editor = dialog(page).getByRole('textbox', { name: 'Payload' });
      await editor.fill('{"line": 7, ');
      await dialog(page).getByRole('button', { name: 'Append' }).click();
      await expect(dialog(page).getByRole('alert')).toContainText('This is no JSON');
      await editor.fill('{"line": 7, "qty": 400}');
      await dialog(page).getByRole('textbox', { name: 'Key' }).fill('42');
      await dialog(page).getByRole('textbox', { name: 'Headers, one a line' }).fill('trace: 7f3a');
      await expectAccessible(page);
      await dialog(page).getByRole('button', { name: 'Append' }).click();
      await dialog(page).waitFor({ state: 'hidden' });
      await expect(messages(page)).toHaveCount(1);
      await messages(page).first().click();
      await expect(inspector(page, 1)).toContainText('"qty": 400');
      await expect(inspector(page, 1)).toContainText('key 42');
      await inspector(page, 1).getByRole('tab', { name: 'Headers 1' }).click();
      await expect(inspector(page, 1)).toContainText('7f3a');
      await expect(rowOf(page, 'orders').getByRole('gridcell').nth(1)).toHaveText('1');
      await page.keyboard.press('Escape');
      await expect(inspector(page, 1)).toBeHidden();
    });

    test('shows what others write as text, whatever it is, and loads a long message when it is asked for', async () => {
      const hostile = '<img src=x onerror="document.title=\'taken\'">';
      const rows = Array.from({ length: 60_000 }, (_, index) => index);
      await atNode(console, async (client) => {
        const many = Array.from({ length: 120 }, (_, index) => ({ data: { line: index % 9, note: `part ${index}` } }));
        await client.call('queues.append', { queue: 'orders', messages: many });
        await client.call('queues.append', {
          queue: 'orders',
          messages: [{ data: hostile, key: hostile, headers: { [hostile]: hostile } }],
        });
        await client.call('queues.append', { queue: 'orders', messages: [{ data: btoa('\u0000\u0001bytes'), encoding: 'base64' }] });
        await client.call('queues.append', { queue: 'orders', messages: [{ data: { rows } }] });
      });
      await page.getByRole('button', { name: /newer$/ }).click();
      await expect(messages(page).first()).toContainText('124');
      await goTo(page, '/queues/orders?message=122');
      await expect(inspector(page, 122)).toContainText(hostile);
      await inspector(page, 122).getByRole('tab', { name: 'Headers 1' }).click();
      await expect(inspector(page, 122).getByRole('tabpanel')).toContainText(hostile);
      expect(await page.locator('img').count()).toBe(0);
      await goTo(page, '/queues/orders?message=123');
      await inspector(page, 123).getByRole('tab', { name: 'Hex' }).click();
      await expect(inspector(page, 123)).toContainText('00 01 62 79 74 65 73');
      await goTo(page, '/queues/orders?message=124');
      await inspector(page, 124)
        .getByRole('button', { name: /^Load whole/ })
        .click();
      await expect(inspector(page, 124)).toContainText('complete.');
      await expectAccessibleInBothSchemes(page);
    });

    test('looks from where it is told and filters at the node; a fault of the filter is shown at its place', async () => {
      await goTo(page, '/queues/orders');
      await page.keyboard.press('Control+f');
      await page.keyboard.type('value.line == 7 and value.note == "part 16"');
      await page.keyboard.press('Enter');
      await expect(messages(page)).toHaveCount(1);
      await expect(messages(page)).toContainText('part 16');
      await page.getByRole('textbox', { name: 'Filter messages' }).fill('value.line == ');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('form', { name: 'What to look at' }).getByRole('alert').locator('mark')).toBeVisible();
      await expectAccessible(page);
      await page.getByRole('textbox', { name: 'Filter messages' }).fill('');
      await page.getByRole('combobox', { name: 'Begin with' }).click();
      await page.getByRole('option', { name: 'From message' }).click();
      await page.getByRole('textbox', { name: 'Number of the message' }).fill('#100');
      await page.keyboard.press('Enter');
      await expect(messages(page).first()).toContainText('100');
      await expect(page).toHaveURL(/from=100/);
      await expect(page.getByText('Moves no position')).toBeVisible();
      expect((await atNode(console, (client) => client.call('queues.positions', { queue: 'orders' }))).positions).toEqual([]);
    });

    test('reads as a client, moves its position back after saying what that means, and forgets it', async () => {
      await choose(page, 'Read as a client…');
      await dialog(page).getByRole('combobox', { name: 'Client' }).fill('C-BILL1');
      await dialog(page).getByRole('textbox', { name: 'Messages at most' }).fill('5');
      await expect(dialog(page)).toContainText('The position of C-BILL1 moves by 5 messages.');
      await dialog(page).getByRole('button', { name: 'Read 5' }).click();
      await expect(dialog(page)).toContainText('5 messages read; the position is 5 now');
      await expectAccessible(page);
      await dialog(page).getByRole('button', { name: 'Close' }).last().click();
      await tab(page, /^Clients/).click();
      const client = page.getByRole('grid', { name: 'Clients' }).getByRole('row').filter({ hasText: 'C-BILL1' });
      await client.click();
      await button(page, 'Move its position…').click();
      await dialog(page).getByRole('textbox', { name: 'Number of the message' }).fill('2');
      await expect(dialog(page)).toContainText('4 messages');
      const verb = dialog(page).getByRole('button', { name: 'Move position' });
      await expect(verb).toBeDisabled();
      await expectAccessible(page);
      await dialog(page).getByRole('textbox', { name: 'Type C-BILL1 to confirm' }).fill('C-BILL1');
      await verb.click();
      await expect(client.getByRole('gridcell').nth(1)).toHaveText('1');
      await button(page, 'Forget it…').click();
      await dialog(page).getByRole('textbox', { name: 'Type C-BILL1 to confirm' }).fill('C-BILL1');
      await dialog(page).getByRole('button', { name: 'Forget', exact: true }).click();
      await expect(page.getByRole('heading', { name: 'No client has read this queue' })).toBeVisible();
    });

    test('changes what the queue keeps, and asks before that drops messages', async () => {
      await tab(page, 'Config').click();
      await page.getByRole('textbox', { name: 'Keep at most, messages' }).fill('50');
      await expectAccessibleInBothSchemes(page);
      await button(page, 'Save').click();
      await expect(dialog(page)).toContainText('74 messages');
      await dialog(page).getByRole('button', { name: 'Save and drop' }).click();
      await expect(rowOf(page, 'orders').getByRole('gridcell').nth(1)).toHaveText('50');
      await tab(page, 'History').click();
      await expect(page.getByRole('figure', { name: /^Messages held/ })).toBeVisible();
      await expectAccessible(page);
    });

    test('shows the group with its one replica', async () => {
      await tab(page, /^Groups/).click();
      await expect(page.getByRole('heading', { name: 'Queues of this group' })).toBeVisible();
      await expect(button(page, 'Transfer leader…')).toBeVisible();
      await expectAccessibleInBothSchemes(page);
      await button(page, 'Transfer leader…').click();
      await expect(dialog(page)).toContainText('The group has no other replica');
      await page.keyboard.press('Escape');
      await button(page, 'Acts on eng-laptop').click();
      await page.getByRole('menuitem', { name: 'Let eng-laptop leave…' }).click();
      await expect(dialog(page)).toContainText('eng-laptop has the only replica');
      await expectAccessible(page);
      await dialog(page).getByRole('button', { name: 'Add broker…' }).click();
      await expect(dialog(page)).toContainText('Every node of the cluster is in this group already');
      await page.keyboard.press('Escape');
      await button(page, 'orders').click();
      await expect(page).toHaveURL(/queues\/Q-/);
    });

    test('is worked by keyboard alone: filter, list, palette', async () => {
      await atNode(console, (client) => client.call('queues.create', { name: 'label-print' }));
      await expect(rowOf(page, 'label-print')).toBeVisible();
      await page.keyboard.press('/');
      await page.keyboard.type('label');
      await expect(gridOf(page).getByRole('rowgroup').getByRole('row')).toHaveCount(1);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('region', { name: 'Queue label-print' })).toBeVisible();
      await page.keyboard.press('/');
      await page.keyboard.press('Escape');
      await runFromPalette(page, 'Purge label-print');
      await expect(dialog(page)).toContainText('Purge label-print');
      await page.keyboard.press('Escape');
      await expect(dialog(page)).toBeHidden();
    });

    test('keeps queues and messages when the node is lost', async () => {
      page = await console.restart();
      await goTo(page, '/queues/orders');
      await expect(messages(page).first()).toContainText('124', { timeout: 30_000 });
      await expect(rowOf(page, 'orders').getByRole('gridcell').nth(1)).toHaveText('50');
    });

    test('purges and deletes once the name has been typed', async () => {
      await choose(page, 'Purge…');
      await expect(dialog(page)).toContainText('50 messages');
      await dialog(page).getByRole('textbox', { name: 'Type orders to confirm' }).fill('orders');
      await dialog(page).getByRole('button', { name: 'Purge', exact: true }).click();
      await expect(page.getByRole('heading', { name: 'The queue is empty' })).toBeVisible();
      await choose(page, 'Delete…');
      const verb = dialog(page).getByRole('button', { name: 'Delete', exact: true });
      await expect(verb).toBeDisabled();
      await dialog(page).getByRole('textbox', { name: 'Type orders to confirm' }).fill('orders');
      await verb.click();
      await expect(rowOf(page, 'orders')).toHaveCount(0);
      await expect(page.getByRole('region', { name: 'Queue label-print' })).toBeVisible();
      await goTo(page, '/queues/orders');
      await expect(page.getByRole('heading', { name: 'No queue is called “orders”' })).toBeVisible();
    });

    test('backs a group up, and begins a new one with what the backup holds', async () => {
      await goTo(page, '/queues?group=');
      await page
        .getByRole('region', { name: /^Group G-/ })
        .getByRole('button', { name: 'More' })
        .click();
      await page.getByRole('menuitem', { name: 'Back up…' }).click();
      await dialog(page).getByRole('button', { name: 'Back up' }).click();
      await expect(dialog(page)).toContainText('The backup is on eng-laptop.', { timeout: 30_000 });
      await expectAccessible(page);
      const file = await dialog(page).locator('dd').first().innerText();
      await dialog(page).getByRole('button', { name: 'Close' }).last().click();
      await runFromPalette(page, 'Restore a backup');
      await dialog(page).getByRole('textbox', { name: 'File on the machine of the node' }).fill(file);
      await dialog(page).getByRole('button', { name: 'Restore' }).click();
      await dialog(page).waitFor({ state: 'hidden', timeout: 30_000 });
      await expect(page.getByRole('grid', { name: 'Groups' }).getByRole('rowgroup').getByRole('row')).toHaveCount(2);
      await tab(page, /^Queues/).click();
      await expect(rowOf(page, 'label-print')).toHaveCount(2);
      await goTo(page, '/queues/label-print');
      await expect(page.getByRole('heading', { name: 'Several groups have a queue called “label-print”' })).toBeVisible();
    });
  });
}
