import Database from 'better-sqlite3';

/**
 * Changes the bytes of the entries of one block in a file of chains, as somebody with the disk in hand would; what was signed stays.
 *
 * @param file ledger.db
 */
export function changeLedger(file: string, chainId: string, height: number, from: string, to: string): void {
  const database = new Database(file);
  try {
    database.exec('DROP TRIGGER entry_keeps_values');
    const { changes } = database
      .prepare(
        `UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), ?, ?) AS BLOB)
         WHERE height = ? AND chain = (SELECT id FROM chain WHERE chain_id = ?)`,
      )
      .run(from, to, height, chainId);
    if (changes !== 1) throw new Error(`${changes} entries were changed`);
  } finally {
    database.close();
  }
}
