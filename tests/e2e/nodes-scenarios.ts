/** What a person does on the Nodes screen: the same in the window and in a browser, over three real nodes. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { connectAsync, type MqttClient } from 'mqtt';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { expectAccessibleInBothSchemes } from '../helpers/axe.ts';
import { type ConsoleUnderTest, connected, goTo, runFromPalette } from '../helpers/console.ts';
import type { ClusterConsole, ClusterNode } from '../helpers/console-cluster.ts';

const gridOf = (page: Page): Locator => page.getByRole('grid', { name: 'Nodes' });
const rowOf = (page: Page, name: string): Locator => gridOf(page).getByRole('row').filter({ hasText: name });
const rowsOf = (page: Page): Locator => gridOf(page).getByRole('rowgroup').getByRole('row');
const namesOf = (page: Page): Locator => rowsOf(page).locator('b');
const inspectorOf = (page: Page): Locator => page.getByRole('complementary', { name: 'Node' });
const filterOf = (page: Page): Locator => page.getByRole('textbox', { name: 'Filter nodes' });
const tabOf = (page: Page, name: string): Locator => inspectorOf(page).getByRole('tab', { name });

/** Does something at the broker of the cluster. */
async function atBroker({ dataFolder }: ConsoleUnderTest, act: (link: MqttClient) => Promise<unknown>): Promise<void> {
  const client = await connectToNode({ data: dataFolder });
  const { broker } = await client.call('mqtt.status', {});
  client.close();
  const link = await connectAsync(broker ?? '');
  await act(link);
  await link.endAsync();
}

/** Sends a node something that it refuses and writes a line about. */
const makeLogLine = (console: ConsoleUnderTest, nodeId: string) =>
  atBroker(console, (link) => link.publishAsync(`cloudisense/service/${nodeId}/inbox`, 'no message at all', { qos: 1 }));

/** Says of many nodes that they are there, as nodes of the first system do: they say nothing else. */
const announceNodes = (console: ConsoleUnderTest, count: number) =>
  atBroker(console, (link) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => {
        const serviceId = `old-${index}`;
        const status = JSON.stringify({ serviceId, status: 'online', name: serviceId, version: '0.0.9', since: Date.now() });
        return link.publishAsync(`cloudisense/service/${serviceId}/status`, status, { qos: 1, retain: true });
      }),
    ),
  );

