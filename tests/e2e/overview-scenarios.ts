/** What a person sees and does on the Overview: the same in the window and in a browser. */
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { expectAccessible, setScheme } from '../helpers/axe.ts';
import { type ConsoleUnderTest, goTo } from '../helpers/console.ts';

const figures = (page: Page): Locator => page.getByRole('region', { name: 'Figures of now' });
const chart = (page: Page, title: string): Locator => page.getByRole('figure', { name: title });

/** The highest value of the range, as the chart says it to a screen reader. */
async function highest(page: Page, title: string): Promise<number> {
  const words = (await chart(page, title).getAttribute('aria-label')) ?? '';
  return Number(/ and ([\d.,]+) in the range/.exec(words)?.[1]?.replaceAll(',', '') ?? 0);
}

/** Calls the node from outside the console, many times at once. */
async function makeLoad(dataFolder: string, calls: number): Promise<void> {
  const client = await connectToNode({ data: dataFolder });
  try {
    await Promise.all(Array.from({ length: calls }, () => client.call('config.get', { keys: ['node.name'] })));
  } finally {
    client.close();
  }
}

export function describeOverview(open: () => Promise<ConsoleUnderTest>): void {
  let opened: ConsoleUnderTest;
  let page: Page;

  test.describe('the Overview', () => {
    test.describe.configure({ mode: 'serial' });
    test.beforeAll(async () => {
      opened = await open();
      ({ page } = opened);
      await goTo(page, '/overview');
      await figures(page).waitFor();
    });
    test.afterAll(() => opened?.close());

    test('says first how the node is, with real figures of node and machine', async () => {
      await expect(figures(page)).toContainText(/Healthy|problem/);
      await expect(figures(page)).toContainText(/up \d/);
      await expect(figures(page)).toContainText(/Processor\s*\d+/);
      await expect(figures(page)).toContainText(/Memory\s*\d+/);
      const listener = page.getByRole('table', { name: 'Listeners' }).getByRole('row').nth(1);
      await expect(listener).toContainText(/http.*Listening.*127\.0\.0\.1:\d+/);
      await expect(page.getByRole('table', { name: 'Processes' }).getByRole('row').nth(1)).toContainText(/\d MB/);
    });

    test('shows what the node calls a problem, and nothing else', async () => {
      const client = await connectToNode({ data: opened.dataFolder });
      const { problems } = await client.call('node.status', {});
      client.close();
      for (const { title } of problems) await expect(page.getByRole('listitem').filter({ hasText: title })).toBeVisible();
      if (problems.length === 0) await expect(page.getByText('Nothing needs attention.')).toBeVisible();
    });

    test('draws its charts, and they move when the node has work', async () => {
      await expect(chart(page, 'RPC calls per second').locator('canvas')).toBeVisible();
      const before = await highest(page, 'RPC calls per second');
      // Again and again: how many calls a second that are depends on the machine, and the chart shows the highest second.
      await expect
        .poll(async () => {
          await makeLoad(opened.dataFolder, 200);
          return highest(page, 'RPC calls per second');
        })
        .toBeGreaterThan(before);
      await expect(page.getByRole('table', { name: 'RPC calls per second' }).getByRole('row')).not.toHaveCount(1);
    });

    test('lists what was done, and by whom', async () => {
      const client = await connectToNode({ data: opened.dataFolder });
      await client.call('events.publish', { topic: '/site/note', data: { text: 'Valve 3 checked' } });
      client.close();
      await expect(page.getByRole('list', { name: 'Latest activity' }).getByText('published on /site/note')).toBeVisible();
    });

    test('changes the range, and keeps it in the address', async () => {
      await page.getByRole('radiogroup', { name: 'Range of the charts' }).getByText('1 h', { exact: true }).click();
      await expect(page.getByRole('heading', { name: 'Last 1 h' })).toBeVisible();
      await expect(page).toHaveURL(/range=1h/);
      await expect.poll(() => highest(page, 'RPC calls per second')).toBeGreaterThan(0);
    });

    test('copies a snapshot for people and saves one for machines', async () => {
      await page.getByRole('button', { name: 'Copy snapshot' }).click();
      await expect(page.getByText(/^Snapshot of .* copied$/)).toBeVisible();
      expect(await opened.readClipboard()).toMatch(/^# \S+, 20[\s\S]*\| Node id \| `n1/);
      const file = await opened.saveFile(async () => {
        await page.getByRole('button', { name: 'More ways to take a snapshot' }).click();
        await page.getByRole('menuitem', { name: 'Save as JSON' }).click();
      });
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ status: { state: expect.any(String) } });
    });

    test('goes to where a problem or an act is looked after', async () => {
      await page.getByRole('button', { name: 'Open audit' }).click();
      await expect(page.getByRole('listbox', { name: 'Audit entries' })).toBeVisible();
    });

    for (const scheme of ['light', 'dark'] as const) {
      test(`has no serious finding by axe in ${scheme}`, async () => {
        await setScheme(page, scheme);
        await goTo(page, '/overview');
        await expect(chart(page, 'RPC calls per second').locator('canvas')).toBeVisible();
        await expectAccessible(page);
      });
    }
  });
}
