/** The backup of who a node is: one file under a passphrase (security.md 2.8, row 65). */
import { z } from 'zod';
import { SignalboxError } from '../../../common/errors.ts';
import { parseGuarded } from '../../../common/wire/guarded-json.ts';
import { signerFromSeed } from './identity.ts';
import { nodeIdOf } from './node-id.ts';
import { createPassphraseStore } from './secret-store.ts';

const kind = 'signalbox-identity-backup';
const fileVersion = 1;

/** Largest text of a backup. */
export const backupCharacters = 8_388_608;

const outerBounds = { depth: 2, keys: 16 };
const outerSchema = z.strictObject({
  kind: z.literal(kind),
  version: z.literal(fileVersion),
  nodeId: z.string().max(64),
  name: z.string().max(256),
  createdAt: z.iso.datetime(),
  sealed: z.base64(),
});

const cell = z.union([z.number(), z.string(), z.null(), z.strictObject({ bytes: z.base64() })]);
const innerSchema = z.strictObject({
  keySeed: z.base64(),
  tables: z.record(z.string().regex(/^[a-z_]{1,64}$/), z.array(z.record(z.string().regex(/^[a-z_]{1,64}$/), cell)).max(50_000)),
});

/** A value of a stored row; bytes as base64. */
export type BackupCell = z.infer<typeof cell>;

/** What a backup holds. */
export interface IdentityBackup {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  /** 32 bytes. */
  readonly keySeed: Uint8Array;
  /** Rows by table: membership, contacts, counts of starts. */
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, BackupCell>>[]>>;
}

/**
 * Seals a backup. The passphrase goes through scrypt (N = 2^17), the content is under AES-256-GCM.
 *
 * @returns the text of the file
 * @throws SignalboxError `TOO_LARGE`
 */
export async function sealBackup({ name, createdMs, keySeed, tables }: IdentityBackup, passphrase: string): Promise<string> {
  const inner: z.input<typeof innerSchema> = {
    keySeed: Buffer.from(keySeed).toString('base64'),
    tables: tables as z.input<typeof innerSchema>['tables'],
  };
  const sealed = await createPassphraseStore(passphrase).encrypt(Buffer.from(JSON.stringify(inner)));
  const outer: z.input<typeof outerSchema> = {
    kind,
    version: fileVersion,
    nodeId: nodeIdOf(signerFromSeed(keySeed).publicKey),
    name,
    createdAt: new Date(createdMs).toISOString(),
    sealed: Buffer.from(sealed).toString('base64'),
  };
  const text = `${JSON.stringify(outer, null, 2)}\n`;
  if (text.length > backupCharacters)
    throw new SignalboxError('TOO_LARGE', 'The log of the cluster is too large for a backup file. Copy the data folder instead.', {
      executed: 'no',
    });
  return text;
}

/**
 * Opens a backup, and checks all of it before anything is done with it.
 *
 * @throws SignalboxError `TOO_LARGE`; `INVALID_PARAMS` when it is none or damaged; `VERSION`; `DECRYPT` for another passphrase
 */
export async function openBackup(text: string, passphrase: string): Promise<IdentityBackup> {
  if (text.length > backupCharacters) throw refused('TOO_LARGE', 'A backup file is much smaller than this. Choose another file.');
  const { nodeId, name, createdAt, sealed } = readBackupHead(text);
  const opened = await createPassphraseStore(passphrase)
    .decrypt(Buffer.from(sealed, 'base64'))
    .catch(() => {
      throw refused('DECRYPT', `The backup of ${name} does not open: the passphrase is another one, or the file was altered.`);
    });
  const inner = innerSchema.safeParse(parseJson(Buffer.from(opened).toString('utf8')));
  if (!inner.success) throw damaged();
  const keySeed = new Uint8Array(Buffer.from(inner.data.keySeed, 'base64'));
  if (keySeed.length !== 32 || nodeIdOf(signerFromSeed(keySeed).publicKey) !== nodeId) throw damaged();
  return { name, createdMs: Date.parse(createdAt), keySeed, tables: inner.data.tables };
}

/**
 * Reads what a backup says without its passphrase.
 *
 * @throws SignalboxError `INVALID_PARAMS` when it is none or damaged, `VERSION`
 */
export function readBackupHead(text: string): z.output<typeof outerSchema> {
  const value = guarded(text);
  const { version } = z.looseObject({ kind: z.literal(kind), version: z.number() }).safeParse(value).data ?? {};
  if (version !== undefined && version > fileVersion)
    throw refused('VERSION', `The backup is of a newer version (format ${version}). Update Signalbox on this machine.`);
  const outer = outerSchema.safeParse(value);
  if (!outer.success) throw damaged();
  return outer.data;
}

function guarded(text: string): unknown {
  try {
    return parseGuarded(text, outerBounds);
  } catch (error) {
    if (error instanceof SignalboxError) throw damaged();
    throw error;
  }
}

/** Of what this program has sealed itself: no stranger wrote it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged();
  }
}

function damaged(): SignalboxError {
  return refused('INVALID_PARAMS', 'This is no backup of a Signalbox node, or it is damaged or cut off. Copy it again.');
}

function refused(code: 'TOO_LARGE' | 'INVALID_PARAMS' | 'VERSION' | 'DECRYPT', message: string): SignalboxError {
  return new SignalboxError(code, message, { executed: 'no' });
}
