import type { SqlValue, Statement } from '../../store/index.ts';
import { storageLimits } from './limits.ts';
import { ownValues } from './usage.ts';

/**
 * Lets the oldest tombstones of an owner go beyond their bound, and remembers the highest of their versions: whatever comes for a key that is
 * not known has to be newer, so that nothing that was deleted comes back late.
 *
 * @param owner of copies; {@link ownValues}: those of this node
 */
export function letGoOfTombstones(owner: string): Statement[] {
  const own = owner === ownValues;
  const table = own ? 'own_value' : 'copy';
  const where = own ? 'value IS NULL' : 'value IS NULL AND owner = ?';
  const params: SqlValue[] = own ? [storageLimits.tombstones] : [owner, storageLimits.copyTombstones];
  const oldest = `SELECT rowid FROM ${table} WHERE ${where} ORDER BY write_order DESC LIMIT -1 OFFSET ?`;
  return [
    {
      sql: `INSERT INTO version_floor (owner, version) SELECT ?, max(version) FROM ${table} WHERE rowid IN (${oldest})
        HAVING max(version) IS NOT NULL ON CONFLICT (owner) DO UPDATE SET version = max(version, excluded.version)`,
      params: [owner, ...params],
    },
    { sql: `DELETE FROM ${table} WHERE rowid IN (${oldest})`, params },
  ];
}
