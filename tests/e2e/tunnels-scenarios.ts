/** What a person does on the Tunnels screen: the same in the window and in a browser, over a real gateway, a real agent and a real service. */
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { expectAccessible, expectAccessibleInBothSchemes } from '../helpers/axe.ts';
import { type ConsoleUnderTest, goTo, runFromPalette } from '../helpers/console.ts';
import { askPublic, type ExposedService, greetPublic, startExposedService } from '../helpers/exposed-service.ts';
import { freePort } from '../helpers/free-port.ts';

/** Settings of the console's own node: any free ports for the gateway, which is off. */
export const ownNode = {
  'config.json': JSON.stringify({
    version: 1,
    values: { 'node.name': 'eng-laptop', 'node.firstRunDone': true, 'gateway.agentsPort': 0, 'gateway.publicPort': 0 },
  }),
};

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: typeof name === 'string' });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const gridOf = (page: Page, name = 'Tunnels'): Locator => page.getByRole('grid', { name });
const rowOf = (page: Page, text: string | RegExp, grid?: string): Locator => gridOf(page, grid).getByRole('row').filter({ hasText: text });
const tab = (page: Page, name: string | RegExp): Locator => page.getByRole('tab', { name, exact: typeof name === 'string' });
const requests = (page: Page): Locator => page.getByRole('listbox', { name: 'Live requests' }).getByRole('option');
const inspector = (page: Page): Locator => page.getByRole('complementary', { name: 'Request', exact: true });
const about = (page: Page): Locator => page.getByRole('complementary', { name: 'Tunnel orders' });
const selection = (page: Page): Locator => page.getByRole('region', { name: 'Selection' });

