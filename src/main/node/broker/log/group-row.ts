/** The row of a group in log.db: term, vote and where its log begins, with a checksum of its own. */
import { crc32 } from 'node:zlib';
import type Database from 'better-sqlite3';
import type { GroupConfiguration, GroupId, HardState, LogPosition } from '../core/types.ts';

export interface GroupRow {
  readonly groupId: GroupId;
  /** Of the table that holds its entries; a log that begins anew gets another. */
  readonly number: number;
  readonly hardState: HardState;
  readonly compacted: LogPosition;
  /** As of `compacted`. */
  readonly configuration: GroupConfiguration;
}

interface Columns {
  readonly group_id: string;
  readonly number: number;
  readonly term: number;
  readonly voted_for: string | null;
  readonly compacted_index: number;
  readonly compacted_term: number;
  readonly compacted_checksum: number;
  readonly configuration: string;
  readonly row_checksum: number;
}

export const groupRowSchema = `
  CREATE TABLE log_group (
    group_id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    term INTEGER NOT NULL,
    voted_for TEXT,
    compacted_index INTEGER NOT NULL,
    compacted_term INTEGER NOT NULL,
    compacted_checksum INTEGER NOT NULL,
    configuration TEXT NOT NULL,
    row_checksum INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;`;

function checksumOf(row: Omit<Columns, 'row_checksum'>): number {
  const { group_id, number, term, voted_for, compacted_index, compacted_term, compacted_checksum, configuration } = row;
  return crc32(JSON.stringify([group_id, number, term, voted_for, compacted_index, compacted_term, compacted_checksum, configuration]));
}

/** All groups; a row that is not what was written comes as its group's id alone. */
export function readGroupRows(database: Database.Database): readonly (GroupRow | { readonly damaged: GroupId; readonly number: number })[] {
  return database
    .prepare<[], Columns>('SELECT * FROM log_group ORDER BY group_id')
    .all()
    .map((row) => {
      if (checksumOf(row) !== row.row_checksum) return { damaged: row.group_id, number: row.number };
      return {
        groupId: row.group_id,
        number: row.number,
        hardState: { term: row.term, votedFor: row.voted_for },
        compacted: { index: row.compacted_index, term: row.compacted_term, checksum: row.compacted_checksum },
        configuration: JSON.parse(row.configuration) as GroupConfiguration,
      };
    });
}

/** Writes rows with one prepared statement. */
export class GroupRowWriter {
  readonly #statement: Database.Statement<unknown[]>;

  constructor(database: Database.Database) {
    this.#statement = database.prepare('INSERT OR REPLACE INTO log_group VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  write({ groupId, number, hardState, compacted, configuration }: GroupRow): void {
    const row = {
      group_id: groupId,
      number,
      term: hardState.term,
      voted_for: hardState.votedFor,
      compacted_index: compacted.index,
      compacted_term: compacted.term,
      compacted_checksum: compacted.checksum,
      configuration: JSON.stringify(configuration),
    };
    this.#statement.run(...Object.values(row), checksumOf(row));
  }
}
