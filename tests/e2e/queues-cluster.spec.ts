/** Queues of a cluster in the window of the application: brokers are added, spread, let go, replaced and removed; leaders are killed. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import type { NodeClient } from '../../src/common/client/node-client.ts';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { expectAccessible } from '../helpers/axe.ts';
import { type ClusterGuest, startGuest } from '../helpers/cluster-guest.ts';
import { type ConsoleUnderTest, goTo, openWindow, runFromPalette } from '../helpers/console.ts';

const settings = { 'broker.port': 0, 'links.discovery': 'off' };
const ownNode = {
  'config.json': JSON.stringify({
    version: 1,
    values: { 'node.name': 'eng-laptop', 'node.firstRunDone': true, 'links.port': 0, 'broker.enabled': true, ...settings },
  }),
};

const dialog = (page: Page): Locator => page.getByRole('dialog');
const replicas = (page: Page): Locator => page.getByRole('region', { name: /^Replicas of G-/ });
const replica = (page: Page, name: string): Locator => replicas(page).getByRole('listitem').filter({ hasText: name });

let opened: ConsoleUnderTest;
let page: Page;
let client: NodeClient;
let press: ClusterGuest;
let kiln: ClusterGuest;
/** Who is made the leader and lost, and who is left beside it. */
let chosen: ClusterGuest;
let other: ClusterGuest;
/** The group of the queue, and one beside it. */
let groupId: string;
let otherGroupId: string;

/** Makes a node of the cluster a replica of the group, as a person does. */
async function addBroker({ name }: ClusterGuest): Promise<void> {
  await page.getByRole('button', { name: 'Add broker…' }).click();
  await dialog(page).getByRole('combobox', { name: 'Node' }).click();
  await page.getByRole('option', { name, exact: true }).click();
  await expect(dialog(page)).toContainText(`The queue broker of ${name} is off and is turned on first.`);
  await expectAccessible(page);
  await dialog(page).getByRole('button', { name: 'Turn on and add' }).click();
  await dialog(page).waitFor({ state: 'hidden', timeout: 60_000 });
  await expect(replica(page, name)).toContainText('In sync', { timeout: 30_000 });
}

/** Opens the menu of a replica, chooses an act, and types its name to confirm. */
async function confirmFor(name: string, act: string, verb: string): Promise<void> {
  await page.getByRole('button', { name: `Acts on ${name}` }).click();
  await page.getByRole('menuitem', { name: act }).click();
  await dialog(page).waitFor();
  await dialog(page).getByRole('textbox').fill(name);
  await expectAccessible(page);
  await dialog(page).getByRole('button', { name: verb, exact: true }).click();
}

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  [opened, press, kiln] = await Promise.all([openWindow(ownNode), startGuest('press-07', settings), startGuest('kiln-02', settings)]);
  ({ page } = opened);
  client = await connectToNode({ data: opened.dataFolder });
  await client.call('membership.create', { name: 'North yard' });
  for (const guest of [press, kiln]) {
    const { code, addresses } = await client.call('membership.invite', {});
    await guest.run('cluster', 'join', code, '--at', addresses[0] ?? '');
  }
  ({ groupId } = await client.call('queues.create', { name: 'orders' }));
  await goTo(page, '/queues/orders');
});

test.afterAll(async () => {
  client?.close();
  await Promise.all([opened?.close(), press?.close(), kiln?.close()]);
});

test('two nodes of the cluster become replicas, their brokers turned on for it', async () => {
  test.setTimeout(180_000);
  await page.getByRole('button', { name: /^G-/ }).click();
  await addBroker(press);
  await addBroker(kiln);
  await expect(replicas(page)).toContainText('writable, quorum 2 of 3');
  await expectAccessible(page);
});

test('spreads the leaderships, when one broker leads two groups', async () => {
  test.setTimeout(120_000);
  ({ groupId: otherGroupId } = await client.call('brokers.createGroup', {}));
  for (const guest of [press, kiln]) await guest.run('broker', 'join', otherGroupId);
  await goTo(page, `/queues?group=${otherGroupId}`);
  await expect(replicas(page)).toContainText('writable, quorum 2 of 3');
  await runFromPalette(page, 'Spread leaders');
  await dialog(page).waitFor();
  await dialog(page).getByRole('button', { name: 'Spread' }).click();
  await expect(page.getByText('1 leadership moved')).toBeVisible({ timeout: 30_000 });
  const { groups } = await client.call('brokers.groups', {});
  expect(new Set(groups.map(({ leader }) => leader)).size).toBe(2);
});

test('a replica leaves a group, and its copy goes with it', async () => {
  test.setTimeout(90_000);
  await confirmFor('kiln-02', 'Let kiln-02 leave…', 'Leave');
  await expect(replica(page, 'kiln-02')).toHaveCount(0, { timeout: 30_000 });
  await expect(replicas(page)).toContainText('writable, quorum 2 of 2');
  expect(await kiln.run('broker', 'groups', '--json')).toContain(groupId);
});

