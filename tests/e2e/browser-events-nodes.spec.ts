/** Events of other nodes on the Events screen: real nodes, of which one goes away and comes back. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { expectAccessible, setScheme } from '../helpers/axe.ts';
import { type BrowserConsole, goTo } from '../helpers/console.ts';
import { type ClusterConsole, openBrowserInCluster } from '../helpers/console-cluster.ts';

const tree = (page: Page): Locator => page.getByRole('tree', { name: 'Topics by node' });
const line = (page: Page, name: RegExp): Locator => tree(page).getByRole('treeitem', { name });
const list = (page: Page): Locator => page.getByRole('listbox', { name: 'Events, newest last' });
const rows = (page: Page, text: string): Locator => list(page).getByRole('option').filter({ hasText: text });
const subscription = (page: Page, topic: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('button', { name: `Hide ${topic}`, exact: true }) });

async function subscribe(page: Page, topic: string): Promise<void> {
  await page.getByRole('button', { name: 'Add subscription' }).first().click();
  await page.getByRole('combobox', { name: 'Topic', exact: true }).fill(topic);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(subscription(page, topic)).toBeVisible();
}

/** Opens a branch or level by keyboard. */
async function expand(page: Page, name: RegExp): Promise<void> {
  await line(page, name).getByText(name).first().click();
  await expect(line(page, name)).toHaveAttribute('aria-expanded', 'true');
}

