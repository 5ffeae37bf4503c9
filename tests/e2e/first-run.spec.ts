/** What a person meets first: two computers, each with the application on it, and nothing else. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { encodeJoinCode } from '../../src/common/join-code.ts';
import { joinCodeOf, newInviteSecret, readJoinCode } from '../../src/main/node/trust/index.ts';
import { expectAccessibleInBothSchemes } from '../helpers/axe.ts';
import { type ClusterGuest, startGuest } from '../helpers/cluster-guest.ts';
import { type ConsoleUnderTest, connected, goTo, openWindow, runFromPalette } from '../helpers/console.ts';
import { fillCreateDialog, makeCode, openTrust } from './trust-scenarios.ts';

const freshNode = (name: string) => ({ 'config.json': JSON.stringify({ version: 1, values: { 'node.name': name, 'links.port': 0 } }) });
const question = (page: Page) => page.getByRole('heading', { name: /Which cluster should it belong to/ });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Join a cluster' });

test.describe('two new computers become a cluster', () => {
  test.describe.configure({ mode: 'serial' });
  let lead: ConsoleUnderTest;
  let laptop: ConsoleUnderTest;
  test.beforeAll(async () => {
    lead = await openWindow(freshNode('site-lead'));
    laptop = await openWindow(freshNode('new-laptop'));
  });
  test.afterAll(async () => {
    await laptop?.close();
    await lead?.close();
  });

  test('the first looks at itself, and says what is to be done', async () => {
    const { page } = lead;
    await question(page).waitFor();
    const checks = page.getByRole('region', { name: 'Checks on this computer' });
    await expect(checks.getByRole('listitem').filter({ hasText: /^Browsers and the command line reach this node at 127/ })).toContainText(
      'passed',
    );
    const links = checks.getByRole('listitem').filter({ hasText: 'Nodes of other machines cannot dial this one' });
    await links.getByRole('button', { name: 'How to fix' }).click();
    await expect(links).toContainText('Set links.host to 0.0.0.0');
    await expectAccessibleInBothSchemes(page);
  });

  test('it creates a cluster, and lands on the Overview with hints', async () => {
    const { page } = lead;
    await button(page, 'Create…').click();
    await page.getByRole('heading', { name: 'This is your node' }).waitFor();
    await expectAccessibleInBothSchemes(page);
    await button(page, 'Create a cluster…').click();
    await fillCreateDialog(page, 'North yard');
    await page.getByRole('heading', { name: 'This node belongs to North yard. Is everything ready?' }).waitFor();
    await expectAccessibleInBothSchemes(page);
    await button(page, 'Open the Overview').click();
    const hints = page.getByRole('region', { name: 'First steps' });
    await expect(hints.getByRole('listitem')).toHaveCount(4);
    await hints.getByRole('button', { name: 'Close the hint “Invite another node”' }).click();
    await expect(hints.getByRole('listitem')).toHaveCount(3);
    await expectAccessibleInBothSchemes(page);
  });

  test('the second names itself, and a code that was mistyped or is unknown is refused in words', async () => {
    const { page } = laptop;
    await question(page).waitFor();
    await button(page, 'Join…').click();
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('eng laptop');
    await button(page, 'Join a cluster…').click();
    await expect(page.getByText('Letters, digits, dot, dash and underscore')).toBeVisible();
    await name.fill('eng-laptop');
    await button(page, 'Join a cluster…').click();
    await expect(page.getByText('This node: eng-laptop')).toBeVisible();
    const code = dialog(page).getByRole('textbox', { name: 'Join code' });
    const secret = newInviteSecret();
    await code.pressSequentially(encodeJoinCode({ secret, check: 0 }).replaceAll('-', '').toLowerCase());
    // One of 1,024 codes has this check by chance.
    if (joinCodeOf(secret) !== encodeJoinCode({ secret, check: 0 }))
      await expect(dialog(page)).toContainText('the check characters do not fit');
    await expectAccessibleInBothSchemes(page);
    const address = dialog(page).getByRole('textbox', { name: 'Address' });
    await code.fill(joinCodeOf(secret));
    await expect(dialog(page)).toContainText('The code is whole');
    await chooseTypedAddress(page);
    await address.fill('127.0.0.1:1');
    await dialog(page).getByRole('button', { name: 'Join', exact: true }).click();
    await expect(dialog(page)).toContainText('The node does not answer');
    await dialog(page).getByRole('button', { name: 'Back to the form' }).click();
    await address.fill(await leadAddress(lead));
    await dialog(page).getByRole('button', { name: 'Join', exact: true }).click();
    await expect(dialog(page)).toContainText('The code is not good at that node');
    await expectAccessibleInBothSchemes(page);
    await dialog(page).getByRole('button', { name: 'Back to the form' }).click();
  });

  test('with the code that the first screen shows it is a member, and each shows the other as linked', async () => {
    await openTrust(lead.page, 'members');
    const { code, address } = await makeCode(lead.page);
    expect(readJoinCode(code)).toHaveLength(12);
    const { page } = laptop;
    // As it is heard over a radio: small letters, and no dashes.
    await dialog(page).getByRole('textbox', { name: 'Join code' }).fill(code.replaceAll('-', ' ').toLowerCase());
    await expect(dialog(page).getByRole('textbox', { name: 'Join code' })).toHaveValue(code);
    await dialog(page).getByRole('textbox', { name: 'Address' }).fill(address);
    await dialog(page).getByRole('button', { name: 'Join', exact: true }).click();
    await expect(dialog(page)).toContainText('This node is a member of North yard');
    await expect(dialog(page).getByRole('listitem').filter({ hasText: 'site-lead' })).toContainText('Linked');
    await expectAccessibleInBothSchemes(page);
    await button(page, 'Done').click();
    await page.getByRole('heading', { name: 'This node belongs to North yard. Is everything ready?' }).waitFor();
    await expect(page.getByText('Linked with the other member')).toBeVisible();
    await expect(lead.page.getByRole('dialog').getByText('eng-laptop has joined')).toBeVisible();
    await button(lead.page, 'Close').last().click();
    await expect(lead.page.getByRole('grid', { name: 'Members' }).getByRole('row').filter({ hasText: 'eng-laptop' })).toContainText(
      'Linked',
    );
    await button(page, 'Open the Overview').click();
    await expect(page.getByRole('region', { name: 'First steps' })).toBeVisible();
    for (const [console, other] of [
      [laptop, 'site-lead'],
      [lead, 'eng-laptop'],
    ] as const) {
      await goTo(console.page, '/nodes');
      const row = console.page.getByRole('grid', { name: 'Nodes' }).getByRole('row').filter({ hasText: other });
      await expect(row.getByText('Direct', { exact: true })).toBeVisible();
      await expectAccessibleInBothSchemes(console.page);
    }
  });

  test('the first run can be opened again, and says that the node has a cluster', async () => {
    const { page } = laptop;
    await runFromPalette(page, 'First run');
    await expect(page.getByRole('heading', { name: 'This node belongs to North yard' })).toBeVisible();
    await expect(button(page, 'Join…')).toBeDisabled();
    await expectAccessibleInBothSchemes(page);
  });

  test('a node that was removed says by whom and when, on every screen', async () => {
    const { page } = lead;
    await openTrust(page, 'members');
    const row = page.getByRole('grid', { name: 'Members' }).getByRole('row').filter({ hasText: 'eng-laptop' });
    await row.click();
    await button(page, 'Remove…').first().click();
    await page.getByRole('dialog').getByRole('textbox').fill('eng-laptop');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove/ })
      .click();
    const notice = laptop.page.getByRole('alert').filter({ hasText: 'This node was removed from the cluster North yard by site-lead at' });
    await expect(notice).toBeVisible();
    await expect(notice).toContainText('leave North yard here and join again');
    await expectAccessibleInBothSchemes(laptop.page);
    await notice.getByRole('button', { name: 'Identity & trust' }).click();
    await expect(laptop.page.getByRole('tablist', { name: 'Identity & trust' })).toBeVisible();
    await expect(notice).toBeVisible();
  });
});

/** With nodes nearby an address is one of several choices; without any it is the only one. */
async function chooseTypedAddress(page: Page): Promise<void> {
  const other = dialog(page).getByRole('radio', { name: 'Another address' });
  await expect(other.or(dialog(page).getByRole('textbox', { name: 'Address' })).first()).toBeVisible();
  if (await other.isVisible()) await other.check();
}

