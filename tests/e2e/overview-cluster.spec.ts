/** The Overview of a node that is one of several, and of the instance that is looked at, in the window of the application. */
import { expect, type Page, test } from '@playwright/test';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { expectAccessible, setScheme } from '../helpers/axe.ts';
import { type ConsoleUnderTest, goTo } from '../helpers/console.ts';
import { type ClusterConsole, openWindowInCluster } from '../helpers/console-cluster.ts';

let cluster: ClusterConsole<ConsoleUnderTest>;
let page: Page;

const figures = () => page.getByRole('region', { name: 'Figures of now' });
const attention = () => page.getByRole('region', { name: /need(s)? attention/ });
const activity = () => page.getByRole('list', { name: 'Latest activity' });
const graph = () => page.getByRole('application', { name: 'Nodes of the cluster and the ways between them' });

async function lookAt(name: string): Promise<void> {
  await page
    .getByRole('banner')
    .getByRole('button', { name: /^Instance that is shown/ })
    .click();
  await page.getByRole('menuitem', { name }).click();
}

/** Somebody does something on press-07, from elsewhere. */
async function publishOnPress(): Promise<void> {
  const client = await connectToNode({ data: cluster.console.dataFolder });
  await client.callUnknown('events.publish', { topic: '/site/note', data: 1 }, { target: { node: cluster.others[1]?.nodeId ?? '' } });
  client.close();
}

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  cluster = await openWindowInCluster();
  ({ page } = cluster.console);
  await page.getByRole('banner').getByText('3 of 3 nodes').waitFor();
  await goTo(page, '/overview');
});
test.afterAll(() => cluster?.close());

test('counts the nodes and shows how they hang together, beside how the own node is', async () => {
  await expect(figures()).toContainText(/Nodes\s*3\s*of 3 online/);
  await expect(figures()).toContainText(/Processor\s*\d+/);
  for (const name of ['eng-laptop', 'hub-01', 'press-07']) await expect(graph().getByRole('button', { name })).toBeVisible();
  await page.getByRole('button', { name: 'Topology in full size' }).click();
  await expect(page.getByRole('tab', { name: 'Topology' })).toHaveAttribute('aria-selected', 'true');
  await goTo(page, '/overview');
});

test('says which node is gone, opens it, and keeps when it left and came back', async () => {
  const press = cluster.others[1];
  await press?.kill();
  await expect(figures()).toContainText(/2\s*of 3 online\s*1 offline/);
  const line = attention()
    .getByRole('listitem')
    .filter({ hasText: /press-07 offline since \d\d:\d\d:\d\d/ });
  await expect(line).toBeVisible();
  await expect(activity().getByRole('listitem').filter({ hasText: 'press-07 left' })).toBeVisible();
  await line.getByRole('button', { name: 'Open node' }).click();
  await expect.poll(() => page.url()).toContain(`node=${press?.nodeId}`);
  await goTo(page, '/overview');
  await press?.start();
  await expect(figures()).toContainText(/3\s*of 3 online/);
  await expect(line).toBeHidden();
  await expect(activity().getByRole('listitem').filter({ hasText: 'press-07 is on line' }).first()).toBeVisible();
});

test('shows another node as it shows the own one', async () => {
  await lookAt('press-07');
  await expect(page.getByRole('main')).toContainText(/press-07 · headless node · up .* · as of \d\d:\d\d:\d\d/);
  await expect(page.getByRole('heading', { name: 'press-07' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Listeners' })).toContainText('Listening');
  await expect(page.getByRole('table', { name: 'Processes' }).getByRole('row').nth(1)).toContainText(/\d MB/);
  await expect(figures()).toContainText(/Processor\s*\d+/);
  await expect(page.getByRole('figure', { name: 'CPU and memory, %' })).toHaveAttribute('aria-label', /Now \d/);
  await publishOnPress();
  await expect(activity().getByText('published on /site/note').or(activity().getByText('called events.publish'))).toBeVisible();
  await page.getByRole('button', { name: 'Copy snapshot' }).click();
  await expect(page.getByText('Snapshot of press-07 copied')).toBeVisible();
  expect(await cluster.console.readClipboard()).toMatch(/^# press-07, 20/);
});

test('keeps what it last knew of a node that is gone, with its age', async () => {
  await cluster.others[1]?.kill();
  await expect(page.getByText(/press-07 does not answer\. What is shown is .* old\./)).toBeVisible();
  await expect(page.getByRole('table', { name: 'Listeners' })).toBeVisible();
  await cluster.others[1]?.start();
  await expect(page.getByText(/press-07 does not answer/)).toBeHidden();
});

test('puts all nodes together, and names the worst', async () => {
  await lookAt('All nodes');
  await expect(figures()).toContainText(/3\s*of 3 online/);
  await expect(figures()).toContainText(/on 3 nodes/);
  await expect(figures()).toContainText(/Processor · (eng-laptop|hub-01|press-07)/);
  await expect(page.getByRole('figure', { name: 'RPC calls per second' })).toHaveAttribute('aria-label', /Now [\d.]+/);
  await expect(graph().getByRole('button', { name: 'hub-01' })).toBeVisible();
  await publishOnPress();
  // Over all nodes only calls are listed, which do not tell what they were done to.
  await expect(
    activity()
      .getByText(/called events\.publish on press-07/)
      .first(),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Copy snapshot' }).click();
  await expect(page.getByText('Snapshot of all-nodes copied')).toBeVisible();
  expect(await cluster.console.readClipboard()).toMatch(/^# 3 of 3 nodes online, seen from eng-laptop/);
});

test('says on the Queues screen that a node in no cluster is shown none of others, and what to do', async () => {
  await goTo(page, '/queues');
  await expect(page.getByRole('heading', { name: /^This node is in no cluster/ })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('There may be queues that are hidden here.');
  await expect(page.getByText('there is nothing hidden')).toBeHidden();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Join the cluster…' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await goTo(page, '/overview');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`has no serious finding by axe in ${scheme}, whichever instance is shown`, async () => {
    await setScheme(page, scheme);
    for (const name of ['All nodes', 'press-07', 'eng-laptop']) {
      await lookAt(name);
      await expect(figures()).toContainText(/Processor/);
      await expectAccessible(page);
    }
  });
}
