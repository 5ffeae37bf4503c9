/** Identity and trust in a browser, against a headless node, with people who may not change it. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../helpers/axe.ts';
import { type BrowserConsole, connected, openBrowser, signIn } from '../helpers/console.ts';
import { addUser } from './settings-scenarios.ts';
import { createCluster, describeTrust, openTrust, ownNode } from './trust-scenarios.ts';

describeTrust(openBrowser);

test.describe('a viewer', () => {
  let opened: BrowserConsole;
  test.beforeAll(async () => {
    opened = await openBrowser(ownNode);
  });
  test.afterAll(() => opened?.close());

  test('sees the cluster and its members, and can change nothing', async () => {
    await createCluster(opened.page, 'North yard');
    await addUser(opened.page, 'grace', 'viewer');
    const page = await opened.newPage();
    await signIn(page, opened.url, 'grace');
    await connected(page);
    await openTrust(page);
    await expect(page.getByText('North yard', { exact: true })).toBeVisible();
    await expect(page.getByText('Your role is viewer; settings are changed by an admin.')).toBeVisible();
    for (const name of ['Invite…', 'Leave the cluster…', 'Let other machines reach it…', 'Change group key…'])
      await expect(page.getByRole('button', { name }).first()).toBeDisabled();
    await openTrust(page, 'members');
    await page.getByRole('grid', { name: 'Members' }).getByRole('row').filter({ hasText: 'eng-laptop' }).click();
    await expect(page.getByRole('button', { name: 'Change roles…' })).toBeDisabled();
    await openTrust(page, 'invites');
    await expect(page.getByText('Invitations and requests are shown to admins only.')).toBeVisible();
    await expectAccessible(page);
    // What an address asks for is refused as well.
    await openTrust(page, 'overview&ask=invite');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.context().close();
  });
});

test('a node that does not answer is asked for a while, then said to fail, and tried again', async () => {
  const opened = await openBrowser(ownNode);
  try {
    const { page } = opened;
    await openTrust(page);
    await expect(page.getByText('This node is in no cluster')).toBeVisible();
    await page.getByRole('button', { name: 'General' }).click();
    const thaw = opened.freezeNode();
    await openTrust(page);
    await expect(page.getByText(/^Asking this node/)).toBeVisible();
    const failure = page.getByRole('alert').filter({ hasText: 'Could not read who this node is' });
    await expect(failure).toBeVisible({ timeout: 30_000 });
    await expect(failure).toContainText('membership.status');
    await expectAccessible(page);
    thaw();
    await failure.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('This node is in no cluster')).toBeVisible();
  } finally {
    await opened.close();
  }
});
