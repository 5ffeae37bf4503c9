import type { Migration, Store } from '../store/index.ts';

/** Tables of federation in the node's store. */
export const federationMigrations: readonly Migration[] = [
  {
    id: 'federation-001-epochs',
    sql: `CREATE TABLE epochs (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;`,
  },
];

const name = 'federation';

/**
 * Counts this start of the node, durable when it resolves: other nodes tell sessions by it, so it must be stored before
 * anything is sent.
 *
 * @param atLeast a higher epoch was seen of this node: its data folder was restored from an older copy
 * @throws SignalboxError `STORAGE_FULL`
 */
export async function nextEpoch(store: Store, atLeast = 0): Promise<number> {
  await store.run(
    'INSERT INTO epochs (name, epoch) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET epoch = MAX(epoch + 1, excluded.epoch)',
    [name, Math.max(1, atLeast)],
  );
  const row = await store.get<{ epoch: number }>('SELECT epoch FROM epochs WHERE name = ?', [name]);
  return row?.epoch ?? 1;
}
