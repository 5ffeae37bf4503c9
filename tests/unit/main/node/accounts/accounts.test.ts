import { expect, test } from 'vitest';
import { openAccounts, sha256 } from '../../../../helpers/accounts.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const ada = { username: 'ada', passwordSha256: sha256('correct horse'), role: 'admin' } as const;

test('a person signs in with the right password only, also after a restart', async () => {
  const folder = await temporaryFolder();
  const first = await openAccounts(folder, () => 1_000);
  await first.accounts.add(ada);
  await first.stop();

  const { accounts } = await openAccounts(folder);
  expect(accounts.list()).toEqual([{ username: 'ada', role: 'admin', createdAt: 1_000, lastSignInAt: null }]);
  expect(await accounts.verify('ada', ada.passwordSha256)).toMatchObject({ username: 'ada' });
  expect(await accounts.verify('ada', sha256('wrong'))).toBeUndefined();
  expect(await accounts.verify('nobody', ada.passwordSha256)).toBeUndefined();
});

test('the table holds no password and not what the client sent', async () => {
  const { accounts, store } = await openAccounts(await temporaryFolder());
  await accounts.add(ada);
  const rows = JSON.stringify(await store.all('SELECT * FROM users'));
  expect(rows).not.toContain(ada.passwordSha256);
  await accounts.add({ ...ada, username: 'bob' });
  const salted = await store.all<{ password_hash: string }>('SELECT password_hash FROM users');
  expect(new Set(salted.map((row) => row.password_hash)).size).toBe(2);
});

test('a name is given once', async () => {
  const { accounts } = await openAccounts(await temporaryFolder());
  const twice = await Promise.allSettled([accounts.add(ada), accounts.add(ada)]);
  expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(accounts.add(ada)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('the last administrator can be neither removed nor demoted, also by two requests at once', async () => {
  const { accounts } = await openAccounts(await temporaryFolder());
  await accounts.add(ada);
  await expect(accounts.remove('ada')).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(accounts.setRole('ada', 'viewer')).rejects.toMatchObject({ code: 'CONFLICT' });
  await accounts.add({ ...ada, username: 'bob' });
  const both = await Promise.allSettled([accounts.setRole('ada', 'viewer'), accounts.remove('bob')]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(accounts.hasAdmin).toBe(true);
});

test('a changed password lets in at once, the old one does not', async () => {
  const { accounts } = await openAccounts(await temporaryFolder());
  await accounts.add(ada);
  await accounts.setPassword('ada', sha256('new'));
  expect(await accounts.verify('ada', ada.passwordSha256)).toBeUndefined();
  expect(await accounts.verify('ada', sha256('new'))).toMatchObject({ username: 'ada' });
  await expect(accounts.setPassword('nobody', sha256('new'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a changed password takes the sessions of the old one out of the table with it, those of others stay', async () => {
  const { accounts, sessions, store } = await openAccounts(await temporaryFolder());
  for (const username of ['ada', 'bob']) {
    await accounts.add({ ...ada, username });
    await sessions.create(username);
  }
  await accounts.setPassword('ada', sha256('new'));
  // Before anybody has revoked them: a node that dies here must not let the old sign-in go on.
  expect(await store.all('SELECT username FROM sessions')).toEqual([{ username: 'bob' }]);
});

// 34 slow hashes are the point, so the time is not the machine's usual.
test('an unknown user costs the same slow hash, of which a bounded number may wait', async () => {
  const { accounts } = await openAccounts(await temporaryFolder());
  // Forty at once exceed the two that run and the 32 that wait.
  const attempts = await Promise.allSettled(Array.from({ length: 40 }, () => accounts.verify('nobody', sha256('guess'))));
  expect(attempts.filter(({ status }) => status === 'rejected')).toMatchObject(
    Array.from({ length: 6 }, () => ({ reason: { code: 'OVERLOADED' } })),
  );
});
