/** What a person does on the Events screen: the same in the window and in a browser. */
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page, test } from '@playwright/test';
import type { NodeClient } from '../../src/common/client/node-client.ts';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { expectAccessible, expectAccessibleInBothSchemes } from '../helpers/axe.ts';
import { type ConsoleUnderTest, goTo } from '../helpers/console.ts';

/** Subscribes by hand, as the field asks. */
async function subscribe(page: Page, topic: string): Promise<void> {
  await page.getByRole('button', { name: 'Add subscription' }).first().click();
  await page.getByRole('combobox', { name: 'Topic', exact: true }).fill(topic);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('button', { name: `Hide ${topic}` })).toBeVisible();
}

const listOf = (page: Page): Locator => page.getByRole('listbox', { name: 'Events, newest last' });
const rowsOf = (page: Page, text: string): Locator => listOf(page).getByRole('option').filter({ hasText: text });
const filterOf = (page: Page): Locator => page.getByPlaceholder('Filter topic or payload');

/** Registers the scenarios over one console. */
export function describeEvents(open: () => Promise<ConsoleUnderTest>): void {
  let console: ConsoleUnderTest;
  let page: Page;
  let node: NodeClient;
  const publish = (topic: string, data: unknown) => node.call('events.publish', { topic, data });

  test.describe('the Events screen', () => {
    test.describe.configure({ mode: 'serial' });
    test.beforeAll(async () => {
      console = await open();
      ({ page } = console);
      node = await connectToNode({ data: console.dataFolder });
      await goTo(page, '/events');
      await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
    });
    test.afterAll(async () => {
      node?.close();
      await console?.close();
    });

    test('shows what is published on a topic that was added, as it comes', async () => {
      await subscribe(page, '/north/#');
      await publish('/north/press/07/temp', { c: 80.9, set: 80 });
      await publish('/north/press/07/temp', { c: 81.4, set: 80 });
      await publish('/north/kiln/02/gas', { bar: 1.01 });
      await expect(rowsOf(page, '/north/press/07/temp')).toHaveCount(2);
      await expect(rowsOf(page, '{"bar":1.01}')).toHaveCount(1);
    });

    test('publishes, and says what the node refuses', async () => {
      const topic = page.getByLabel('Topic to publish on');
      const payload = page.getByLabel('Payload, JSON');
      await topic.fill('/north/note');
      await payload.fill('{"text":"Valve 3 checked"');
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      await expect(page.getByText('Not valid JSON')).toBeVisible();
      await payload.fill('{"text":"Valve 3 checked"}');
      await payload.press('Enter');
      await expect(page.getByText(/Published on \/north\/note as number 1/)).toBeVisible();
      await expect(rowsOf(page, 'Valve 3 checked')).toHaveCount(1);
      await topic.fill('/stats');
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      await expect(page.getByText('Only the node itself publishes below /stats')).toBeVisible();
    });

    test('filters by a word and by the tree, and says when nothing matches', async () => {
      await page.keyboard.press('Escape');
      await listOf(page).focus();
      await page.keyboard.press('/');
      await expect(filterOf(page)).toBeFocused();
      await filterOf(page).fill('kiln');
      await expect(rowsOf(page, '/north/')).toHaveCount(1);
      await filterOf(page).fill('presse');
      await expect(page.getByText('No event matches “presse”.')).toBeVisible();
      await page.getByRole('button', { name: 'Clear filter' }).last().click();
      await expect(rowsOf(page, '/north/press/07/temp')).toHaveCount(2);
      const tree = page.getByRole('tree', { name: 'Topics by node' });
      await tree.getByRole('treeitem', { name: /^north/ }).click();
      await expect(filterOf(page)).toHaveValue('topic:/north/#');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      await expect(tree.getByRole('treeitem', { name: /^kiln/ })).toHaveAttribute('aria-selected', 'true');
      await page.keyboard.press('Enter');
      await expect(filterOf(page)).toHaveValue('topic:/north/kiln/#');
      await expect(listOf(page).getByRole('option')).toHaveCount(1);
      await filterOf(page).press('Escape');
      await expect(filterOf(page)).toHaveValue('');
    });

    test('stands still while paused, counts, and goes on', async () => {
      await listOf(page).focus();
      await page.keyboard.press(' ');
      await expect(page.getByText('Paused.')).toBeVisible();
      await filterOf(page).fill('topic:/north/pause');
      for (let index = 0; index < 3; index++) await publish('/north/pause', { index });
      await expect(page.getByText(/Paused\. \d+ events? since\./)).not.toContainText(' 0 events');
      await expect(rowsOf(page, '/north/pause')).toHaveCount(0);
      await page.getByRole('button', { name: /Go on/ }).click();
      await expect(rowsOf(page, '/north/pause')).toHaveCount(3);
      await filterOf(page).fill('');
    });

    test('opens an event: JSON, text, bytes, difference, chart', async () => {
      await filterOf(page).fill('topic:/north/press/#');
      await rowsOf(page, '81.4').click();
      const inspector = page.getByRole('complementary', { name: 'Event' });
      await expect(inspector.getByText('Changed since the previous message: c was 80.9')).toBeVisible();
      await expect(inspector.locator('.sb-code')).toContainText('"set": 80');
      await expect(inspector.getByText('data_generated')).toBeVisible();
      await inspector.getByRole('tab', { name: 'Text' }).click();
      await expect(inspector.locator('.sb-code')).toContainText('{"c":81.4,"set":80}');
      await inspector.getByRole('tab', { name: 'Hex' }).click();
      await expect(inspector.locator('.sb-code')).toContainText('7b 22 63 22 3a 38 31 2e');
      await inspector.getByRole('tab', { name: 'Diff' }).click();
      await expect(inspector.getByRole('listitem')).toHaveText(/≠\s*c\s*80\.9 → 81\.4/);
      await inspector.getByRole('tab', { name: 'Chart' }).click();
      await inspector.getByRole('combobox', { name: 'Numeric field to draw' }).click();
      await page.getByRole('option', { name: 'c', exact: true }).click();
      await expect(inspector.getByRole('figure', { name: /^c · last 2 values/ })).toBeVisible();
      await inspector.getByRole('tab', { name: 'JSON' }).click();
      await expect(inspector.getByRole('figure', { name: /^c · last 2 values/ })).toBeVisible();
      await expectAccessibleInBothSchemes(page);
      await listOf(page).focus();
      await page.keyboard.press('ArrowUp');
      await expect(inspector.locator('.sb-code')).toContainText('80.9');
      await page.keyboard.press('Escape');
      await expect(inspector).toBeHidden();
      await filterOf(page).fill('');
    });

    test('exports whole events, exactly those that were published', async () => {
      const sent = Array.from({ length: 700 }, (_, index) => ({ index, text: `Line ${index}\n${'x'.repeat(300)}` }));
      await filterOf(page).fill('topic:/north/export');
      for (const data of sent) await publish('/north/export', data);
      await expect(rowsOf(page, '"index":699')).toHaveCount(1);
      const file = await console.saveFile(() => page.getByRole('button', { name: 'Export as NDJSON' }).click());
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
      const events = lines.map((line) => JSON.parse(line) as { topic: string; seq: number; data: unknown });
      expect(events.map(({ data }) => data)).toEqual(sent);
      expect(events.map(({ seq }) => seq)).toEqual(sent.map(({ index }) => index + 1));
      await expect(page.getByText(/^700 of [\d,]+ kept events exported$/)).toBeVisible();
      await filterOf(page).fill('');
    });

    test('asks before it subscribes to everything', async () => {
      await page.getByRole('button', { name: 'Add subscription' }).first().click();
      await page.getByRole('combobox', { name: 'Topic', exact: true }).fill('/#');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      const question = page.getByRole('dialog', { name: 'Subscribe to every topic?' });
      await expect(question).toContainText('events/s now');
      await expectAccessible(page);
      await question.getByRole('button', { name: 'Cancel' }).click();
      await expect(question).toBeHidden();
      await expect(page.getByRole('button', { name: 'Hide /#' })).toHaveCount(0);
      await page.getByRole('combobox', { name: 'Topic', exact: true }).press('Escape');
    });

    test('goes on after the node restarted, says what is missing, and remembers what was subscribed', async () => {
      await filterOf(page).fill('topic:/north/after');
      node.close();
      const restarting = await connectToNode({ data: console.dataFolder });
      await restarting.call('node.restart', {});
      restarting.close();
      await expect(page.getByText(/^No connection from .* to .*\. Events of that time are not in this list\.$/)).toBeVisible();
      node = await connectToNode({ data: console.dataFolder });
      await publish('/north/after', { c: 1 });
      await expect(rowsOf(page, '/north/after')).toHaveCount(1);
      await page.reload();
      await expect(page.getByRole('button', { name: 'Hide /north/#' })).toBeVisible();
    });
  });
}
