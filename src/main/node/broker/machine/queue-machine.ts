import { createHash } from 'node:crypto';
import type { LogEntry } from '../core/types.ts';
import { decodeBundle } from './bundle.ts';
import { CommandRun } from './command-run.ts';
import type { Queue, QueueDirectory } from './queue.ts';
import { fromRows, GroupRecord, type Stored, toRow } from './state-rows.ts';
import type { Applied, ClientPosition, QueueId, QueueState, StateRow } from './types.ts';

/**
 * The replicated state of a group in memory. Deterministic: no clock, no chance, no order but that of the log, so that equal logs make equal
 * states on every broker. Messages themselves are not in it: they leave as segments.
 */
export class QueueMachine {
  readonly #group: GroupRecord;
  readonly #queues: QueueDirectory = { byId: new Map(), byName: new Map() };
  /** What changed since rows were collected. */
  readonly #changed = new Set<Stored>();

  /** An empty state, unless rows of one are given. */
  constructor(rows: readonly StateRow[] = []) {
    const { group, queues } = rows.length === 0 ? { group: new GroupRecord(), queues: [] } : fromRows(rows);
    this.#group = group;
    for (const queue of queues) {
      this.#queues.byId.set(queue.queueId, queue);
      this.#queues.byName.set(queue.name, queue);
    }
  }

  /** The state that rows stand for: all that {@link collectRows} gave, the newest of each key. @throws SyntaxError for damaged rows */
  static restore(rows: readonly StateRow[]): QueueMachine {
    return new QueueMachine(rows);
  }

  /**
   * Applies a committed entry. Entries come in the order of the log, each once. `rows` stays empty: see {@link collectRows}.
   *
   * @throws UnreadableBundleError this version cannot apply the entry: the group must be stopped here, and the machine not be used any more
   */
  apply(entry: LogEntry): Applied {
    const { index, term } = entry;
    if (entry.kind !== 'commands') return { index, term, results: [], deleted: [], segments: [], trims: [], rows: [] };
    const run = new CommandRun(this.#group, this.#queues, this.#changed);
    const results = decodeBundle(entry.data).map((command) => run.apply(command));
    return { index, term, results, ...run.stored(), rows: [] };
  }

  /** The rows that changed since the last time, as they are now. */
  collectRows(): readonly StateRow[] {
    const rows = new Map<string, StateRow>();
    for (const stored of this.#changed) {
      const row = toRow(stored);
      rows.set(`${row.table} ${row.key}`, row);
    }
    this.#changed.clear();
    return [...rows.values()];
  }

  /** A queue by id or name. */
  queue(idOrName: string): QueueState | undefined {
    return this.#find(idOrName)?.state();
  }

  /** All queues, by id. */
  queues(): readonly QueueState[] {
    return [...this.#queues.byId.values()].map((queue) => queue.state()).sort((one, other) => (one.queueId < other.queueId ? -1 : 1));
  }

  /** Clients with a position, by id. */
  positions(queueId: QueueId): readonly ClientPosition[] {
    const clients = [...(this.#queues.byId.get(queueId)?.clients.values() ?? [])];
    return clients
      .map(({ clientId, position, updatedAtMs }) => ({ queueId, clientId, position, updatedAtMs }))
      .sort((one, other) => (one.clientId < other.clientId ? -1 : 1));
  }

  /** The last message a client has taken; 0: none. */
  position(queueId: QueueId, clientId: string): number {
    return this.#queues.byId.get(queueId)?.clients.get(clientId)?.position ?? 0;
  }

  /** How many clients and producers a queue knows. */
  counts(queueId: QueueId): { readonly clients: number; readonly producers: number } {
    const queue = this.#queues.byId.get(queueId);
    return { clients: queue?.clients.size ?? 0, producers: queue?.producers.size ?? 0 };
  }

  /** True when a read of a client would give something: a message after its position, or an earlier read to be repeated. */
  hasNext(queueId: QueueId, clientId: string, requestId: string | null): boolean {
    const queue = this.#queues.byId.get(queueId);
    if (queue === undefined) return false;
    const client = queue.clients.get(clientId);
    return (client?.position ?? 0) < queue.blocks.lastSequence && queue.blocks.messages > 0
      ? true
      : client?.takenBy(requestId) !== undefined;
  }

  /** The log's time, milliseconds since the epoch. */
  get timeMs(): number {
    return this.#group.timeMs;
  }

  /** SHA-256 over the whole state, lower-case hex: equal on every broker that has applied the same entries. As dear as the state is large. */
  stateHash(): string {
    const hash = createHash('sha256');
    for (const { table, key, value } of this.#allRows()) hash.update(`${table}\n${key}\n${value}\n`);
    return hash.digest('hex');
  }

  #allRows(): readonly StateRow[] {
    const queues = [...this.#queues.byId.values()];
    const stored = queues.flatMap((queue): Stored[] => [
      queue,
      ...queue.blocks.held(),
      ...queue.clients.values(),
      ...queue.producers.values(),
    ]);
    return [this.#group, ...stored].map(toRow).sort((one, other) => (`${one.table} ${one.key}` < `${other.table} ${other.key}` ? -1 : 1));
  }

  #find(idOrName: string): Queue | undefined {
    return this.#queues.byId.get(idOrName) ?? this.#queues.byName.get(idOrName);
  }
}