/** Where the door of the node is, as its Overview lists it. */
async function leadAddress({ page }: ConsoleUnderTest): Promise<string> {
  const row = page.getByRole('row').filter({ hasText: 'node links' });
  return await row
    .getByText(/^127\.0\.0\.1:\d+$/)
    .first()
    .innerText();
}

test('without a code the laptop shows six digits, the admin types them, and the person says that it was the admin', async () => {
  const guest: ClusterGuest = await startGuest('press-07');
  const opened = await openWindow(freshNode('eng-laptop'));
  const { page } = opened;
  try {
    await guest.run('cluster', 'create', 'South yard');
    const { addresses } = JSON.parse(await guest.run('identity', 'show', '--json')) as { readonly addresses: readonly string[] };
    await question(page).waitFor();
    await button(page, 'Join…').click();
    await button(page, 'Join a cluster…').click();
    await dialog(page).getByText('Ask an admin', { exact: true }).click();
    await chooseTypedAddress(page);
    await dialog(page)
      .getByRole('textbox', { name: 'Address' })
      .fill(addresses[0] ?? '');
    await button(page, 'Ask to join').click();
    const digits = dialog(page).getByText(/^\d{3} \d{3}$/);
    await expect(digits).toBeVisible();
    await expect(dialog(page)).toContainText(/\d+ s left/);
    await expectAccessibleInBothSchemes(page);
    const number = (await digits.innerText()).replaceAll(/\D/g, '');
    await guest.run('cluster', 'admit', 'eng-laptop', '--number', number);
    await expect(dialog(page)).toContainText('press-07 of South yard let this node in');
    await expectAccessibleInBothSchemes(page);
    await button(page, 'Yes, join South yard').click();
    await expect(dialog(page)).toContainText('This node is a member of South yard');
  } finally {
    await opened.close();
    await guest.close();
  }
});

