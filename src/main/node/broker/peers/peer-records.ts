import { z } from 'zod';
import { SignalboxError } from '../../../../common/errors.ts';
import { DamagedFileError } from '../../damaged-file-error.ts';
import { writeFileDurably } from '../../store/durable-file.ts';
import { readDataFile } from '../../store/read-data-file.ts';
import type { BrokerId } from '../core/types.ts';
import { peerLimits } from './limits.ts';

/** The start of a broker that was last met. */
export interface BrokerRecord {
  readonly brokerId: BrokerId;
  readonly nodeId: string;
  readonly incarnation: number;
  /** Null: two disks claimed this incarnation, and none of them is believed. */
  readonly startId: string | null;
}

/** What is to be done about a broker that says who it is. */
export type Recognition =
  | { readonly kind: 'known' }
  /** A later start: earlier connections of it are of the past. */
  | { readonly kind: 'new'; readonly record: BrokerRecord }
  | { readonly kind: 'oldDisk' }
  | { readonly kind: 'copy' }
  | { readonly kind: 'otherNode' };

/**
 * Whether a broker is the one that was known by its id. The count of starts only grows on one disk, and each start has its own random
 * id: fewer starts mean an old state of the disk, as many under another id mean a copy of it (security.md row 39).
 */
export function recogniseBroker(known: BrokerRecord | undefined, claimed: BrokerRecord): Recognition {
  if (known === undefined) return { kind: 'new', record: claimed };
  if (known.nodeId !== claimed.nodeId) return { kind: 'otherNode' };
  if (claimed.incarnation < known.incarnation) return { kind: 'oldDisk' };
  if (claimed.incarnation > known.incarnation) return { kind: 'new', record: claimed };
  return known.startId !== null && known.startId === claimed.startId ? { kind: 'known' } : { kind: 'copy' };
}

/**
 * What follows when another broker tells whom it met.
 *
 * @returns the record to keep from now on; undefined: what is known stands
 */
export function mergeRecords(known: BrokerRecord | undefined, told: BrokerRecord): BrokerRecord | undefined {
  if (known === undefined) return told;
  // Which node an id belongs to is believed of that node alone.
  if (told.nodeId !== known.nodeId) return undefined;
  if (told.incarnation > known.incarnation) return told;
  const isDoubled = told.incarnation === known.incarnation && known.startId !== null && told.startId !== known.startId;
  return isDoubled ? { ...known, startId: null } : undefined;
}

const recordSchema = z.strictObject({
  brokerId: z.string(),
  nodeId: z.string(),
  incarnation: z.number().int().min(0),
  startId: z.string().nullable(),
});
const fileSchema = z.strictObject({ brokers: z.array(recordSchema).max(peerLimits.remembered) });

/** The brokers that this one has met, on its disk before any of them is believed. */
export class PeerRecords {
  readonly #file: string;
  readonly #records: Map<BrokerId, BrokerRecord>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, records: readonly BrokerRecord[]) {
    this.#file = file;
    this.#records = new Map(records.map((record) => [record.brokerId, record]));
  }

  /** @throws SignalboxError `STORAGE_FULL` when the file cannot be read; DamagedFileError when it is no such file */
  static async load(file: string): Promise<PeerRecords> {
    const text = await readDataFile(file, 'database');
    if (text === undefined) return new PeerRecords(file, []);
    try {
      return new PeerRecords(file, fileSchema.parse(JSON.parse(text)).brokers);
    } catch (error) {
      throw new DamagedFileError(file, 'database', 'It does not hold the brokers that were met.', error);
    }
  }

  get(brokerId: BrokerId): BrokerRecord | undefined {
    return this.#records.get(brokerId);
  }

  /** The ones met last come last. */
  list(): readonly BrokerRecord[] {
    return [...this.#records.values()];
  }

  /** Resolves when they are on disk. @throws SignalboxError `STORAGE_FULL` */
  keep(records: readonly BrokerRecord[]): Promise<void> {
    for (const record of records) {
      this.#records.delete(record.brokerId);
      this.#records.set(record.brokerId, record);
    }
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= peerLimits.remembered) break;
      this.#records.delete(oldest);
    }
    const write = this.#writing.then(() => writeFileDurably(this.#file, JSON.stringify({ brokers: this.list() })));
    this.#writing = write.catch(() => undefined);
    return write;
  }

  /** Resolves when nothing is being written. */
  settled(): Promise<void> {
    return this.#writing;
  }
}

/** Why a broker is not believed, for people. @param name of its node */
export function refusalOf(recognition: Recognition, claimed: BrokerRecord, known: BrokerRecord | undefined, name: string): SignalboxError {
  const { brokerId } = claimed;
  if (recognition.kind === 'otherNode')
    return new SignalboxError(
      'CONFLICT',
      `The broker id ${brokerId} belongs to the node ${known?.nodeId}, not to ${name} (${claimed.nodeId}). Remove the data of the broker on ${name} and let it join anew.`,
      { executed: 'no' },
    );
  const what =
    recognition.kind === 'oldDisk'
      ? `shows an old state of its disk (start ${claimed.incarnation}, last met at start ${known?.incarnation}), as after restoring a backup`
      : `is there twice (start ${claimed.incarnation}), as after copying its data folder`;
  return new SignalboxError(
    'REPLAYED',
    `The broker ${brokerId} on ${name} ${what}. It is refused, so that nothing acknowledged is lost. Stop the copy, or remove the broker from its groups and let it join anew.`,
    { executed: 'no' },
  );
}
