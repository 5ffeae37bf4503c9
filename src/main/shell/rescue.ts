/** The rescue page's side of `node/rescue.ts`: what is damaged, and the typed confirmation before a reset. */
import { basename } from 'node:path';
import { SignalboxError } from '../../common/errors.ts';
import type { DamageReport } from '../../preload/api.ts';
import type { DamagedFileError } from '../node/damaged-file-error.ts';
import { reset } from '../node/rescue.ts';

const words: Readonly<Record<DamagedFileError['kind'], string>> = {
  settings: 'the settings',
  database: 'the node database (users, sessions, audit, saved work)',
  identity: 'the identity of this node',
  ledger: 'the ledger (what was done, and copies of what other nodes did)',
  values: 'the key-value store (values of this node, and copies kept for others)',
};

/** What the rescue page shows. */
export function describeDamage(error: DamagedFileError, dataFolder: string): DamageReport {
  return { what: words[error.kind], file: error.file, dataFolder, reason: error.detail, confirmation: basename(error.file) };
}

/**
 * Moves the damaged file aside.
 *
 * @param confirmation the file's name as the person typed it
 * @returns where the file is now
 * @throws SignalboxError `INVALID_PARAMS` when the confirmation is another name, and those of `reset`
 */
export async function resetConfirmed(error: DamagedFileError, dataFolder: string, confirmation: string): Promise<string> {
  if (confirmation !== basename(error.file)) throw new SignalboxError('INVALID_PARAMS', `Type ${basename(error.file)} to confirm.`);
  return await reset(dataFolder, error.file);
}
