import { randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { brokerIdPattern } from '../../../../common/contract/brokers.ts';
import { writeFileDurably } from '../../store/durable-file.ts';
import { readDataFile } from '../../store/read-data-file.ts';
import type { BrokerId } from '../core/types.ts';
import { logFileName } from './log-file-name.ts';
import { corrupt } from './storage-error.ts';

/** Who a broker is towards others. A copied or restored disk shows by a lower incarnation, or by the same one with another start id. */
export interface BrokerIdentity {
  readonly brokerId: BrokerId;
  /** Count of its starts, this one included. */
  readonly incarnation: number;
  /** Of this start: 16 random bytes in hex. */
  readonly startId: string;
  /** The id that it gave up before this start; null: none. */
  readonly renounced: BrokerId | null;
}

const storedSchema = z.strictObject({
  brokerId: z.string().regex(brokerIdPattern),
  incarnation: z.int().min(0),
  renounced: z.boolean(),
});
type Stored = z.infer<typeof storedSchema>;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * Who this broker is. Counts the start, on the disk, before it returns. A disk without the file becomes a new broker with a random id.
 *
 * @param directory where the broker keeps its files; made when it is not there
 * @throws SignalboxError `STORAGE_CORRUPT` the file is not what was written, or is missing beside a log; `STORAGE_FULL`
 */
export async function loadBrokerIdentity(directory: string): Promise<BrokerIdentity> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const stored = await readStored(directory);
  if (stored === undefined && existsSync(join(directory, logFileName)))
    throw corrupt(
      identityFile(directory),
      'It is missing, although the log of a broker lies beside it (bring it back, or remove the folder: the broker then begins as a new one).',
    );
  const keeps = stored !== undefined && !stored.renounced;
  const brokerId = keeps ? stored.brokerId : newBrokerId();
  const incarnation = (keeps ? stored.incarnation : 0) + 1;
  await write(directory, { brokerId, incarnation, renounced: false });
  return {
    brokerId,
    incarnation,
    startId: randomBytes(16).toString('hex'),
    renounced: stored?.renounced === true ? stored.brokerId : null,
  };
}

/**
 * Another broker has proven that this disk is a copy, or an older state, of a broker that it knows: the next start makes a new one of it,
 * so that it never counts as its former self again.
 *
 * @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL`
 */
export async function renounceBrokerIdentity(directory: string): Promise<void> {
  const stored = await readStored(directory);
  if (stored !== undefined) await write(directory, { ...stored, renounced: true });
}

function identityFile(directory: string): string {
  return join(directory, 'broker.json');
}

function newBrokerId(): BrokerId {
  return `B-${Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')}`;
}

async function readStored(directory: string): Promise<Stored | undefined> {
  const file = identityFile(directory);
  const text = await readDataFile(file, 'identity');
  if (text === undefined) return undefined;
  try {
    const { checksum, ...stored } = JSON.parse(text) as Stored & { readonly checksum: number };
    if (checksum !== checksumOf(stored)) throw new Error('its checksum is another');
    return storedSchema.parse(stored);
  } catch (error) {
    throw corrupt(file, `It does not say who the broker is (${(error as Error).message}).`);
  }
}

function write(directory: string, stored: Stored): Promise<void> {
  return writeFileDurably(identityFile(directory), `${JSON.stringify({ ...stored, checksum: checksumOf(stored) })}\n`);
}

function checksumOf({ brokerId, incarnation, renounced }: Stored): number {
  return crc32(JSON.stringify([brokerId, incarnation, renounced]));
}
