/** The group key of a cluster with a member that does not answer, and an invite file, in the window of the application. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../helpers/axe.ts';
import { startGuest } from '../helpers/cluster-guest.ts';
import { openWindow } from '../helpers/console.ts';
import { createCluster, openTrust, ownNode } from './trust-scenarios.ts';

test('two nodes join with a file, and the group key is changed without the one that does not answer', async () => {
  test.slow();
  const opened = await openWindow(ownNode);
  const guests = await Promise.all([startGuest('press-07'), startGuest('kiln-02')]);
  try {
    const { page } = opened;
    const dialog = page.getByRole('dialog');
    await createCluster(page, 'North yard');
    await page.getByRole('button', { name: 'Invite…' }).first().click();
    await dialog.getByText('Several nodes, by a file').click();
    await dialog.getByRole('button', { name: 'Make file' }).click();
    await expect(dialog.getByText('Open, 10 of 10 left')).toBeVisible();
    const file = await opened.saveFile(() => dialog.getByRole('button', { name: 'Save file…' }).click());
    for (const guest of guests) await guest.run('cluster', 'join', file);
    await expect(dialog.getByText(/^(press-07, kiln-02|kiln-02, press-07) have joined$/)).toBeVisible();
    await expect(dialog.getByText('Open, 8 of 10 left')).toBeVisible();
    await page.keyboard.press('Escape');
    await openTrust(page, 'members');
    await expect(page.getByRole('gridcell', { name: 'Linked', exact: true })).toHaveCount(2);

    const [, away] = guests;
    away.freeze();
    await openTrust(page);
    await expect(page.getByText('in use', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Change group key…' }).click();
    await dialog.getByRole('button', { name: 'Change group key' }).click();
    await expect(page.getByText('2 of 3 have installed the new key')).toBeVisible();
    const progress = page.getByRole('table', { name: 'Members and the new group key' });
    await expect(progress.getByRole('row').filter({ hasText: 'press-07' })).toContainText('installed');
    await expectAccessible(page);
    const waited = progress.getByRole('row').filter({ hasText: 'kiln-02' });
    await waited.getByRole('button', { name: 'Go on without…' }).click();
    await dialog.getByRole('button', { name: 'Go on without it' }).click();
    await expect(page.getByText('in use', { exact: true })).toBeVisible();
    away.thaw();
  } finally {
    for (const guest of guests) await guest.close();
    await opened.close();
  }
});

test('a member is made an admin with the recovery words', async () => {
  const opened = await openWindow(ownNode);
  const founder = await startGuest('hub-01');
  try {
    const { page } = opened;
    const { recoveryWords } = JSON.parse(await founder.run('cluster', 'create', 'North yard', '--json')) as {
      readonly recoveryWords: readonly string[];
    };
    const { code, addresses } = JSON.parse(await founder.run('cluster', 'invite', '--json')) as {
      readonly code: string;
      readonly addresses: readonly string[];
    };
    await openTrust(page);
    await page.getByRole('button', { name: 'Join a cluster…' }).click();
    await page.getByRole('textbox', { name: 'Join code' }).fill(code);
    await page.getByRole('textbox', { name: 'Address' }).fill(addresses[0] ?? '');
    await page.getByRole('dialog').getByRole('button', { name: 'Join', exact: true }).click();
    await expect(page.getByRole('dialog').getByText('This node is a member of North yard')).toBeVisible();
    await page.keyboard.press('Escape');
    await openTrust(page, 'members');
    await expect(page.getByText('This node is no admin of the cluster.')).toBeVisible();
    await openTrust(page);
    await page.getByRole('button', { name: 'Use the recovery words…' }).click();
    const verb = page.getByRole('dialog').getByRole('button', { name: 'Make this node an admin' });
    await page.getByRole('textbox', { name: 'Recovery words' }).fill(recoveryWords.slice(0, 23).join(' '));
    await expect(verb).toBeDisabled();
    await page.getByRole('textbox', { name: 'Recovery words' }).fill(recoveryWords.join(' '));
    await verb.click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await expect(page.getByText('peer, viewer, admin')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Invite…' }).first()).toBeEnabled();
  } finally {
    await founder.close();
    await opened.close();
  }
});
