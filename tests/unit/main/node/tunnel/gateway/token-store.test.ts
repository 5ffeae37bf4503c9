import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createKeyFileStore, createPassphraseStore, type SecretStore } from '../../../../../../src/main/node/identity/index.ts';
import { withFormerSecrets } from '../../../../../../src/main/node/membership/index.ts';
import { createStore } from '../../../../../../src/main/node/store/index.ts';
import { gatewayMigrations } from '../../../../../../src/main/node/tunnel/gateway/migrations.ts';
import { TokenStore } from '../../../../../../src/main/node/tunnel/gateway/token-store.ts';
import { Vault } from '../../../../../../src/main/node/tunnel/vault.ts';
import { recordingLogger } from '../../../../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const wanted = {
  name: 'Presses',
  agentIds: ['press-*'],
  kinds: ['http' as const],
  duplicates: 'pool' as const,
  legacy: false,
  createdBy: 'ada',
};

async function open(folder: string, secrets: SecretStore = createKeyFileStore(folder)) {
  const store = createStore({ file: join(folder, 'node.db'), migrations: gatewayMigrations, logger: recordingLogger() });
  await store.start();
  onTestFinished(() => store.stop());
  const vault = new Vault(store, secrets, 'gateway');
  let nowMs = 1_000_000;
  const tokens = new TokenStore({ store, vault, nowMs: () => nowMs });
  const load = async () => {
    await vault.open();
    await tokens.load();
  };
  return { store, tokens, load, pass: (ms: number) => (nowMs += ms) };
}

test('a token is there again after a restart, with the secret that was told once', async () => {
  const folder = await temporaryFolder();
  const first = await open(folder);
  await first.load();
  const { tokenId, secret } = await first.tokens.create(wanted);
  await first.store.stop();
  const second = await open(folder);
  await second.load();
  expect(second.tokens.list()).toEqual([
    {
      ...wanted,
      tokenId,
      createdAt: 1_000_000,
      rotatedAt: null,
      lastUsedAt: null,
      secrets: [{ version: 1, secret, untilMs: null }],
    },
  ]);
});

test('a rotated token has both secrets for its grace, also after a restart', async () => {
  const folder = await temporaryFolder();
  const { tokens, load, pass } = await open(folder);
  await load();
  const { tokenId, secret: former } = await tokens.create(wanted);
  const { secret } = await tokens.rotate(tokenId, 5_000);
  const both = [
    { version: 2, secret, untilMs: null },
    { version: 1, secret: former, untilMs: 1_005_000 },
  ];
  expect(tokens.list()[0]?.secrets).toEqual(both);
  await load();
  expect(tokens.list()[0]?.secrets).toEqual(both);
  pass(5_000);
  await load();
  expect(tokens.list()[0]?.secrets).toEqual([both[0]]);
  await tokens.rotate(tokenId, 0);
  expect(tokens.list()[0]?.secrets).toMatchObject([{ version: 3, untilMs: null }]);
});

test('an id is given once, and what is not there is not found', async () => {
  const { tokens, load } = await open(await temporaryFolder());
  await load();
  await tokens.create({ ...wanted, tokenId: 'press-token', secret: 'press and its secret' });
  await expect(tokens.create({ ...wanted, tokenId: 'press-token' })).rejects.toMatchObject({ code: 'CONFLICT' });
  await tokens.revoke('press-token');
  expect(tokens.list()).toEqual([]);
  await expect(tokens.revoke('press-token')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(tokens.rotate('press-token', 0)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('secrets move to a better store, and stay closed without it', async () => {
  const folder = await temporaryFolder();
  const plain = createKeyFileStore(folder);
  const first = await open(folder, plain);
  await first.load();
  const { secret } = await first.tokens.create(wanted);
  await first.store.stop();
  const passphrase = createPassphraseStore('a passphrase for a test');
  const second = await open(folder, withFormerSecrets(passphrase, [plain]));
  await second.load();
  expect(second.tokens.list()[0]?.secrets[0]?.secret).toBe(secret);
  await second.store.stop();
  const without = await open(folder, plain);
  await expect(without.load()).rejects.toThrow();
  await expect(without.tokens.create(wanted)).rejects.toMatchObject({ code: 'IDENTITY_LOCKED' });
  await without.store.stop();
  const again = await open(folder, passphrase);
  await again.load();
  expect(again.tokens.list()[0]?.secrets[0]?.secret).toBe(secret);
});
