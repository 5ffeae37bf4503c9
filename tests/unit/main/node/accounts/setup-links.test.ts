import { expect, test } from 'vitest';
import { openAccounts, sha256 } from '../../../../helpers/accounts.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const ada = { username: 'ada', passwordSha256: sha256('secret') };

test('a link makes one administrator, once, also after a restart', async () => {
  const folder = await temporaryFolder();
  const first = await openAccounts(folder);
  const link = await first.setupLinks.create();
  expect(link.path).toBe(`/setup#token=${link.token}`);
  expect(Buffer.from(link.token, 'base64url')).toHaveLength(16);
  expect(JSON.stringify(await first.store.all('SELECT * FROM setup_links'))).not.toContain(link.token);
  await first.stop();

  const { accounts, setupLinks } = await openAccounts(folder);
  expect(accounts.hasAdmin).toBe(false);
  const both = await Promise.allSettled([setupLinks.redeem(link.token, ada), setupLinks.redeem(link.token, { ...ada, username: 'bob' })]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(accounts.list()).toMatchObject([{ username: 'ada', role: 'admin' }]);
  await expect(setupLinks.redeem(link.token, ada)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a link ends after 24 hours', async () => {
  const clock = { now: 1_000 };
  const { setupLinks } = await openAccounts(await temporaryFolder(), () => clock.now);
  const link = await setupLinks.create();
  clock.now = link.expiresAt;
  await expect(setupLinks.redeem(link.token, ada)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a name that is taken leaves the link good', async () => {
  const { accounts, setupLinks } = await openAccounts(await temporaryFolder());
  await accounts.add({ ...ada, role: 'viewer' });
  const link = await setupLinks.create();
  await expect(setupLinks.redeem(link.token, ada)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await setupLinks.redeem(link.token, { ...ada, username: 'bob' })).toMatchObject({ role: 'admin' });
});

test('of too many open links the oldest ends', async () => {
  const { setupLinks } = await openAccounts(await temporaryFolder());
  const links = [];
  for (let index = 0; index < 9; index++) links.push(await setupLinks.create());
  await expect(setupLinks.redeem(links[0]?.token ?? '', ada)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await setupLinks.redeem(links[1]?.token ?? '', ada)).toMatchObject({ username: 'ada' });
});
