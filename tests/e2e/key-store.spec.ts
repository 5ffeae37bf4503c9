/** Where the node's key is kept on a desktop: in a real keyring, without one, and when what kept it is gone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { connectToNode } from '../../src/main/cli/node-connection.ts';
import { electronCommand, logLines, makeDataFolder } from '../helpers/app.ts';
import { hasKeyring, type Keyring, makeKeyringFolder, startKeyring } from '../helpers/keyring.ts';

const root = resolve(import.meta.dirname, '..', '..');
const waiting = { timeout: 90_000 };

/** No session bus at all, as on a machine without a desktop session. */
const noKeyring = { DBUS_SESSION_BUS_ADDRESS: 'disabled:', XDG_CURRENT_DESKTOP: '' };

/** The application as a person starts it: Playwright would tell it to leave the keyring alone. */
function startDesktop(dataFolder: string, env: Readonly<Record<string, string>>): ChildProcess {
  const { executable, switches } = electronCommand();
  const args = [...switches, root, '--data', dataFolder, '--port', '0'];
  return spawn(executable, args, { stdio: 'ignore', env: { ...process.env, ...env } });
}

async function end(app: ChildProcess | undefined): Promise<void> {
  if (app === undefined || app.exitCode !== null || app.signalCode !== null) return;
  const gone = once(app, 'exit');
  app.kill('SIGTERM');
  await gone;
}

interface Identity {
  readonly nodeId: string;
  readonly keyStore: string;
  readonly problems: readonly string[];
}

/** Undefined while no node of that folder answers. */
async function identityAt(folder: string): Promise<Identity | undefined> {
  const client = await connectToNode({ data: folder }).catch(() => undefined);
  if (client === undefined) return undefined;
  try {
    const [identity, status] = await Promise.all([client.call('membership.status', {}), client.call('node.status', {})]);
    const problems = status.problems.map(({ id }) => id).filter((id) => id.startsWith('identity.'));
    return { nodeId: identity.nodeId, keyStore: identity.keyStore, problems };
  } finally {
    client.close();
  }
}

/** Waits until the node of a data folder answers. */
async function identityOf(folder: string): Promise<Identity> {
  let found: Identity | undefined;
  const look = async () => {
    found = await identityAt(folder);
    return found;
  };
  await expect.poll(look, waiting).toBeDefined();
  return found as Identity;
}

const storedAt = (folder: string) => readFile(join(folder, 'identity.json'), 'utf8');
const failuresAt = async (dataFolder: string) => {
  const lines = (await logLines({ dataFolder }, 'shell.node.failed')) as { fields: { code: string } }[];
  return lines.map(({ fields }) => fields.code);
};

let dataFolder: string;
let app: ChildProcess | undefined;
let keyring: Keyring | undefined;
let place: Awaited<ReturnType<typeof makeKeyringFolder>>;
test.beforeEach(async () => {
  place = await makeKeyringFolder();
  dataFolder = await makeDataFolder();
});
test.afterEach(async () => {
  await end(app);
  await keyring?.stop();
  await rm(dataFolder, { recursive: true, force: true });
  await place.remove();
  app = undefined;
  keyring = undefined;
});

test.skip(!hasKeyring && process.env.CI !== 'true', 'The packages gnome-keyring and dbus are not installed.');

test('with a keyring the key is in no file; without the keyring it is locked and stays as it is; with it, it opens again', async () => {
  test.setTimeout(300_000);
  keyring = await startKeyring(place.folder);
  app = startDesktop(dataFolder, keyring.env);
  const first = await identityOf(dataFolder);
  expect(first).toMatchObject({ keyStore: 'safe-storage', problems: [] });
  expect(await readdir(dataFolder)).not.toContain('identity.key');
  const stored = await storedAt(dataFolder);
  expect(JSON.parse(stored)).toMatchObject({ store: 'safe-storage' });
  await end(app);
  await keyring.stop();

  app = startDesktop(dataFolder, noKeyring);
  await expect.poll(() => failuresAt(dataFolder), waiting).toEqual(['IDENTITY_LOCKED']);
  expect(await storedAt(dataFolder)).toBe(stored);
  expect(await readdir(dataFolder)).not.toContain('identity.key');
  await end(app);

  keyring = await startKeyring(place.folder);
  app = startDesktop(dataFolder, keyring.env);
  expect(await identityOf(dataFolder)).toEqual(first);
});

test('the keyring of somebody else does not open the key, and no new key takes its place', async () => {
  test.setTimeout(300_000);
  keyring = await startKeyring(place.folder);
  app = startDesktop(dataFolder, keyring.env);
  await identityOf(dataFolder);
  const stored = await storedAt(dataFolder);
  await end(app);
  await keyring.stop();
  const other = await makeKeyringFolder();
  keyring = await startKeyring(other.folder);
  app = startDesktop(dataFolder, keyring.env);
  await expect.poll(() => failuresAt(dataFolder), waiting).toEqual(['IDENTITY_LOCKED']);
  expect(await storedAt(dataFolder)).toBe(stored);
  await end(app);
  await keyring.stop();
  await other.remove();
});

test('a node that began without a keyring says so, and moves its key into one by itself', async () => {
  test.setTimeout(300_000);
  app = startDesktop(dataFolder, noKeyring);
  const before = await identityOf(dataFolder);
  expect(before).toMatchObject({ keyStore: 'key-file', problems: ['identity.plainKey'] });
  await end(app);
  keyring = await startKeyring(place.folder);
  app = startDesktop(dataFolder, keyring.env);
  await expect.poll(() => identityAt(dataFolder), waiting).toEqual({ nodeId: before.nodeId, keyStore: 'safe-storage', problems: [] });
});

test('without a keyring a passphrase protects the key, and another one does not open it', async () => {
  test.setTimeout(300_000);
  app = startDesktop(dataFolder, { ...noKeyring, SIGNALBOX_PASSPHRASE: 'four words of a person' });
  expect(await identityOf(dataFolder)).toMatchObject({ keyStore: 'passphrase', problems: [] });
  expect(await readdir(dataFolder)).not.toContain('identity.key');
  const stored = await storedAt(dataFolder);
  await end(app);
  app = startDesktop(dataFolder, { ...noKeyring, SIGNALBOX_PASSPHRASE: 'another passphrase' });
  await expect.poll(() => failuresAt(dataFolder), waiting).toEqual(['IDENTITY_LOCKED']);
  expect(await storedAt(dataFolder)).toBe(stored);
});
