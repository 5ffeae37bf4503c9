import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createKeyFileStore, loadOrCreateIdentity, sealBackup } from '../../../../src/main/node/identity/index.ts';
import { nodeMigrations } from '../../../../src/main/node/migrations.ts';
import { makeBackup, restoreBackup } from '../../../../src/main/node/node-backup.ts';
import { Membership, MembershipLog, nodeRoles } from '../../../../src/main/node/trust/index.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { admin, alice, genesis, keys, refusedAs, seedOf, startMs } from './trust/people.ts';
import { openStore } from './trust/stored.ts';

// Each key derivation takes 128 MB and most of a second of a processor.
vi.setConfig({ testTimeout: 60_000 });

const passphrase = 'four words of a person';
const dayMs = 86_400_000;
const secrets = (folder: string) => Promise.resolve(createKeyFileStore(folder));

let made: Promise<string> | undefined;

/** The backup of an admin node that has started 12 times. */
function backup(): Promise<string> {
  made ??= make();
  return made;
}

async function make(): Promise<string> {
  const store = await openStore(await temporaryFolder(), nodeMigrations);
  const membership = await Membership.adopt(store, genesis, new MembershipLog(genesis, keys), keys, startMs);
  await membership.sign({ kind: 'add', subject: alice.publicKey, roles: nodeRoles.peer, name: 'press-07' }, admin, startMs);
  await store.run('INSERT INTO link_epoch (only_one, epoch) VALUES (1, 12)');
  await store.run("INSERT INTO epochs (name, epoch) VALUES ('federation', 11)");
  await store.run("INSERT INTO member_addresses (member, host, port, position) VALUES (?, '192.168.1.20', 7422, 0)", [alice.publicKey]);
  return makeBackup({ store, keySeed: seedOf(3), name: 'office' }, passphrase, startMs);
}

test('a node restored from its backup is the same member, under its name, and knows where the others are', async () => {
  const folder = join(await temporaryFolder(), 'new');
  const { identity, name } = await restoreBackup(await backup(), passphrase, { folder, secrets, nowMs: startMs });
  expect([identity.publicKey, name]).toEqual([admin.publicKey, 'office']);
  expect((await loadOrCreateIdentity({ folder, secrets: createKeyFileStore(folder) })).nodeId).toBe(identity.nodeId);
  expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toMatchObject({ values: { 'node.name': 'office' } });
  const store = await openStore(folder, nodeMigrations);
  const membership = await Membership.load(store, keys);
  expect([...(membership?.log.state.members.values() ?? [])].map((member) => member.name)).toEqual(['North yard', 'press-07']);
  expect(await store.all('SELECT host, port FROM member_addresses')).toEqual([{ host: '192.168.1.20', port: 7422 }]);
  // Nothing that gives the key away is in the backup itself.
  expect(await backup()).not.toContain(Buffer.from(seedOf(3)).toString('base64'));
});

test('row 39: a node restored from an old backup goes on above every start that the others can have seen', async () => {
  const epochsAt = async (nowMs: number) => {
    const folder = join(await temporaryFolder(), 'new');
    await restoreBackup(await backup(), passphrase, { folder, secrets, nowMs });
    const store = await openStore(folder, nodeMigrations);
    const rows = await store.all<{ epoch: number }>('SELECT epoch FROM link_epoch UNION ALL SELECT epoch FROM epochs');
    return rows.map(({ epoch }) => epoch);
  };
  expect(await epochsAt(startMs)).toEqual([13, 12]);
  expect(await epochsAt(startMs + 30 * dayMs)).toEqual([13 + 43_200, 12 + 43_200]);
  // Restored twice: the second time is above the first.
  expect(await epochsAt(startMs + 31 * dayMs)).toEqual([13 + 44_640, 12 + 44_640]);
  // A clock that is behind, and one that is years ahead.
  expect(await epochsAt(startMs - dayMs)).toEqual([13, 12]);
  expect(await epochsAt(startMs + 3_650 * dayMs)).toEqual([12 + 1_048_576, 11 + 1_048_576]);
});

test('row 65: another passphrase, a file cut off, altered, too large, or of a newer version restores nothing and changes nothing', async () => {
  const parent = await temporaryFolder();
  const folder = join(parent, 'new');
  const text = await backup();
  const restore = (content: string, words = passphrase) => restoreBackup(content, words, { folder, secrets, nowMs: startMs });
  await expect(restore(text, 'other words of a person')).rejects.toThrow(refusedAs('DECRYPT'));
  for (const share of [0, 0.1, 0.5, 0.9, 0.999])
    await expect(restore(text.slice(0, Math.floor(text.length * share)))).rejects.toThrow(refusedAs('INVALID_PARAMS'));
  await expect(restore(`${text}${' '.repeat(8_400_000)}`)).rejects.toThrow(refusedAs('TOO_LARGE'));
  const outer = JSON.parse(text) as Record<string, string>;
  const changed = (change: object) => restore(JSON.stringify({ ...outer, ...change }));
  await expect(changed({ version: 2 })).rejects.toThrow(refusedAs('VERSION'));
  await expect(changed({ kind: 'signalbox-invite' })).rejects.toThrow(refusedAs('INVALID_PARAMS'));
  const { sealed = '' } = outer;
  await expect(changed({ sealed: `${sealed.slice(0, 100)}${sealed[100] === 'A' ? 'B' : 'A'}${sealed.slice(101)}` })).rejects.toThrow(
    refusedAs('DECRYPT'),
  );
  // Of another node than it says.
  await expect(changed({ nodeId: `n1${'a'.repeat(52)}` })).rejects.toThrow(refusedAs('INVALID_PARAMS'));
  // Whoever has the passphrase, and seals something that is no membership.
  const bytes = { bytes: Buffer.from('no operation').toString('base64') };
  const forged = await sealBackup(
    {
      name: 'office',
      createdMs: startMs,
      keySeed: seedOf(3),
      tables: {
        cluster: [{ only_one: 1, genesis: { bytes: Buffer.from(genesis).toString('base64') }, joined_at: 1 }],
        membership_operations: [{ id: bytes, serial: 1, bytes }],
      },
    },
    passphrase,
  );
  await expect(restore(forged)).rejects.toThrow(refusedAs('INVALID_PARAMS'));
  expect(await readdir(parent)).toEqual([]);
});

test('row 65: what is in the folder stays', async () => {
  const folder = await temporaryFolder();
  await loadOrCreateIdentity({ folder, secrets: createKeyFileStore(folder) });
  const before = await readFile(join(folder, 'identity.json'), 'utf8');
  await expect(restoreBackup(await backup(), passphrase, { folder, secrets })).rejects.toThrow(refusedAs('CONFLICT'));
  expect(await readFile(join(folder, 'identity.json'), 'utf8')).toBe(before);
  const other = await temporaryFolder();
  await writeFile(join(other, 'notes.txt'), 'mine');
  await expect(restoreBackup(await backup(), passphrase, { folder: other, secrets })).rejects.toThrow(refusedAs('CONFLICT'));
  // An empty folder may be there, and what an interrupted attempt left beside it does not matter.
  const empty = join(await temporaryFolder(), 'new');
  await mkdir(empty);
  await mkdir(join(empty, '..', '.new.restoring', 'half'), { recursive: true });
  await restoreBackup(await backup(), passphrase, { folder: empty, secrets });
  expect((await readdir(empty)).sort()).toEqual(expect.arrayContaining(['config.json', 'identity.json', 'node.db']));
});
