/** The state of one group as its thread sees it: rows, messages, and the log position that they stand for, always together. */
import { crc32 } from 'node:zlib';
import type Database from 'better-sqlite3';
import { SignalboxError } from '../../../../common/errors.ts';
import type { GroupConfiguration, GroupId, LogPosition } from '../core/types.ts';
import { corrupt } from '../log/storage-error.ts';
import { splitSegment } from '../machine/segment.ts';
import type { QueueId, QueueMessage, StateRow } from '../machine/types.ts';
import { openStateFile } from './open-state-file.ts';
import { SegmentTable } from './segment-table.ts';
import type { PackedApply } from './state-protocol.ts';
import type { MessageQuery, StateImage } from './types.ts';

/** Bytes of messages that lie together: what a look at one of them costs to read. */
const pieceBytes = 16_384;

const nothingApplied: LogPosition = { index: 0, term: 0, checksum: 0 };

export class StateFile {
  readonly file: string;
  readonly #groupId: GroupId;
  readonly #database: Database.Database;
  readonly #segments: SegmentTable;
  readonly #onSweepFailure: (error: unknown) => void;
  readonly #putMeta: Database.Statement<[string, string]>;
  readonly #putRow: Database.Statement<[string, string, string, number]>;
  readonly #deleteRow: Database.Statement<[string, string]>;
  #applied: LogPosition;
  #sweeping: NodeJS.Immediate | undefined;

  /** @throws SignalboxError `STORAGE_CORRUPT` it is no state, or that of another group */
  constructor(sqlite: typeof Database, file: string, groupId: GroupId, onSweepFailure: (error: unknown) => void) {
    this.file = file;
    this.#groupId = groupId;
    this.#onSweepFailure = onSweepFailure;
    this.#database = openStateFile(sqlite, file, groupId);
    try {
      this.#putMeta = this.#database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
      this.#putRow = this.#database.prepare('INSERT OR REPLACE INTO state_row VALUES (?, ?, ?, ?)');
      this.#deleteRow = this.#database.prepare('DELETE FROM state_row WHERE kind = ? AND key = ?');
      const meta = readMeta(this.#database, file);
      if (meta.groupId !== groupId) throw corrupt(file, `It is the state of ${meta.groupId} and not of ${groupId}.`);
      this.#applied = meta.applied;
      this.#segments = new SegmentTable(this.#database, file);
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#sweepLater();
  }

  image(): StateImage {
    const { applied, configuration } = readMeta(this.#database, this.file);
    return { applied, configuration, rows: this.#rows() };
  }

  /** @throws SignalboxError `INTERNAL` it was applied already */
  apply({ deleted, memory, segments, trims, rows, position, configuration }: PackedApply): void {
    if (position.index <= this.#applied.index)
      throw new SignalboxError('INTERNAL', `The state of ${this.#groupId} was given ${position.index} after ${this.#applied.index}.`, {
        executed: 'no',
      });
    this.#transaction(() => {
      for (const queueId of deleted) this.#segments.forget(queueId);
      for (const { offset, sizeBytes, ...segment } of segments)
        for (const piece of splitSegment({ ...segment, data: new Uint8Array(memory, offset, sizeBytes) }, pieceBytes))
          this.#segments.add(piece);
      for (const trim of trims) this.#segments.trim(trim);
      for (const row of rows) this.#write(row);
      this.#putMeta.run('applied', JSON.stringify(position));
      if (configuration !== undefined) this.#putMeta.run('configuration', JSON.stringify(configuration));
    });
    this.#applied = position;
    this.#sweepLater();
  }

  read(query: MessageQuery): readonly QueueMessage[] {
    return this.#segments.read(query);
  }

  sequenceAt(queueId: QueueId, timeMs: number): number {
    return this.#segments.sequenceAt(queueId, timeMs);
  }

  /** A copy of the whole file, a little at a time; what is applied meanwhile is in it. */
  async copyTo(path: string, pagesPerStep: number): Promise<void> {
    await this.#database.backup(path, { progress: () => pagesPerStep });
  }

  resetJournal(): void {
    this.#database.pragma('wal_checkpoint(RESTART)');
  }

  /** Empties the journal into the file, so that what remains is one file. @throws when it cannot */
  close(): void {
    clearImmediate(this.#sweeping);
    try {
      this.#database.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      this.#database.close();
    }
  }

  #rows(): StateRow[] {
    const rows: StateRow[] = [];
    const statement = this.#database.prepare<[], { kind: StateRow['table']; key: string; value: string; checksum: number }>(
      'SELECT kind, key, value, checksum FROM state_row',
    );
    for (const { kind, key, value, checksum } of statement.iterate()) {
      if (rowChecksum(kind, key, value) !== checksum) throw corrupt(this.file, `Its row ${kind} ${key} is not what was written.`);
      rows.push({ table: kind, key, value });
    }
    return rows;
  }

  #write({ table, key, value }: StateRow): void {
    if (value === null) this.#deleteRow.run(table, key);
    else this.#putRow.run(table, key, value, rowChecksum(table, key, value));
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      this.#segments.reload(this.#database);
      throw error;
    }
  }