test('the leadership moves to the replica that is chosen', async () => {
  test.setTimeout(90_000);
  await goTo(page, `/queues?group=${groupId}`);
  // Which of the two groups was led by another after the spreading is not said.
  const { groups } = await client.call('brokers.groups', {});
  const leader = groups.find((group) => group.groupId === groupId)?.members.find(({ role }) => role === 'leader');
  [chosen, other] = leader?.nodeId === press.nodeId ? [kiln, press] : [press, kiln];
  await page.getByRole('button', { name: 'Transfer leader…' }).click();
  await dialog(page).getByRole('combobox', { name: 'New leader' }).click();
  await page.getByRole('option', { name: new RegExp(`^${chosen.name}`) }).click();
  await dialog(page).getByRole('button', { name: 'Transfer' }).click();
  await expect(replica(page, chosen.name)).toContainText('Leader', { timeout: 30_000 });
});

test('the leader is killed: another leads, writes go on, nothing that was acknowledged is gone', async () => {
  test.setTimeout(120_000);
  const lines = (from: number) => Array.from({ length: 50 }, (_, index) => ({ data: { line: from + index } }));
  await client.call('queues.append', { queue: 'orders', messages: lines(0) });
  await chosen.kill();
  await expect(replica(page, chosen.name)).toContainText('Inactive', { timeout: 60_000 });
  // By the word alone: what is said of the others while nobody leads has "leader" in it too.
  const leader = page.getByRole('listitem').filter({ has: page.getByText('Leader', { exact: true }) });
  await expect(leader).toContainText(new RegExp(`eng-laptop|${other.name}`));
  await client.call('queues.append', { queue: 'orders', messages: lines(50) }, { timeoutMs: 30_000 });
  await goTo(page, '/queues/orders');
  const messages = page.getByRole('listbox', { name: 'Messages' }).getByRole('option');
  await expect(messages.first()).toContainText('{"line":99}', { timeout: 30_000 });
  const { messages: kept } = await client.call('queues.browse', { queue: 'orders', from: 'first', limit: 500 });
  expect(kept.map(({ data }) => (data as { readonly line: number }).line)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  await expectAccessible(page);
  await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: /^Queues, \d needs? a look/ })).toBeVisible({
    timeout: 30_000,
  });
  await goTo(page, '/overview');
  await expect(page.getByText(`${chosen.name} is not heard of`).first()).toBeVisible();
});

test('the node that has lost its disk comes back in its own place', async () => {
  test.setTimeout(120_000);
  await chosen.restart('broker');
  await goTo(page, `/queues?group=${groupId}`);
  await page.getByRole('button', { name: `Acts on ${chosen.name}` }).click();
  await page.getByRole('menuitem', { name: `Replace ${chosen.name}…` }).click();
  // The dialog may be there before the node is seen again.
  await expect(dialog(page).getByRole('combobox', { name: 'Node' })).toHaveValue(chosen.name, { timeout: 30_000 });
  await expect(dialog(page).getByRole('combobox', { name: 'In place of' })).toHaveValue(new RegExp(chosen.name));
  await expect(dialog(page)).toContainText('3 replicas, quorum 2: 1 may be lost');
  await expectAccessible(page);
  await dialog(page).getByRole('button', { name: 'Add broker' }).click();
  await dialog(page).waitFor({ state: 'hidden', timeout: 60_000 });
  // For a while there are two brokers of that node: the one that is replaced and the one in its place.
  await expect(replica(page, chosen.name).filter({ hasText: 'In sync' })).toBeVisible({ timeout: 30_000 });
  await expect(replica(page, chosen.name)).toHaveCount(1);
  await expect(replicas(page)).toContainText('writable, quorum 2 of 3');
});

test('a node that is gone for good is removed', async () => {
  test.setTimeout(120_000);
  await other.kill();
  await expect(replica(page, other.name)).toContainText('Inactive', { timeout: 60_000 });
  await confirmFor(other.name, `Remove ${other.name}…`, 'Remove');
  await expect(replica(page, other.name)).toHaveCount(0, { timeout: 30_000 });
  await expect(replicas(page)).toContainText('writable, quorum 2 of 2');
});

test('the other one is lost: nothing can be written, and it says why', async () => {
  test.setTimeout(90_000);
  await chosen.kill();
  await goTo(page, '/queues/orders');
  await expect(replicas(page)).toContainText('no quorum: 1 of 2', { timeout: 60_000 });
  await expect(page.getByRole('listbox', { name: 'Messages' }).getByRole('option').first()).toContainText('{"line":99}', {
    timeout: 30_000,
  });
  await expectAccessible(page);
});