test('a node joins with an invite file; one that is none is refused in words', async () => {
  const guest = await startGuest('press-07');
  const opened = await openWindow(freshNode('eng-laptop'));
  const { page, dataFolder } = opened;
  try {
    await guest.run('cluster', 'create', 'South yard');
    const file = join(dataFolder, 'south-yard.invite');
    await guest.run('cluster', 'invite', '--file', file);
    await question(page).waitFor();
    await button(page, 'Join…').click();
    await button(page, 'Join a cluster…').click();
    await dialog(page).getByText('Invite file', { exact: true }).click();
    await expect(dialog(page).getByRole('button', { name: 'Join', exact: true })).toBeDisabled();
    const input = dialog(page).locator('input[type=file]');
    await input.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('buy milk') });
    await dialog(page).getByRole('button', { name: 'Join', exact: true }).click();
    await expect(dialog(page)).toContainText('This is no invite file, or it is damaged');
    await dialog(page).getByRole('button', { name: 'Back to the form' }).click();
    await input.setInputFiles(file);
    await expect(dialog(page)).toContainText('south-yard.invite');
    await expectAccessibleInBothSchemes(page);
    await dialog(page).getByRole('button', { name: 'Join', exact: true }).click();
    await expect(dialog(page)).toContainText('This node is a member of South yard');
  } finally {
    await opened.close();
    await guest.close();
  }
});

test('the demo runs inside the application, is ended, and leaves the own node as it was', async () => {
  const opened = await openWindow(freshNode('eng-laptop'));
  const { page, dataFolder } = opened;
  const settings = () => readFile(join(dataFolder, 'config.json'), 'utf8');
  const ownId = () => page.evaluate(() => document.title);
  try {
    await question(page).waitFor();
    const before = { settings: await settings(), title: await ownId() };
    await button(page, 'Start demo').click();
    await expect(page.getByText('Demo.', { exact: true })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole('banner').getByText('4 of 4 nodes')).toBeVisible();
    const folder = await page.getByText(/signalbox-demo-\w+\/guest$/).innerText();
    await expectAccessibleInBothSchemes(page);
    // It stays while the console is loaded anew, as it is a state of the application.
    await page.reload();
    await connected(page);
    await expect(page.getByText('Demo.', { exact: true })).toBeVisible();
    await button(page, 'Stop demo').click();
    await question(page).waitFor();
    await expect(page.getByText('Demo.', { exact: true })).toBeHidden();
    await connected(page);
    expect({ settings: await settings(), title: await ownId() }).toEqual(before);
    await expect.poll(() => readFile(join(folder, 'identity.json')).catch((error: NodeJS.ErrnoException) => error.code)).toBe('ENOENT');
  } finally {
    await opened.close();
  }
});

test('whoever looks around first is not asked again, and finds it in the settings', async () => {
  const opened = await openWindow(freshNode('eng-laptop'));
  try {
    let { page } = opened;
    await question(page).waitFor();
    await button(page, 'Not now, look around first').press('Enter');
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
    page = await opened.restart();
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
    await runFromPalette(page, 'Settings: General');
    await button(page, 'Open the first run').click();
    await expect(question(page)).toBeVisible();
  } finally {
    await opened.close();
  }
});
