/** How the nodes hang together, in the window of the application, with real nodes. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, setScheme } from '../helpers/axe.ts';
import { type ConsoleUnderTest, goTo } from '../helpers/console.ts';
import { type ClusterConsole, openWindowInCluster } from '../helpers/console-cluster.ts';

let cluster: ClusterConsole<ConsoleUnderTest>;
let page: Page;
const refused: string[] = [];

const graph = () => page.getByRole('application', { name: 'Nodes of the cluster and the ways between them' });
const box = (name: string) => graph().getByRole('button', { name });
const table = () => page.getByRole('table', { name: 'Nodes and their links' });
const choose = (form: 'Graph' | 'Table') =>
  page.getByRole('radiogroup', { name: 'Graph or table' }).getByText(form, { exact: true }).click();

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  cluster = await openWindowInCluster({ others: 3 });
  ({ page } = cluster.console);
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text());
  });
  await page.getByRole('banner').getByText('4 of 4 nodes').waitFor();
  await goTo(page, '/nodes?tab=topology');
});
test.afterAll(() => cluster?.close());

test('shows every node with its live figures, and the hub above the others', async () => {
  for (const name of ['eng-laptop', 'press-07', 'kiln-02']) await expect(box(name)).toBeVisible();
  await expect(box('hub-01')).toHaveAccessibleName(/runs the broker/);
  // A node with a problem says how many in the place of the round trip.
  await expect(box('press-07')).toContainText(/\d\/s · \d.*ms|problem.* · \d.*\/s/);
  await expect(box('eng-laptop')).toContainText('this node');
  const [hub, press] = await Promise.all([box('hub-01').boundingBox(), box('press-07').boundingBox()]);
  expect(hub?.y).toBeLessThan(press?.y ?? 0);
});

test('goes from node to node by arrow keys, moves one with Shift, and opens it with Enter', async () => {
  await box('hub-01').focus();
  await page.keyboard.press('ArrowDown');
  await expect(box('kiln-02')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(box('press-07')).toBeFocused();

  const place = async () => (await box('press-07').boundingBox())?.y ?? 0;
  const hubPlace = async () => (await box('hub-01').boundingBox())?.y ?? 0;
  const below = async () => Math.round((await place()) - (await hubPlace()));
  const before = await below();
  await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(below).toBeGreaterThan(before);
  await expect(box('press-07')).toBeFocused();
  await page.getByRole('button', { name: 'Arrange again' }).click();
  await expect.poll(below).toBe(before);

  await box('press-07').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain(`tab=table&node=${cluster.others[1]?.nodeId}`);
  await goTo(page, '/nodes?tab=topology');
});

test('keeps a node where a person drags it, also when the console is opened again', async () => {
  // Waits until it stands still, and nothing covers it.
  await box('press-07').hover({ position: { x: 80, y: 20 } });
  const from = await box('press-07').boundingBox();
  if (from === null) throw new Error('press-07 is not drawn');
  await page.mouse.down();
  await page.mouse.move(from.x + 80, from.y + 100, { steps: 8 });
  await page.mouse.up();
  const rows = async () => {
    const [hub, press] = await Promise.all([box('hub-01').boundingBox(), box('press-07').boundingBox()]);
    return Math.round(((press?.y ?? 0) - (hub?.y ?? 0)) / 80);
  };
  await expect.poll(rows).toBe(2);
  await page.reload();
  await expect.poll(rows).toBe(2);
  await page.getByRole('button', { name: 'Arrange again' }).click();
  await expect.poll(rows).toBe(1);
});

test('has a table that says the same', async () => {
  await choose('Table');
  const row = (name: string) => table().getByRole('row').filter({ hasText: name });
  await expect(table().getByRole('row')).toHaveCount(5);
  await expect(row('press-07')).toContainText(/(Online|Degraded).*hub-01.*ms/);
  await expect(row('hub-01').getByText('runs the broker')).toBeVisible();
  await table().getByRole('button', { name: 'kiln-02' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain(`node=${cluster.others[2]?.nodeId}`);
  await goTo(page, '/nodes?tab=topology');
  await expect(table()).toBeVisible();
  await choose('Graph');
});

test('says within seconds that a node is gone, in both forms, and moves no other', async () => {
  await box('press-07').hover();
  const place = await box('press-07').boundingBox();
  await cluster.others[2]?.kill();
  await expect(box('kiln-02')).toContainText(/offline since \d\d:\d\d/);
  expect(await box('press-07').boundingBox()).toEqual(place);
  await choose('Table');
  await expect(table().getByRole('row').filter({ hasText: 'kiln-02' })).toContainText(/Offline since \d\d:\d\d/);
  await choose('Graph');
  await cluster.others[2]?.start();
  await expect(box('kiln-02')).toContainText(/\/s/);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`has no serious finding by axe in ${scheme}, as graph and as table`, async () => {
    await setScheme(page, scheme);
    await expect(box('press-07')).toBeVisible();
    await expectAccessible(page);
    await choose('Table');
    await expect(table()).toBeVisible();
    await expectAccessible(page);
    await choose('Graph');
  });
}

test('needs nothing that the content security policy refuses', () => {
  expect(refused).toEqual([]);
});
