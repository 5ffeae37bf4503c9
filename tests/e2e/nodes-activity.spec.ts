/** What passes between the nodes: calls and topics of the whole cluster, with real other nodes. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessibleInBothSchemes } from '../helpers/axe.ts';
import { type ConsoleUnderTest, goTo } from '../helpers/console.ts';
import { type ClusterConsole, openWindowInCluster } from '../helpers/console-cluster.ts';
import { runCommand } from '../helpers/headless-node.ts';

let cluster: ClusterConsole<ConsoleUnderTest>;
let page: Page;

test.beforeAll(async () => {
  cluster = await openWindowInCluster();
  page = cluster.console.page;
  await page.getByRole('banner').getByText('3 of 3 nodes').waitFor();
  for (const node of ['hub-01', 'press-07', 'press-07']) expect(await call('logs.list', node)).toBe(0);
  expect(await call('press.start', 'press-07')).toBe(1);
});
test.afterAll(() => cluster?.close());

/** Somebody calls a method from a terminal; the exit code. */
async function call(method: string, node: string, params: object = {}): Promise<number | null> {
  const words = ['call', method, '--node', node, '--params', JSON.stringify(params), '--data', cluster.console.dataFolder];
  return (await runCommand(words)).code;
}

test('calls of every node are counted by method, and lead on to the RPC screen', async () => {
  await goTo(page, '/nodes?tab=activity');
  const figures = page.getByRole('region', { name: 'Figures of now' });
  await expect(figures).toContainText(/3\s*of 3/);
  const methods = page.getByRole('grid', { name: 'Calls by method' });
  const row = methods.getByRole('row', { name: 'logs.list' });
  await expect(row.getByRole('gridcell').nth(4)).toHaveText('3');
  await expect(row.getByRole('gridcell').nth(6)).toHaveText('2');
  await expect(methods.getByRole('row', { name: 'no such method' }).getByRole('gridcell').nth(5)).toHaveText('1');

  await methods.getByRole('button', { name: 'Errors' }).click();
  await expect(methods.getByRole('columnheader', { name: 'Errors' })).toHaveAttribute('aria-sort', 'descending');
  await expect(methods.getByRole('row').nth(1)).toContainText('no such method');
  await page.keyboard.press('/');
  await page.keyboard.type('logs');
  await expect(methods.getByRole('row')).toHaveCount(2);
  await methods.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const details = page.getByRole('complementary', { name: 'Details' });
  await expect(details).toContainText('2 nodes');
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.press('Escape');
  await expect(details).toBeHidden();
  await expect(methods).toBeFocused();
  await page.keyboard.press('Enter');

  await details.getByRole('button', { name: 'Open in RPC' }).click();
  await expect(page.getByRole('tab', { name: 'logs.list' })).toHaveAttribute('aria-selected', 'true');
});

test('the newest calls name their node and what went wrong', async () => {
  await goTo(page, '/nodes?tab=activity');
  await page.getByRole('radiogroup', { name: 'What is shown of the calls' }).getByText('Newest').click();
  await page.getByRole('switch', { name: 'Errors only' }).check();
  const calls = page.getByRole('grid', { name: 'Newest calls' });
  const failed = calls.getByRole('row', { name: 'METHOD_NOT_FOUND' });
  await expect(failed).toHaveCount(1);
  await failed.click();
  const details = page.getByRole('complementary', { name: 'Details' });
  await expect(details).toContainText('METHOD_NOT_FOUND');
  await expect(details).toContainText('press-07');
  await page.getByRole('textbox', { name: 'Filter calls' }).fill('nothing like that');
  await expect(page.getByText('Nothing matches “nothing like that”.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filter' }).last().click();
  await expect(page.getByRole('switch', { name: 'Errors only' })).not.toBeChecked();
});

test('topics of every node show who publishes what, and lead on to its events', async () => {
  for (const celsius of [71.5, 72]) expect(await call('events.publish', 'press-07', { topic: '/site/oil', data: { celsius } })).toBe(0);
  await goTo(page, '/nodes?tab=topics');
  const topics = page.getByRole('grid', { name: 'Topics by node' });
  await page.getByRole('textbox', { name: 'Filter topics' }).fill('oil');
  const row = topics.getByRole('row', { name: '/site/oil' });
  await expect(row).toContainText('press-07');
  await expect(row).toContainText('{"celsius":72}');
  await expect(row.getByRole('gridcell').nth(4)).toHaveText('2');
  await row.click();
  await expect(page.getByRole('complementary', { name: 'Details' })).toContainText('{"celsius":72}');
  await page.getByRole('switch', { name: 'Group by node' }).check();
  const group = topics.getByRole('row', { name: 'press-07' });
  await expect(group).toContainText('1 topic');
  await expectAccessibleInBothSchemes(page);
  await group.click();
  await expect(row).toHaveCount(0);
  await group.click();
  await row.click();
  await page.getByRole('button', { name: 'Watch in Events' }).click();
  await expect(page.getByText(/\/site\/oil$/).first()).toBeVisible();
});

test('a node that does not answer is named, and the others are shown', async () => {
  const press = cluster.others[1];
  await goTo(page, '/nodes?tab=activity');
  await page.getByRole('grid', { name: 'Calls by method' }).waitFor();
  const thaw = press?.freeze();
  await expect(page.getByText('2 of 3 nodes answered.')).toBeVisible();
  await expect(page.getByText('No answer: press-07 (TIMEOUT).')).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Calls by method' })).toContainText('logs.list');
  await page.getByRole('radiogroup', { name: 'What is shown of the calls' }).getByText('By node').click();
  await expect(page.getByRole('row', { name: 'press-07' })).toContainText('No answer · TIMEOUT');
  await expectAccessibleInBothSchemes(page);
  thaw?.();
  await expect(page.getByText('2 of 3 nodes answered.')).toBeHidden();
});

test('one node alone can be looked at, also when it is gone', async () => {
  await goTo(page, '/nodes?tab=activity');
  const choice = page.getByRole('combobox', { name: 'Nodes that are asked' });
  await choice.click();
  await page.getByRole('option', { name: 'press-07' }).click();
  await expect(page.getByRole('region', { name: 'Figures of now' })).toContainText(/1\s*of 1/);
  await cluster.others[1]?.kill();
  await expect(page.getByRole('heading', { name: 'Could not read the calls' })).toBeVisible();
  await expect(page.getByText('NODE_UNREACHABLE')).toBeVisible();
  await choice.click();
  await page.getByRole('option', { name: 'All nodes' }).click();
  await expect(page.getByRole('region', { name: 'Figures of now' })).toContainText('1 not on line');
});
