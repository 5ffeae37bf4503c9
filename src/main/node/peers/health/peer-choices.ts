import { SignalboxError } from '../../../../common/errors.ts';
import type { Migration, Store } from '../../store/index.ts';
import { healthLimits } from './limits.ts';

/** What a person decided about a peer; it holds over restarts. */
export interface PeerChoice {
  readonly nodeId: string;
  readonly choice: 'pinned' | 'removed';
  /** The name it had then, shown while nothing else is known of it. */
  readonly name: string;
}

export const peerChoiceMigrations: readonly Migration[] = [
  {
    id: 'peers-001-choices',
    sql: `CREATE TABLE peer_choices (
      node_id TEXT PRIMARY KEY, choice TEXT NOT NULL CHECK (choice IN ('pinned', 'removed')), name TEXT NOT NULL, chosen_at INTEGER NOT NULL
    ) WITHOUT ROWID;`,
  },
];

interface Row {
  readonly node_id: string;
  readonly choice: PeerChoice['choice'];
  readonly name: string;
}

/** Peers that a person pinned or removed (seed 3, add_peer and remove_peer). */
export class PeerChoices {
  readonly #store: Store;
  readonly #choices = new Map<string, PeerChoice>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads them; before the first question. @throws SignalboxError `STORAGE_FULL` */
  async load(): Promise<void> {
    const rows = await this.#store.all<Row>('SELECT node_id, choice, name FROM peer_choices LIMIT ?', [healthLimits.choices]);
    for (const { node_id: nodeId, choice, name } of rows) this.#choices.set(nodeId, { nodeId, choice, name });
  }

  get(nodeId: string): PeerChoice | undefined {
    return this.#choices.get(nodeId);
  }

  isPinned(nodeId: string): boolean {
    return this.get(nodeId)?.choice === 'pinned';
  }

  isRemoved(nodeId: string): boolean {
    return this.get(nodeId)?.choice === 'removed';
  }

  all(): readonly PeerChoice[] {
    return [...this.#choices.values()];
  }

  /** It counts when it is on the disk. @throws SignalboxError `LIMIT`, `STORAGE_FULL` */
  async choose(choice: PeerChoice): Promise<void> {
    const { nodeId } = choice;
    if (!this.#choices.has(nodeId) && this.#choices.size >= healthLimits.choices)
      throw new SignalboxError(
        'LIMIT',
        `${healthLimits.choices} peers are pinned or removed already, which is the most. Nothing was changed: a node that is neither is a peer while it is seen.`,
        { executed: 'no' },
      );
    await this.#store.run(
      `INSERT INTO peer_choices (node_id, choice, name, chosen_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (node_id) DO UPDATE SET choice = excluded.choice, name = excluded.name, chosen_at = excluded.chosen_at`,
      [nodeId, choice.choice, choice.name, Date.now()],
    );
    this.#choices.set(nodeId, choice);
  }
}
