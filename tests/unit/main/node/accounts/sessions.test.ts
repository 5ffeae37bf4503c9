import { expect, test } from 'vitest';
import { limits } from '../../../../../src/common/limits.ts';
import { type AccountsUnderTest, openAccounts, sha256 } from '../../../../helpers/accounts.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

async function openWithAda(folder: string, clock: { now: number }): Promise<AccountsUnderTest> {
  const opened = await openAccounts(folder, () => clock.now);
  if (opened.accounts.find('ada') === undefined) {
    await opened.accounts.add({ username: 'ada', passwordSha256: sha256('secret'), role: 'admin' });
  }
  return opened;
}

test('a restart signs nobody out', async () => {
  const folder = await temporaryFolder();
  const clock = { now: 1_000_000 };
  const first = await openWithAda(folder, clock);
  const tokens = await first.sessions.create('ada');
  await first.stop();

  const { sessions } = await openWithAda(folder, clock);
  expect(sessions.authenticate(tokens.access.token)).toMatchObject({ account: { username: 'ada', role: 'admin' } });
  expect(await sessions.refresh(tokens.refresh.token)).toMatchObject({ username: 'ada' });
});

test('a clock that was ahead when a session was stored does not make it longer', async () => {
  const folder = await temporaryFolder();
  const clock = { now: 365 * dayMs };
  const first = await openWithAda(folder, clock);
  const tokens = await first.sessions.create('ada');
  await first.stop();
  clock.now = dayMs;
  const { sessions } = await openWithAda(folder, clock);
  expect(sessions.authenticate(tokens.access.token)).toBeDefined();
  clock.now += hourMs;
  expect(sessions.authenticate(tokens.access.token)).toBeUndefined();
  clock.now += 30 * dayMs;
  await expect(sessions.refresh(tokens.refresh.token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('the table holds no token', async () => {
  const { sessions, store } = await openWithAda(await temporaryFolder(), { now: 1 });
  const { access, refresh } = await sessions.create('ada');
  const rows = JSON.stringify(await store.all('SELECT * FROM sessions'));
  for (const secret of [access.token, refresh.token, refresh.token.slice(0, 20)]) expect(rows).not.toContain(secret);
  expect([access.token, refresh.token].map((token) => Buffer.from(token, 'base64url').length)).toEqual([32, 32]);
});

test('an access token holds for an hour, a refresh token for thirty days', async () => {
  const clock = { now: 1_000_000 };
  const { sessions } = await openWithAda(await temporaryFolder(), clock);
  const first = await sessions.create('ada');
  clock.now += hourMs - 1;
  expect(sessions.authenticate(first.access.token)).toBeDefined();
  clock.now += 1;
  expect(sessions.authenticate(first.access.token)).toBeUndefined();
  clock.now += 29 * dayMs;
  const second = await sessions.refresh(first.refresh.token);
  expect(sessions.authenticate(second.access.token)).toBeDefined();
  clock.now += 30 * dayMs;
  await expect(sessions.refresh(second.refresh.token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a refresh replaces both tokens', async () => {
  const { sessions } = await openWithAda(await temporaryFolder(), { now: 1 });
  const first = await sessions.create('ada');
  const second = await sessions.refresh(first.refresh.token);
  expect(second.sessionId).toBe(first.sessionId);
  expect(sessions.authenticate(first.access.token)).toBeUndefined();
  expect(sessions.authenticate(second.access.token)).toBeDefined();
});

test('a refresh token that is used twice ends the session, in sequence and at once', async () => {
  const { sessions } = await openWithAda(await temporaryFolder(), { now: 1 });
  const ended: string[] = [];
  sessions.onEnded((_id, username, why) => ended.push(`${username} ${why}`));
  const first = await sessions.create('ada');
  const second = await sessions.refresh(first.refresh.token);
  await expect(sessions.refresh(first.refresh.token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(sessions.authenticate(second.access.token)).toBeUndefined();
  await expect(sessions.refresh(second.refresh.token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(ended).toEqual(['ada reused']);

  const third = await sessions.create('ada');
  const both = await Promise.allSettled([sessions.refresh(third.refresh.token), sessions.refresh(third.refresh.token)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(sessions.countOf('ada')).toBe(0);
});

test('a changed role holds at once, a removed person is nobody at once', async () => {
  const { accounts, sessions } = await openWithAda(await temporaryFolder(), { now: 1 });
  await accounts.add({ username: 'bob', passwordSha256: sha256('secret'), role: 'viewer' });
  const { access } = await sessions.create('bob');
  await accounts.setRole('bob', 'operator');
  expect(sessions.authenticate(access.token)?.account.role).toBe('operator');
  await accounts.remove('bob');
  expect(sessions.authenticate(access.token)).toBeUndefined();
});

test('revoking a person ends all of their sessions and nobody else’s', async () => {
  const { accounts, sessions } = await openWithAda(await temporaryFolder(), { now: 1 });
  await accounts.add({ username: 'bob', passwordSha256: sha256('secret'), role: 'viewer' });
  const ada = await sessions.create('ada');
  const bobs = [await sessions.create('bob'), await sessions.create('bob')];
  expect(await sessions.revokeUser('bob')).toBe(2);
  expect(bobs.map(({ access }) => sessions.authenticate(access.token))).toEqual([undefined, undefined]);
  expect(sessions.authenticate(ada.access.token)).toBeDefined();
});

test('revoking a person reaches a session that is being opened with the old password', async () => {
  const { sessions, store } = await openWithAda(await temporaryFolder(), { now: 1 });
  const opening = sessions.create('ada');
  const revoked = sessions.revokeUser('ada');
  await expect(opening).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await revoked).toBe(0);
  expect(sessions.countOf('ada')).toBe(0);
  expect(await store.all('SELECT id FROM sessions')).toEqual([]);
});

test('of too many sessions the one unused for longest gives way', async () => {
  const clock = { now: 1 };
  const { sessions } = await openWithAda(await temporaryFolder(), clock);
  const all = [];
  for (let index = 0; index <= limits.sessionsPerUser; index++) {
    clock.now++;
    all.push(await sessions.create('ada'));
  }
  expect(all.map(({ access }) => sessions.authenticate(access.token) !== undefined)).toEqual([
    false,
    ...Array<boolean>(limits.sessionsPerUser).fill(true),
  ]);
});
