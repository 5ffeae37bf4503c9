/** What a person does about trust between nodes: the same in the window and in a browser, with real nodes as guests. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { expectAccessible, setScheme } from '../helpers/axe.ts';
import { type ClusterGuest, startGuest } from '../helpers/cluster-guest.ts';
import { type ConsoleUnderTest, goTo } from '../helpers/console.ts';

/** Settings of the console's own node. */
export const ownNode = {
  'config.json': JSON.stringify({ version: 1, values: { 'node.name': 'eng-laptop', 'node.firstRunDone': true, 'links.port': 0 } }),
};

const tab = (page: Page, name: string | RegExp): Locator => page.getByRole('tab', { name });
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const row = (page: Page, name: string): Locator => page.getByRole('grid', { name: 'Members' }).getByRole('row').filter({ hasText: name });

export async function openTrust(page: Page, show = 'overview'): Promise<void> {
  await goTo(page, `/settings?section=trust&show=${show}`);
  await page.getByRole('tablist', { name: 'Identity & trust' }).waitFor();
}

/** Creates a cluster as a person does, words on paper; resolves with the recovery words. */
export async function createCluster(page: Page, name: string): Promise<readonly string[]> {
  await openTrust(page);
  await button(page, 'Create a cluster…').click();
  return await fillCreateDialog(page, name);
}

/** The same when the dialog is open. */
export async function fillCreateDialog(page: Page, name: string): Promise<readonly string[]> {
  await page.getByRole('textbox', { name: 'Name of the cluster' }).fill(name);
  await button(page, 'Create cluster').click();
  const items = page.getByRole('list', { name: 'Recovery words' }).getByRole('listitem');
  await expect(items).toHaveCount(24);
  const words = (await items.allInnerTexts()).map((text) => text.replace(/^\d+\s*/, ''));
  await button(page, 'I have written them down').click();
  await typeAskedWords(page, words);
  await button(page, 'Done').click();
  await dialog(page).waitFor({ state: 'hidden' });
  return words;
}

/** Types the two of the recovery words that the dialog asks for. */
async function typeAskedWords(page: Page, words: readonly string[]): Promise<void> {
  const fields = dialog(page).getByRole('textbox', { name: /^Word \d+$/ });
  await expect(fields).toHaveCount(2);
  for (const field of await fields.all()) {
    const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.innerText ?? '');
    await field.fill(words[Number(label.replace('Word ', '')) - 1] ?? '');
  }
}

/** Makes a code for one node; the dialog stays open. */
export async function makeCode(page: Page): Promise<{ readonly code: string; readonly address: string }> {
  await button(page, 'Invite…').first().click();
  await button(page, 'Make code').click();
  await expect(dialog(page).getByText('Waiting for a node')).toBeVisible();
  const code = await dialog(page)
    .getByText(/^([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/)
    .innerText();
  const address = await dialog(page)
    .getByText(/^127\.0\.0\.1:\d+$/)
    .innerText();
  return { code, address };
}

/** Where a member finds the node of the console. */
async function ownAddress(guest: ClusterGuest): Promise<string> {
  const { members } = JSON.parse(await guest.run('cluster', 'members', '--json')) as {
    readonly members: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  };
  return members.find(({ name }) => name === 'eng-laptop')?.addresses[0] ?? '';
}

/** Fails when any file of the data folder, or what the page keeps, holds the text. */
async function expectNowhere(opened: ConsoleUnderTest, secret: string): Promise<void> {
  const files = await readdir(opened.dataFolder, { recursive: true, withFileTypes: true });
  const holding: string[] = [];
  for (const file of files) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    // The browser's own folders hold sockets and files that come and go.
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    if (content.includes(secret)) holding.push(path);
  }
  const kept = await opened.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]));
  expect([...holding, ...(kept.includes(secret) ? ['the page'] : [])]).toEqual([]);
}