test.describe('the Events screen in a cluster', () => {
  test.describe.configure({ mode: 'serial' });
  let cluster: ClusterConsole<BrowserConsole>;
  let page: Page;
  test.beforeAll(async () => {
    cluster = await openBrowserInCluster();
    ({ page } = cluster.console);
    await page.getByRole('banner').getByText('3 of 3 nodes').waitFor();
    await goTo(page, '/events');
    await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
  });
  test.afterAll(() => cluster?.close());

  test('shows the topics of each node in its branch, and subscribes from there', async () => {
    await expect(line(page, /^eng-laptop/)).toHaveAttribute('aria-expanded', 'true');
    await tree(page).getByText('eng-laptop').click();
    await expect(line(page, /^eng-laptop/)).toHaveAttribute('aria-expanded', 'false');
    await expect(line(page, /^cluster/)).toHaveCount(0);
    await expand(page, /^press-07/);
    await expect(line(page, /^cluster/)).toHaveCount(1);
    await line(page, /^cluster/).click({ button: 'right' });
    await expect(page.getByRole('menuitem', { name: 'Subscribe on every node' })).toBeVisible();
    await page.keyboard.press('Escape');
  });

  test('follows a topic of another node by name, live', async () => {
    await subscribe(page, 'press-07/stats');
    await expect(rows(page, 'press-07/stats').first()).toBeVisible();
    await expect(subscription(page, 'press-07/stats')).toContainText('0 dropped');
    await expect(subscription(page, 'press-07/stats')).not.toContainText(' 0 kept');
    await rows(page, 'press-07/stats').first().click();
    const inspector = page.getByRole('complementary', { name: 'Event' });
    await expect(inspector.getByRole('heading')).toHaveText('press-07/stats');
    await expect(inspector.getByRole('button', { name: 'press-07' })).toHaveAttribute('title', cluster.others[1]?.nodeId ?? '');
    await page.keyboard.press('Escape');
  });

  test('follows a topic of every node, each by its name', async () => {
    await subscribe(page, '+/notifications');
    await subscribe(page, '+/site/note');
    // Alone in the list: among what the nodes tell each second a note would soon be out of sight.
    await page.getByPlaceholder('Filter topic or payload').fill('site/note');
    for (const name of ['hub-01', 'press-07', 'eng-laptop']) {
      await page.getByRole('combobox', { name: 'Node to publish on' }).click();
      await page.getByRole('option', { name, exact: true }).click();
      await page.getByLabel('Topic to publish on').fill('/site/note');
      await page.getByLabel('Payload, JSON').fill(JSON.stringify({ from: name }));
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      await expect(rows(page, `{"from":"${name}"}`)).toContainText(`${name}/site/note`);
    }
    await expect(page.getByText(/^Published on \/site\/note as number 1/)).toBeVisible();
    await page.getByPlaceholder('Filter topic or payload').fill('');
  });

  test('narrows to a node by its branch, and offers what is not subscribed', async () => {
    await line(page, /^hub-01/).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Show only its events' }).click();
    await expect(list(page).getByRole('option')).toHaveCount(1);
    await expect(rows(page, 'hub-01/site/note')).toBeVisible();
    await page.getByRole('button', { name: 'Clear filter' }).first().click();
    await expand(page, /^hub-01/);
    await page.getByPlaceholder('Filter topic or payload').fill('topic:hub-01/metrics');
    await expect(page.getByText('hub-01/metrics is not subscribed')).toBeVisible();
    await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
    await expect(rows(page, 'hub-01/metrics').first()).toBeVisible();
    await page.getByPlaceholder('Filter topic or payload').fill('');
  });

  test('says that a subscription waits for its node, and goes on by itself when that is back', async () => {
    const press = cluster.others[1];
    await press?.kill();
    await expect(subscription(page, 'press-07/stats')).toContainText('Waiting for press-07');
    await expect(line(page, /^press-07/)).toContainText('offline');
    // One that is added while its node is away waits in the same way.
    await subscribe(page, 'press-07/metrics');
    await expect(subscription(page, 'press-07/metrics')).toContainText('Waiting for press-07');
    await subscribe(page, 'nobody/stats');
    await expect(subscription(page, 'nobody/stats')).toContainText('Unknown node');
    await expect(subscription(page, 'nobody/stats').getByRole('button', { name: 'Try again' })).toBeVisible();
    await press?.start();
    await expect(subscription(page, 'press-07/stats')).toContainText('dropped');
    await expect(subscription(page, 'press-07/metrics')).toContainText('dropped');
    await page.getByRole('button', { name: 'Clear the list' }).click();
    await expect(rows(page, 'press-07/stats').first()).toBeVisible();
    await expect(rows(page, 'press-07/metrics').first()).toBeVisible();
    await subscription(page, 'nobody/stats').hover();
    await page.getByRole('button', { name: 'Remove nobody/stats' }).click();
  });

  test('opens a topic of a link by id where it is subscribed by name', async () => {
    await page.getByRole('button', { name: 'Hide press-07/stats' }).click();
    await goTo(page, `/events?topic=${encodeURIComponent(`${cluster.others[1]?.nodeId}/stats`)}`);
    await expect(subscription(page, 'press-07/stats')).toBeVisible();
    await expect(page.getByPlaceholder('Filter topic or payload')).toHaveValue('topic:press-07/stats');
    await page.getByPlaceholder('Filter topic or payload').fill('');
  });

  test('completes names of nodes and their topics', async () => {
    await page.getByRole('button', { name: 'Add subscription' }).first().click();
    const field = page.getByRole('combobox', { name: 'Topic', exact: true });
    await field.fill('hub');
    await expect(page.getByRole('option', { name: 'hub-01/', exact: true })).toBeVisible();
    await field.fill('hub-01/st');
    await expect(page.getByRole('option', { name: 'hub-01/stats', exact: true })).toBeVisible();
    await field.press('Escape');
    await expect(field).toBeHidden();
  });

  test('asks before it takes in everything of a node', async () => {
    await line(page, /^hub-01/).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Subscribe', exact: true }).click();
    const question = page.getByRole('dialog', { name: 'Subscribe to every topic?' });
    await expect(question).toContainText('everything that happens on hub-01');
    await question.getByRole('button', { name: 'Cancel' }).click();
  });

  test('has no serious accessibility finding, in either theme', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await setScheme(page, colorScheme);
      // Rows that come while the page is looked at would be looked at half.
      await page.getByRole('button', { name: /^Pause/ }).click();
      await expectAccessible(page);
      await page.getByRole('button', { name: /^Go on/ }).click();
    }
  });
});

test('a person who has chosen nothing sees the life of the instance that is looked at, and publishes there', async () => {
  const cluster = await openBrowserInCluster({ others: 1 });
  try {
    const { page } = cluster.console;
    await page.getByRole('banner').getByText('2 of 2 nodes').waitFor();
    await goTo(page, '/events');
    await expect(page.getByRole('button', { name: 'Hide /stats' })).toBeVisible();
    await page.getByRole('button', { name: /^Instance that is shown/ }).click();
    await page.getByRole('menuitem', { name: 'hub-01' }).click();
    await expect(subscription(page, `${cluster.others[0]?.nodeId}/stats`)).toContainText('hub-01/stats');
    await expect(rows(page, 'hub-01/stats').first()).toBeVisible();
    await expect(page.getByRole('combobox', { name: 'Node to publish on' })).toHaveValue('hub-01');
    await page.getByRole('button', { name: 'Back to eng-laptop' }).click();
    await expect(page.getByRole('button', { name: 'Hide /stats' })).toBeVisible();
  } finally {
    await cluster.close();
  }
});