  #sweepLater(): void {
    if (!this.#segments.isSwept) this.#sweeping ??= setImmediate(() => this.#sweep());
  }

  /** One step of deleting what was trimmed; between the steps others have their turn. */
  #sweep(): void {
    this.#sweeping = undefined;
    try {
      this.#transaction(() => void this.#segments.sweep());
      this.#sweepLater();
    } catch (error) {
      this.#onSweepFailure(error);
    }
  }
}

export interface StateMeta {
  readonly groupId: GroupId;
  readonly applied: LogPosition;
  readonly configuration: GroupConfiguration | null;
}

/** @throws SignalboxError `STORAGE_CORRUPT` */
export function readMeta(database: Database.Database, file: string): StateMeta {
  const rows = database.prepare<[], { key: string; value: string }>('SELECT key, value FROM meta').all();
  const meta = new Map(rows.map(({ key, value }) => [key, value]));
  const applied = meta.get('applied');
  const configuration = meta.get('configuration');
  try {
    return {
      groupId: meta.get('group') ?? '',
      applied: applied === undefined ? nothingApplied : (JSON.parse(applied) as LogPosition),
      configuration: configuration === undefined ? null : (JSON.parse(configuration) as GroupConfiguration),
    };
  } catch (error) {
    throw corrupt(file, `It does not say which place of the log it stands for (${(error as Error).message}).`);
  }
}

/**
 * Gives a closed state to another group. The id of a queue begins with its group's five characters, and every key of a row with the id of its
 * queue (machine/state-rows.ts); nothing else names it.
 */
export function moveToGroup(database: Database.Database, groupId: GroupId): void {
  const renamed = (key: string) => (key.startsWith('Q-') ? `Q-${groupId.slice(2)}${key.slice(groupId.length)}` : key);
  database.transaction(() => {
    const rows = database.prepare<[], { kind: string; key: string; value: string }>('SELECT kind, key, value FROM state_row').all();
    const move = database.prepare('UPDATE state_row SET key = ?, checksum = ? WHERE kind = ? AND key = ?');
    for (const { kind, key, value } of rows) move.run(renamed(key), rowChecksum(kind, renamed(key), value), kind, key);
    const queues = database.prepare<[], { number: number; queue_id: string }>('SELECT number, queue_id FROM queue').all();
    const moveQueue = database.prepare('UPDATE queue SET queue_id = ? WHERE number = ?');
    for (const { number, queue_id } of queues) moveQueue.run(renamed(queue_id), number);
    database.prepare("INSERT OR REPLACE INTO meta VALUES ('group', ?)").run(groupId);
    database.prepare("DELETE FROM meta WHERE key = 'configuration'").run();
  })();
}

function rowChecksum(table: string, key: string, value: string): number {
  return crc32(value, crc32(`${table}\n${key}\n`));
}