export function describeTrust(open: (files: typeof ownNode) => Promise<ConsoleUnderTest>): void {
  let opened: ConsoleUnderTest;
  let page: Page;
  let guest: ClusterGuest;

  test.describe('identity and trust', () => {
    test.describe.configure({ mode: 'serial' });
    test.beforeAll(async () => {
      opened = await open(ownNode);
      ({ page } = opened);
      guest = await startGuest('press-07');
    });
    test.afterAll(async () => {
      await guest?.close();
      await opened?.close();
    });

    test('a node in no cluster says who it is, what keeps its key, and what can be done', async () => {
      await openTrust(page);
      await expect(page.getByText('This node is in no cluster')).toBeVisible();
      await expect(page.getByRole('list', { name: 'Fingerprint of eng-laptop in words' }).getByRole('listitem')).toHaveCount(8);
      await expect(page.getByRole('img', { name: 'QR code with the node id of eng-laptop' })).toBeVisible();
      await expect(page.getByText('a plain file in the data folder')).toBeVisible();
      await expectAccessible(page);
    });

    test('its identity is backed up under a passphrase, to a file that names it and holds no plain key', async () => {
      await button(page, 'Back up identity…').click();
      for (const label of ['Passphrase of the file', 'The same again'])
        await dialog(page).getByRole('textbox', { name: label, exact: true }).fill('correct horse battery');
      await expectAccessible(page);
      const file = await opened.saveFile(() => dialog(page).getByRole('button', { name: 'Make the file' }).click());
      await dialog(page).waitFor({ state: 'hidden' });
      const text = await readFile(file, 'utf8');
      expect(JSON.parse(text)).toMatchObject({ kind: 'signalbox-identity-backup', name: 'eng-laptop' });
      expect(text).not.toContain('correct horse battery');
      await rm(file);
    });

    test('a cluster is created; its recovery words are shown once, asked for, and kept nowhere', async () => {
      await button(page, 'Create a cluster…').click();
      await page.getByRole('textbox', { name: 'Name of the cluster' }).fill('North yard');
      await button(page, 'Create cluster').click();
      const items = page.getByRole('list', { name: 'Recovery words' }).getByRole('listitem');
      await expect(items).toHaveCount(24);
      const words = (await items.allInnerTexts()).map((text) => text.replace(/^\d+\s*/, ''));
      await expectAccessible(page);
      // Nothing but the last step closes it: the words cannot be had again.
      await page.keyboard.press('Escape');
      await button(page, 'I have written them down').click();
      const fields = dialog(page).getByRole('textbox');
      await fields.first().fill('nonsense');
      await button(page, 'Done').click();
      await expect(dialog(page).getByText(/^Not word \d+\. Look at the paper again\.$/)).toHaveCount(2);
      await button(page, 'Show the words again').click();
      await expect(items).toHaveCount(24);
      await button(page, 'I have written them down').click();
      await typeAskedWords(page, words);
      await button(page, 'Done').click();
      await expect(page.getByText('There is one admin node.')).toBeVisible();
      await expectNowhere(opened, words.slice(0, 4).join(' '));
      await expectNowhere(opened, words.slice(0, 4).join('","'));
    });

    test('a code is read out, and a node that joins with it is a member and linked; the code is kept nowhere', async () => {
      const { code, address } = await makeCode(page);
      await expect(dialog(page).getByRole('list', { name: 'The code spelled' }).getByRole('listitem')).toHaveCount(4);
      await expect(dialog(page).getByRole('img', { name: 'QR code with join code and addresses' })).toBeVisible();
      await expect(dialog(page).getByRole('timer')).toContainText('good for 14 min');
      await expectAccessible(page);
      await button(page, 'Copy code and addresses').click();
      await expect.poll(() => opened.readClipboard()).toBe(`${code}\n${address}`);
      await guest.run('cluster', 'join', code, '--at', address);
      await expect(dialog(page).getByText('press-07 has joined')).toBeVisible();
      await button(page, 'Close').last().click();
      await tab(page, /^Members/).click();
      await expect(row(page, 'press-07')).toContainText('Linked');
      await expect(row(page, 'press-07')).toContainText('peer, viewer');
      await expectNowhere(opened, code);
    });

    test('a member is opened by keyboard alone, and shows its fingerprint as its own node has it', async () => {
      const grid = page.getByRole('grid', { name: 'Members' });
      await grid.focus();
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      const inspector = page.getByRole('complementary', { name: 'Member' });
      await expect(inspector.getByRole('heading', { name: 'press-07' })).toBeVisible();
      await inspector.getByRole('button', { name: 'Show words and QR code' }).press('Enter');
      const shown = inspector.getByRole('list', { name: 'Fingerprint of press-07 in words' }).getByRole('listitem');
      const own = JSON.parse(await guest.run('identity', 'show', '--json')) as {
        readonly fingerprint: { readonly words: readonly string[] };
      };
      await expect(shown).toHaveText(own.fingerprint.words);
    });

    test('its roles are changed, and it hears of it', async () => {
      await button(page, 'Change roles…').click();
      await dialog(page).getByRole('checkbox', { name: 'operator' }).check();
      await dialog(page).getByRole('checkbox', { name: 'admin' }).check();
      await expect(dialog(page).getByText('press-07 becomes an admin.')).toBeVisible();
      await dialog(page).getByRole('checkbox', { name: 'admin' }).uncheck();
      await dialog(page).getByRole('button', { name: 'Change roles' }).click();
      await expect(row(page, 'press-07')).toContainText('peer, viewer, operator');
      await expect
        .poll(async () => (JSON.parse(await guest.run('identity', 'show', '--json')) as { cluster: { roles: string[] } }).cluster.roles)
        .toEqual(['peer', 'viewer', 'operator']);
    });

    test('an invitation is withdrawn from the list, and its code is refused', async () => {
      const { code, address } = await makeCode(page);
      await button(page, 'Close').last().click();
      await tab(page, 'Invites & requests').click();
      const table = page.getByRole('table', { name: 'Invitations of this node' });
      await expect(table.getByRole('row').filter({ hasText: 'Used' })).toHaveCount(1);
      await table.getByRole('button', { name: 'Withdraw…' }).click();
      await dialog(page).getByRole('button', { name: 'Withdraw' }).click();
      await expect(table.getByRole('button', { name: 'Withdraw…' })).toHaveCount(0);
      const stranger = await startGuest('kiln-02');
      try {
        expect(await stranger.runRefused('cluster', 'join', code, '--at', address)).toContain('Ask for a new one');
      } finally {
        await stranger.close();
      }
    });

    test('a node that asks without a code is shown on every screen, and let in by the digits on its own', async () => {
      const asking = await startGuest('kiln-02');
      try {
        await goTo(page, '/events');
        const { number, joined } = await asking.ask(await ownAddress(guest));
        const strip = page.getByRole('status').filter({ hasText: 'kiln-02 at 127.0.0.1' });
        await expect(strip).toBeVisible();
        await expect(
          page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Settings, 1 request to join' }),
        ).toBeVisible();
        await strip.getByRole('button', { name: 'Let in…' }).click();
        // The digits are on the other screen alone: typing them is the proof.
        await expect(dialog(page)).not.toContainText(number);
        await dialog(page).getByRole('textbox', { name: 'Number on the screen of kiln-02' }).fill(number);
        await expectAccessible(page);
        await dialog(page).getByRole('button', { name: 'Let in' }).click();
        // The person there is asked whether it was this node that answered.
        await expect(dialog(page).getByRole('list', { name: 'Fingerprint of eng-laptop in words' }).getByRole('listitem')).toHaveCount(8);
        await button(page, 'Close').last().click();
        await dialog(page).waitFor({ state: 'hidden' });
        await joined;
        await expect(strip).toBeHidden();
        await openTrust(page, 'members');
        await expect(row(page, 'kiln-02')).toContainText('Linked');
      } finally {
        await asking.close();
      }
    });

    test('one that is refused is told so, and the request is gone', async () => {
      const asking = await startGuest('lathe-03');
      try {
        const { joined } = await asking.ask(await ownAddress(guest));
        const refused = joined.catch((error: unknown) => String(error));
        await openTrust(page, 'invites');
        const request = page.getByRole('list', { name: 'Asking to join' }).getByRole('listitem').filter({ hasText: 'lathe-03' });
        await request.getByRole('button', { name: 'Refuse' }).click();
        await expect(request).toHaveCount(0);
        expect(await refused).toContain('refused');
      } finally {
        await asking.close();
      }
    });

    test('a member is removed by typing its name: it is told why, and listed as removed', async () => {
      await openTrust(page, 'members');
      await row(page, 'press-07').click();
      await button(page, 'Remove…').click();
      const verb = dialog(page).getByRole('button', { name: 'Remove member' });
      await expect(verb).toBeDisabled();
      await expectAccessible(page);
      await dialog(page).getByRole('textbox', { name: 'Type press-07 to confirm' }).fill('press-07');
      await verb.click();
      await expect(row(page, 'press-07')).toHaveCount(0);
      await tab(page, /^Removed/).click();
      const removed = page.getByRole('table', { name: 'Removed' }).getByRole('row').filter({ hasText: 'press-07' });
      await expect(removed).toContainText('eng-laptop');
      await expect
        .poll(
          async () =>
            (JSON.parse(await guest.run('identity', 'show', '--json')) as { cluster: { removed: { message: string } } }).cluster.removed
              ?.message,
        )
        .toContain('was removed from the cluster by eng-laptop');
    });

    test('the way in for other machines is opened after a question, from the next start on', async () => {
      await openTrust(page);
      await button(page, 'Let other machines reach it…').click();
      await expect(dialog(page).getByRole('button', { name: 'Cancel' })).toBeFocused();
      await dialog(page).getByRole('button', { name: 'Save for the next start' }).click();
      await expect(page.getByText('Other machines reach it after a restart.')).toBeVisible();
      await expect(page.getByRole('status').filter({ hasText: 'Restart needed.' })).toContainText('address to listen on');
    });

    for (const scheme of ['light', 'dark'] as const)
      test(`no part has a serious finding by axe in ${scheme}`, async () => {
        await setScheme(page, scheme);
        for (const show of ['overview', 'members', 'removed', 'invites']) {
          await openTrust(page, show);
          await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
          await expectAccessible(page);
        }
        await button(page, 'Invite…').first().click();
        await expect(button(page, 'Make code')).toBeVisible();
        await expectAccessible(page);
        await page.keyboard.press('Escape');
        await dialog(page).waitFor({ state: 'hidden' });
      });

    test('the only admin makes another before it leaves, by typing the name; the node is in none again', async () => {
      await openTrust(page);
      await expect(button(page, 'Leave the cluster…')).toBeDisabled();
      await button(page, 'Choose a member').click();
      await row(page, 'kiln-02').click();
      await button(page, 'Change roles…').click();
      await dialog(page).getByRole('checkbox', { name: 'admin' }).check();
      await dialog(page).getByRole('button', { name: 'Change roles' }).click();
      await expect(row(page, 'kiln-02')).toContainText('admin');
      await tab(page, 'Overview').click();
      await expect(page.getByText('There is one admin node.')).toBeHidden();
      await button(page, 'Leave the cluster…').click();
      await dialog(page).getByRole('textbox', { name: 'Type North yard to confirm' }).fill('North yard');
      await dialog(page).getByRole('button', { name: 'Leave cluster' }).click();
      await expect(page.getByText('This node is in no cluster')).toBeVisible();
    });
  });
}
