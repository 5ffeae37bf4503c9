import { z } from 'zod';
import { DamagedFileError } from '../damaged-file-error.ts';
import { writeFileDurably } from '../store/durable-file.ts';
import { readDataFile } from '../store/read-data-file.ts';

const fileVersion = 1;
const fileSchema = z.looseObject({ version: z.number().int().min(1), values: z.record(z.string(), z.unknown()) });

/** What `config.json` says, whether this version knows it or not. */
export type FileValues = ReadonlyMap<string, unknown>;

/**
 * Reads `config.json`.
 *
 * @returns the values, or undefined when there is no file yet
 * @throws DamagedFileError not JSON, not of the right shape, too large or of a newer version
 */
export async function readSettingsFile(file: string): Promise<FileValues | undefined> {
  const text = await readDataFile(file, 'settings');
  return text === undefined ? undefined : parseSettings(file, text);
}

function parseSettings(file: string, text: string): FileValues {
  let content: unknown;
  try {
    // A byte order mark is what some editors on Windows add.
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new DamagedFileError(file, 'settings', `It is not JSON: ${(error as Error).message}.`, error);
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) throw new DamagedFileError(file, 'settings', 'It is JSON, but not {"version": 1, "values": {…}}.', parsed.error);
  if (parsed.data.version > fileVersion)
    throw new DamagedFileError(file, 'settings', `It was written by a newer version of Signalbox (format ${parsed.data.version}).`);
  return new Map(Object.entries(parsed.data.values));
}

/** Replaces `config.json` so that a crash leaves the old or the new settings. Keys are sorted: people compare such files. */
export async function writeSettingsFile(file: string, values: FileValues): Promise<void> {
  const sorted = Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFileDurably(file, `${JSON.stringify({ version: fileVersion, values: sorted }, null, 2)}\n`);
}