export function describeTunnels(open: () => Promise<ConsoleUnderTest>): void {
  let console: ConsoleUnderTest;
  let page: Page;
  let service: ExposedService;
  let address = '';

  test.describe('the Tunnels screen', () => {
    test.describe.configure({ mode: 'serial' });
    test.beforeAll(async () => {
      [console, service] = await Promise.all([open(), startExposedService()]);
      ({ page } = console);
    });
    test.afterAll(async () => {
      await console?.close();
      await service?.close();
    });

    test('says what a tunnel is while there is none, and exposes a service through a gateway that is turned on for it', async () => {
      await page.keyboard.press('Control+6');
      await expect(page.getByRole('heading', { name: 'No tunnel yet' })).toBeVisible();
      await expectAccessibleInBothSchemes(page);
      await page.keyboard.press('Control+n');
      await expect(dialog(page)).toContainText('The gateway of eng-laptop is off and is turned on first.');
      await expect(dialog(page)).toContainText('Only programs on the gateway’s own machine can open it.');
      await button(page, 'Turn on and expose').click();
      await expect(dialog(page)).toContainText('A port from 1 to 65535');
      await expectAccessible(page);
      await dialog(page).getByRole('combobox', { name: 'Local service' }).fill(String(service.port));
      await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('orders');
      await page.keyboard.press('Enter');
      await expect(rowOf(page, 'orders.localhost')).toContainText('Up', { timeout: 30_000 });
      await expect(about(page)).toContainText('Up since');
      address = (await about(page).locator('.tu-urls .sb-mono').first().innerText()).trim();
      await expect(page.getByRole('heading', { name: 'No request yet' })).toBeVisible();
      await expectAccessibleInBothSchemes(page);
    });

    test('shows requests as they come, and narrows them; a fault of the filter is shown at its place', async () => {
      expect(await askPublic(address, '/api/orders?line=7')).toMatchObject({ status: 200 });
      await expect(requests(page)).toHaveCount(1);
      await expect(requests(page)).toContainText('/api/orders?line=7');
      expect(await askPublic(address, '/fail')).toMatchObject({ status: 500 });
      await expect(requests(page).first()).toContainText('500');
      await expect(requests(page)).toHaveCount(2);
      await page.keyboard.press('/');
      await page.keyboard.type('status>=400');
      await page.keyboard.press('Enter');
      await expect(requests(page)).toHaveCount(1);
      await page.getByRole('textbox', { name: 'Filter requests' }).fill('status>=');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('alert').locator('mark')).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await expect(requests(page)).toHaveCount(2);
      await requests(page).first().click();
      await expect(inspector(page)).toContainText('Headers and bodies were not kept');
      await page.keyboard.press('Escape');
      await expect(inspector(page)).toBeHidden();
    });

    test('holds the list still while it is paused, and says how many have come', async () => {
      await button(page, 'Pause').click();
      await askPublic(address, '/while-paused');
      await expect(page.getByText('1 request has come since.')).toBeVisible();
      await expect(requests(page)).toHaveCount(2);
      await button(page, 'Go on').first().click();
      await expect(requests(page)).toHaveCount(3);
      await expect(requests(page).first()).toContainText('/while-paused');
    });

    test('keeps headers and bodies once that is chosen, without what is secret', async () => {
      await page.getByText('Bodies', { exact: true }).click();
      await expect(page.getByRole('radio', { name: 'Bodies' })).toBeChecked();
      await askPublic(address, '/fail', { method: 'POST', body: '{"line":7}' });
      await expect(requests(page)).toHaveCount(4);
      await requests(page).first().click();
      await expect(inspector(page)).toContainText('POST /fail');
      await expect(inspector(page)).toContainText('"sku": "PX-200"');
      await expect(inspector(page)).toContainText('complete (limit 64.0 KB)');
      await expect(inspector(page)).not.toContainText('session=secret');
      await expect(inspector(page).getByText('redacted')).toBeVisible();
      await expectAccessibleInBothSchemes(page);
      await tab(page, 'Request').click();
      await expect(inspector(page)).toContainText('"line": 7');
      await expect(inspector(page)).not.toContainText('Bearer secret');
      await tab(page, 'Timing').click();
      await expect(inspector(page)).toContainText('Wait for service');
      await expectAccessible(page);
      await tab(page, 'Raw').click();
      await expect(inspector(page)).toContainText('HTTP/1.1 500');
      await expectAccessible(page);
    });

    test('replays a request that writes only after asking, and one that is written anew', async () => {
      await button(page, 'Replay…').click();
      await expect(dialog(page)).toContainText('It may change something there a second time.');
      await expect(dialog(page)).toContainText('authorization');
      await expectAccessible(page);
      await dialog(page).getByRole('button', { name: 'Replay' }).click();
      await expect.poll(() => service.seen.at(-1)).toBe('POST /fail {"line":7} (replay)');
      await expect(requests(page).first()).toContainText('replayed');
      await button(page, 'Edit and replay…').click();
      await dialog(page).getByRole('combobox', { name: 'Method' }).fill('PUT');
      await dialog(page).getByRole('textbox', { name: 'Path and query' }).fill('api');
      await dialog(page).getByRole('textbox', { name: 'Body' }).fill('{"line":8}');
      await dialog(page).getByRole('button', { name: 'Replay' }).click();
      await expect(dialog(page)).toContainText('Begin with a slash');
      await expectAccessible(page);
      await dialog(page).getByRole('textbox', { name: 'Path and query' }).fill('/api/orders');
      await dialog(page).getByRole('button', { name: 'Replay' }).click();
      await expect.poll(() => service.seen.at(-1)).toBe('PUT /api/orders {"line":8} (replay)');
      await expect(inspector(page)).toContainText('PUT /api/orders');
    });

    test('takes a request away as a curl command, and those that are listed as a file', async () => {
      await requests(page).filter({ hasText: 'POST' }).last().click();
      await expect(inspector(page)).toContainText('POST /fail');
      await button(page, 'Copy as curl').click();
      await expect.poll(() => console.readClipboard()).toContain('/fail');
      expect(await console.readClipboard()).not.toContain('Bearer secret');
      const file = await console.saveFile(() => button(page, 'Export the listed requests as HAR').click());
      const har = JSON.parse(await readFile(file, 'utf8')) as { log: { version: string; entries: readonly unknown[] } };
      expect(har.log.version).toBe('1.2');
      expect(har.log.entries).toHaveLength(6);
      await page.keyboard.press('Escape');
    });

    test('unpacks a body that was sent packed', async () => {
      await askPublic(address, '/packed');
      await requests(page).filter({ hasText: '/packed' }).first().click();
      await tab(page, 'Response').click();
      await expect(inspector(page)).toContainText('"sku": "PX-200"');
      await expect(inspector(page)).toContainText(/Packed with gzip, unpacked to \d+ B\./);
      await expectAccessible(page);
      await page.keyboard.press('Escape');
    });

    test('says why a WebSocket cannot be replayed', async () => {
      await greetPublic(address, '/greet');
      await requests(page).filter({ hasText: '/greet' }).first().click();
      await expect(inspector(page)).toContainText('/greet');
      await expect(button(page, 'Replay…')).toBeDisabled();
      await expect(button(page, 'Edit and replay…')).toBeDisabled();
      await button(page, 'Replay…').hover({ force: true });
      await expect(page.getByRole('tooltip')).toContainText('A WebSocket cannot be replayed');
      await page.mouse.move(0, 0);
      await page.keyboard.press('Escape');
    });

    test('opens the public address in the browser', async () => {
      const opened = await console.openOutside(() => selection(page).getByRole('button', { name: 'Open address' }).click());
      expect(opened).toBe(new URL(address).href);
      await expect(page.getByText('The address was not opened')).toHaveCount(0);
    });

    test('says what is wrong when the service is gone, and finds the step in the test', async () => {
      const { port } = service;
      await service.close();
      expect((await askPublic(address, '/')).status).toBe(502);
      await expect(rowOf(page, 'orders.localhost')).toContainText('Service down');
      await expect(requests(page).first()).toContainText('none');
      await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Tunnels, 1 needs a look' })).toBeVisible();
      await expectAccessibleInBothSchemes(page);
      await selection(page).getByRole('button', { name: 'Test' }).click();
      await expect(dialog(page)).toContainText('The first step that failed is where to look.', { timeout: 30_000 });
      await expectAccessible(page);
      service = await startExposedService(port);
      await dialog(page).getByRole('button', { name: 'Test again' }).click();
      await expect(dialog(page)).toContainText('All of the way works.', { timeout: 30_000 });
      await dialog(page).getByRole('button', { name: 'Close' }).last().click();
      expect((await askPublic(address, '/again')).status).toBe(200);
      await expect(rowOf(page, 'orders.localhost')).not.toContainText('Service down');
    });

    test('is turned off with a way back, and asks for a password once it is told to', async () => {
      await selection(page).getByRole('button', { name: 'Turn off' }).click();
      await expect(rowOf(page, 'orders')).toContainText('Off');
      await button(page, 'Undo').click();
      await expect(rowOf(page, 'orders.localhost')).toContainText('Up', { timeout: 30_000 });
      await selection(page).getByRole('button', { name: 'Edit…' }).click();
      await dialog(page).getByRole('textbox', { name: 'User name' }).fill('ada');
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await expect(dialog(page)).toContainText('A user name needs a password');
      await expectAccessible(page);
      await dialog(page).getByRole('textbox', { name: 'Password' }).fill('correct horse');
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await dialog(page).waitFor({ state: 'hidden' });
      await expect(rowOf(page, 'orders.localhost')).toContainText('password');
      await expect.poll(async () => (await askPublic(address, '/')).status).toBe(401);
    });

    test('shows the gateway: its addresses, its agents, its tokens, whose secrets are told once', async () => {
      await tab(page, /^Gateways/).click();
      await expect(page.getByText('Gateway running')).toBeVisible();
      await expect(rowOf(page, 'orders.localhost', 'Addresses')).toContainText('Up');
      await expectAccessibleInBothSchemes(page);
      await tab(page, /^Agents signed in/).click();
      await rowOf(page, 'orders', 'Agents signed in').click();
      await button(page, 'Close session…').click();
      await expect(dialog(page)).toContainText('it may sign in again at once');
      await expectAccessible(page);
      await dialog(page).getByRole('button', { name: 'Cancel' }).click();
      await tab(page, 'Tokens').click();
      await button(page, 'Create a token…').click();
      await dialog(page).getByRole('textbox', { name: 'Name, for people' }).fill('Presses of hall 2');
      await dialog(page).getByRole('textbox', { name: 'Names that may sign in with it' }).fill('press-*');
      await dialog(page).getByRole('button', { name: 'Create' }).click();
      await expect(dialog(page)).toContainText('It is shown this once.');
      await expect(dialog(page)).toContainText(/signalbox tunnel connect --gateway ws:\S+ --token \S+ --secret \S+ --id press-NAME/);
      await expectAccessible(page);
      await button(page, 'I have kept it').click();
      await rowOf(page, 'Presses of hall 2', 'Tokens').click();
      await button(page, 'Revoke…').click();
      const verb = dialog(page).getByRole('button', { name: 'Revoke' });
      await expect(verb).toBeDisabled();
      await dialog(page).getByRole('textbox', { name: 'Type Presses of hall 2 to confirm' }).fill('Presses of hall 2');
      await verb.click();
      await expect(rowOf(page, 'Presses of hall 2', 'Tokens')).toHaveCount(0);
    });

    test('leads a host name to the agent, and removes it', async () => {
      await tab(page, 'Addresses').click();
      await button(page, 'Add a host name…').click();
      await dialog(page).getByRole('textbox', { name: 'Host name' }).fill('shop.example');
      await dialog(page).getByRole('combobox', { name: 'Agent' }).fill('orders');
      await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
      const row = rowOf(page, 'shop.example', 'Addresses');
      await row.click();
      await button(page, 'Remove…').click();
      await expect(dialog(page)).toContainText('no longer leads to orders');
      await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click();
      await expect(row).toHaveCount(0);
    });

    test('warns who will reach it before the gateway listens beyond this machine', async () => {
      await button(page, 'Settings…').click();
      await dialog(page).getByRole('textbox', { name: 'Listens on' }).first().fill('0.0.0.0');
      await expect(dialog(page)).toContainText('Whoever reaches this machine can open every address');
      await expect(dialog(page).getByRole('button', { name: 'Save' })).toBeDisabled();
      await expectAccessible(page);
      await dialog(page).getByRole('textbox', { name: 'Listens on' }).last().fill('0.0.0.0');
      await dialog(page).getByRole('checkbox', { name: 'Let agents of other machines sign in without TLS' }).check();
      await expect(dialog(page)).toContainText('What passes between agents and this gateway can be read on the way');
      await expectAccessible(page);
      await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    });

    test('is told on the Overview', async () => {
      await goTo(page, '/overview');
      await expect(page.getByText(/1 of 1 up · .* requests\/s/)).toBeVisible({ timeout: 15_000 });
      await expectAccessible(page);
      await page.getByRole('main').getByRole('button', { name: 'Open', exact: true }).click();
      await expect(about(page)).toBeVisible();
    });

    test('in a narrow window the facts lie over the list when they are asked for', async () => {
      await page.setViewportSize({ width: 900, height: 700 });
      await expect(about(page)).toBeHidden();
      await button(page, 'Details').click();
      await expect(about(page)).toBeVisible();
      await expectAccessible(page);
      await about(page).getByRole('button', { name: 'Close' }).click();
      await page.setViewportSize({ width: 1280, height: 800 });
    });

    test('a toast that stays leaves the foot of a tall dialog free', async () => {
      await page.setViewportSize({ width: 1000, height: 640 });
      await page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new DOMException('not here', 'NotAllowedError'));
      });
      await button(page, 'Copy address').first().click();
      const toast = page.getByRole('alert').filter({ hasText: 'Could not be copied' });
      await toast.waitFor();
      await page.keyboard.press('Control+n');
      for (const name of ['Cancel', 'Expose']) {
        const foot = dialog(page).getByRole('button', { name, exact: true });
        await foot.scrollIntoViewIfNeeded();
        const [box, covering] = await Promise.all([foot.boundingBox(), toast.boundingBox()]);
        expect((covering?.x ?? 0) + (covering?.width ?? 0), `the toast ends at the left of ${name}`).toBeLessThan(box?.x ?? 0);
      }
      // Closed as usual: it takes no key and no focus from the dialog, and stands where it did before.
      await dialog(page).getByRole('button', { name: 'Cancel' }).click();
      await expect(dialog(page)).toBeHidden();
      await toast.getByRole('button', { name: 'Close' }).click();
      await expect(toast).toBeHidden();
      await page.setViewportSize({ width: 1280, height: 800 });
    });

    test('is deleted once its name has been typed', async () => {
      await runFromPalette(page, 'Delete orders');
      const verb = dialog(page).getByRole('button', { name: 'Delete', exact: true });
      await expect(verb).toBeDisabled();
      await expectAccessible(page);
      await dialog(page).getByRole('textbox', { name: 'Type orders to confirm' }).fill('orders');
      await verb.click();
      await expect(page.getByRole('heading', { name: 'No tunnel yet' })).toBeVisible();
      // The gateway hears of it from the agent, which signs off.
      await expect.poll(async () => (await askPublic(address, '/')).status).toBe(404);
    });

    test('gives a raw tunnel the public port that is asked for, of those that the gateway gives out', async () => {
      const port = await freePort();
      const expose = async (publicPort: string) => {
        await page.keyboard.press('Control+n');
        await dialog(page).getByRole('combobox', { name: 'Local service' }).fill(String(service.port));
        await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('raw');
        await dialog(page).getByText('TCP', { exact: true }).click();
        await dialog(page).getByRole('textbox', { name: 'Public port' }).fill(publicPort);
        await dialog(page).getByRole('button', { name: 'Expose', exact: true }).click();
      };
      await expose('');
      await expect(dialog(page)).toContainText('Set its ports first');
      await expectAccessibleInBothSchemes(page);
      await dialog(page).getByRole('button', { name: 'Cancel' }).click();
      await tab(page, /^Gateways/).click();
      await button(page, 'Settings…').click();
      await dialog(page).getByRole('textbox', { name: 'Ports for TCP tunnels' }).fill(String(port));
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await dialog(page).waitFor({ state: 'hidden' });
      await expect(page.getByText('Gateway running')).toBeVisible();
      await tab(page, /^Tunnels/).click();
      await expose('1');
      await expect(dialog(page)).toContainText('The gateway does not give out this one');
      await dialog(page).getByRole('textbox', { name: 'Public port' }).fill(String(port));
      await dialog(page).getByRole('button', { name: 'Expose', exact: true }).click();
      await expect(rowOf(page, `localhost:${port}`)).toContainText('Up', { timeout: 30_000 });
    });
  });
}