export function describeNodes(open: () => Promise<ClusterConsole<ConsoleUnderTest>>): void {
  let cluster: ClusterConsole<ConsoleUnderTest>;
  let page: Page;
  let press: ClusterNode;

  test.describe('the Nodes screen', () => {
    test.describe.configure({ mode: 'serial' });
    test.beforeAll(async () => {
      cluster = await open();
      ({ page } = cluster.console);
      const [, second] = cluster.others;
      if (second === undefined) throw new Error('The cluster has no second node beside the own one.');
      press = second;
      await page.setViewportSize({ width: 1280, height: 800 }).catch(() => undefined);
      await goTo(page, '/nodes');
    });
    test.afterAll(() => cluster?.close());

    test('shows every node, which one is this one, and how each does now', async () => {
      await expect(namesOf(page)).toHaveText(['eng-laptop', 'hub-01', 'press-07']);
      await expect(rowOf(page, 'eng-laptop')).toContainText('this node');
      // The round trip is measured soon after a node has come, the load comes every second.
      await expect(rowOf(page, 'press-07').getByRole('gridcell')).toHaveText([
        'press-07',
        /^(Online|Degraded)$/,
        /^MQTT/,
        /press, edge/,
        /^\d+\.\d+\.\d+$/,
        /^\d+(\.\d)?$/,
        /^\d+(\.\d)?$/,
        /^(–|\d+(\.\d)?)$/,
        /^\d+(\.\d)?$/,
        /^\d+$/,
        /^\d+ %$/,
        'now',
      ]);
      await expect(page.getByText('3 known · 3 online')).toBeVisible();
      await expectAccessibleInBothSchemes(page);
    });

    test('sorts by any column and remembers it', async () => {
      const head = gridOf(page).getByRole('columnheader', { name: 'Name' });
      await expect(head).toHaveAttribute('aria-sort', 'ascending');
      await head.getByRole('button').click();
      await expect(head).toHaveAttribute('aria-sort', 'descending');
      await expect(namesOf(page)).toHaveText(['press-07', 'hub-01', 'eng-laptop']);
      await page.reload();
      await connected(page);
      await expect(namesOf(page)).toHaveText(['press-07', 'hub-01', 'eng-laptop']);
      await head.getByRole('button').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await expect(gridOf(page).getByRole('columnheader', { name: 'State' })).toHaveAttribute('aria-sort', 'ascending');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Enter');
      await expect(head).toHaveAttribute('aria-sort', 'ascending');
    });

    test('narrows by what a node is called, can do or is, and says when nothing is left', async () => {
      await gridOf(page).focus();
      await page.keyboard.press('/');
      await expect(filterOf(page)).toBeFocused();
      await page.keyboard.type('edge press');
      await expect(rowsOf(page)).toHaveCount(1);
      await page.keyboard.type('x');
      await expect(page.getByText('No node matches “edge pressx”.')).toBeVisible();
      await page.getByRole('button', { name: 'Clear filter' }).click();
      await expect(rowsOf(page)).toHaveCount(3);
    });

    test('shows one node in detail and measures the way to it', async () => {
      await rowOf(page, 'press-07').click();
      const inspector = inspectorOf(page);
      await expect(inspector.getByRole('heading', { name: 'press-07' })).toBeVisible();
      await expect(inspector.getByText('The node key is protected by file permissions alone')).toBeVisible();
      await expect(inspector.getByText(/^MQTT, mqtt:\/\/127\.0\.0\.1:\d+$/)).toBeVisible();
      await expect(inspector.getByRole('figure', { name: /^CPU, %\. Now \d+/ })).toBeVisible();
      await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Measure' }).click();
      await expect(inspector.getByText('Shortest')).toBeInViewport();
      await expectAccessibleInBothSchemes(page);
    });

    test('lists its methods with their schemas, and leads to a call of one', async () => {
      await tabOf(page, 'Services').click();
      const inspector = inspectorOf(page);
      await inspector.getByRole('textbox', { name: 'Filter methods' }).fill('tail');
      await inspector.getByRole('treeitem', { name: 'logs.tail' }).click();
      await expect(inspector.getByText('The last lines of a log. Live: topic /logging/{name}.')).toBeVisible();
      await expect(inspector.getByRole('region', { name: 'Params' })).toContainText('"maximum": 2000');
      await inspector.getByText('Result', { exact: true }).click();
      await expect(inspector.getByRole('region', { name: 'Result' })).toContainText('"entries"');
      await expectAccessibleInBothSchemes(page);
      await inspector.getByRole('button', { name: 'Call…' }).click();
      await expect(page.getByRole('tab', { name: /logs\.tail/ })).toBeVisible();
      await expect(page.getByRole('combobox', { name: 'Target' })).toHaveValue('press-07');
      await page.goBack();
      await expect(tabOf(page, 'Services')).toHaveAttribute('aria-selected', 'true');
    });

    test('shows its connections', async () => {
      await tabOf(page, 'Connections').click();
      const inspector = inspectorOf(page);
      await expect(inspector.getByRole('region', { name: 'MQTT link' })).toContainText('Connected');
      await expect(inspector.getByRole('region', { name: 'Listeners' })).toContainText(/http\s*Listening\s*127\.0\.0\.1:\d+/);
      await expectAccessibleInBothSchemes(page);
    });

    test('follows its logs as they are written', async () => {
      await tabOf(page, 'Logs').click();
      const lines = inspectorOf(page).getByRole('listbox', { name: 'Lines of the log' });
      await expect(lines.getByRole('option').filter({ hasText: 'press-07 is running.' })).toBeVisible();
      await makeLogLine(cluster.console, press.nodeId);
      await expect(lines.getByRole('option').filter({ hasText: 'A message from another node was refused.' }).first()).toBeVisible();
      await inspectorOf(page).getByRole('combobox', { name: 'Least level shown' }).click();
      await page.getByRole('option', { name: 'warn', exact: true }).click();
      await expect(lines.getByRole('option').filter({ hasText: 'press-07 is running.' })).toHaveCount(0);
      await expectAccessibleInBothSchemes(page);
    });

    test('a node that is killed is shown as offline, with what is still known and what cannot be asked', async () => {
      await press.kill();
      await expect(rowOf(page, 'press-07')).toContainText(/Offline since \d\d:\d\d/);
      await expect(page.getByText('3 known · 2 online · 1 offline')).toBeVisible();
      const inspector = inspectorOf(page);
      await expect(inspector.getByText('Its logs cannot be read until it is back.')).toBeVisible();
      await tabOf(page, 'Connections').click();
      await expect(inspector.getByText('Its connections cannot be asked until it is back.')).toBeVisible();
      await expect(inspector.getByRole('button', { name: 'Call a method' })).toBeDisabled();
      await tabOf(page, 'Overview').click();
      await expect(inspector.getByText(/press, edge/)).toBeVisible();
      await expect(inspector.getByText('Last seen')).toBeVisible();
      await expectAccessibleInBothSchemes(page);
    });

    test('and by itself as it is when it is back', async () => {
      await tabOf(page, 'Connections').click();
      await press.start();
      await expect(rowOf(page, 'press-07')).toContainText(/Online|Degraded/);
      await expect(inspectorOf(page).getByRole('region', { name: 'MQTT link' })).toContainText('Connected');
      await tabOf(page, 'Overview').click();
      await expect(inspectorOf(page).locator('dt:text-is("Starts") + dd')).toHaveText('2');
    });

    test('closes a menu by an Escape that comes before the menu has the focus', async () => {
      await rowOf(page, 'press-07').click();
      await gridOf(page).focus();
      await gridOf(page).evaluate(
        (grid) =>
          new Promise<void>((pressed) => {
            const press = (key: string, shiftKey = false) =>
              grid.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true }));
            const watch = new MutationObserver(() => {
              if (document.querySelector('[role="menu"]') === null) return;
              watch.disconnect();
              press('Escape');
              pressed();
            });
            watch.observe(document.body, { childList: true, subtree: true });
            press('F10', true);
          }),
      );
      await expect(page.getByRole('menu')).toBeHidden();
      await expect(gridOf(page)).toBeFocused();
    });

    test('an Escape that closes a tooltip does what it does without one', async () => {
      const close = inspectorOf(page).getByRole('button', { name: 'Close', exact: true });
      await close.hover();
      await expect(page.getByRole('tooltip')).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(inspectorOf(page)).toBeHidden();
      await expect(page.getByRole('tooltip')).toBeHidden();
      await rowOf(page, 'press-07').click();
      await expect(inspectorOf(page)).toBeVisible();
    });

    test('is walked by keys alone', async () => {
      await page.keyboard.press('Escape');
      await expect(inspectorOf(page)).toBeHidden();
      await expect(gridOf(page)).toBeFocused();
      await page.keyboard.press('Home');
      await page.keyboard.press(' ');
      await expect(page.getByText('eng-laptop selected')).toBeVisible();
      await expect(inspectorOf(page)).toBeHidden();
      await page.keyboard.press(' ');
      await expect(page.getByText('eng-laptop selected')).toBeHidden();
      await page.keyboard.press(' ');
      await expect(page.getByText('eng-laptop selected')).toBeVisible();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      const inspector = inspectorOf(page);
      await expect(inspector.getByRole('heading', { name: 'hub-01' })).toBeVisible();
      await page.keyboard.press('ArrowDown');
      await expect(inspector.getByRole('heading', { name: 'press-07' })).toBeVisible();
      await page.keyboard.press('F6');
      await page.keyboard.press('Tab');
      await expect(tabOf(page, 'Overview')).toBeFocused();
      await page.keyboard.press('ArrowRight');
      await expect(tabOf(page, 'Services')).toHaveAttribute('aria-selected', 'true');
      await page.keyboard.press('Escape');
      await expect(gridOf(page)).toBeFocused();
      await page.keyboard.press('Shift+F10');
      const menu = page.getByRole('menu', { name: 'Acts on press-07' });
      await expect(menu.getByRole('menuitem')).toHaveText(['Call a method', 'Watch its events', 'Look at this node', 'Measure', 'Copy id']);
      await page.keyboard.press('Escape');
      await expect(gridOf(page)).toBeFocused();
      await expect(page.getByText('press-07 selected')).toBeVisible();
      await runFromPalette(page, 'copy id press-07');
      await expect.poll(() => cluster.console.readClipboard()).toBe(press.nodeId);
      await gridOf(page).focus();
      await page.keyboard.press('Escape');
      await expect(page.getByText('press-07 selected')).toBeHidden();
    });

    test('a link leads to a node and to what is shown of it', async () => {
      await goTo(page, `/nodes?node=${press.nodeId}&show=logs`);
      await expect(inspectorOf(page).getByRole('heading', { name: 'press-07' })).toBeVisible();
      await expect(tabOf(page, 'Logs')).toHaveAttribute('aria-selected', 'true');
      await goTo(page, '/nodes?node=n1nobody');
      await expect(page.getByText('No node n1nobody is known here.')).toBeVisible();
      await page.getByRole('button', { name: 'Show all nodes' }).click();
      await expect(page.getByText('No node n1nobody is known here.')).toBeHidden();
    });

    test('the acts lead on: its events, and the console that looks at it', async () => {
      await rowOf(page, 'press-07').click();
      await inspectorOf(page).getByRole('button', { name: 'Watch its events' }).click();
      await expect(page.getByRole('button', { name: `Hide ${press.nodeId}/stats` })).toBeVisible();
      await goTo(page, `/nodes?node=${press.nodeId}`);
      await page.getByRole('button', { name: 'Look at this node' }).click();
      await expect(page.getByText('You look at press-07.')).toBeVisible();
      await page.getByRole('button', { name: 'Back to eng-laptop' }).click();
    });

    test('of hundreds of nodes only those in sight are drawn, and another version is marked', async () => {
      await goTo(page, '/nodes');
      await announceNodes(cluster.console, 900);
      // Two to three seconds of work for broker, node and page together: far more of time where many programs share the processors.
      await expect(page.getByText('903 known · 903 online')).toBeVisible({ timeout: 40_000 });
      expect(await gridOf(page).getByRole('row').count()).toBeLessThanOrEqual(60);
      await gridOf(page).focus();
      await page.keyboard.press('End');
      await expect(rowOf(page, 'press-07')).toBeVisible();
      await page.keyboard.press('ArrowUp');
      await expect(rowOf(page, 'old-899')).toBeVisible();
      await page.keyboard.press('/');
      await page.keyboard.type('eng-laptop');
      await expect(rowsOf(page)).toHaveCount(1);
      // Most nodes run the other version.
      await expect(rowOf(page, 'eng-laptop')).toContainText('newer');
    });
  });
}
