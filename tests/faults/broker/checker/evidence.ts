/**
 * What a run over real brokers leaves behind for the checker: the history of its clients, final reads of every replica, who said that it
 * leads, and the logs of the replicas. The rules of recording are Jepsen's: an operation whose outcome nobody knows (a timeout, a broken
 * connection) is neither done nor refused for ever.
 */

/** A message as it was read: its sequence and its value, unique in the run. */
export type Entry = readonly [sequence: number, value: string];

/** What a client asked for. */
export type Asked =
  | { readonly f: 'append'; readonly queue: string; readonly values: readonly string[] }
  /** Takes the next messages for a client and moves its position. */
  | { readonly f: 'take'; readonly queue: string; readonly client: string; readonly max: number }
  | { readonly f: 'seek'; readonly queue: string; readonly client: string; readonly position: number }
  /** Moves a position forward, never back; with 0 it reads it. */
  | { readonly f: 'commit'; readonly queue: string; readonly client: string; readonly position: number }
  /** Looks at messages; `linearizable`: must show all that was acknowledged before it began. */
  | { readonly f: 'fetch'; readonly queue: string; readonly from: number; readonly max: number; readonly level: 'linearizable' | 'local' }
  | { readonly f: 'purge'; readonly queue: string; readonly upTo: number };

/** What the answer said: by operation, the fields that it has. */
export interface Answered {
  /** Of `append`: the sequence of the first value. */
  readonly first?: number;
  /** Of `take` and `fetch`. */
  readonly entries?: readonly Entry[];
  /** Of `take`, `seek` and `commit`. */
  readonly position?: number;
  /** Log entry that did it, where the answer says so. */
  readonly term?: number;
  readonly index?: number;
}

export type Outcome = 'ok' | 'fail' | 'info';

/** An operation from its first attempt to its end. Times are of one monotonic clock. */
export interface Operation {
  /** A line of thought: one operation at a time. One that ended with `info` asks nothing more. */
  readonly process: number;
  readonly asked: Asked;
  readonly invokedNs: number;
  /** Infinity when nobody knows the outcome. */
  readonly completedNs: number;
  readonly outcome: Outcome;
  readonly answered: Answered;
  /** Broker that answered last. */
  readonly broker: string;
}

/** All that one replica holds of one queue, read by a fresh client after everything was healed. */
export interface FinalRead {
  readonly broker: string;
  readonly queue: string;
  readonly entries: readonly Entry[];
}

/** A broker said that it leads. In the order in which each broker said so. */
export interface LeaderClaim {
  readonly broker: string;
  readonly group: string;
  readonly term: number;
}

/** What a replica's files hold when everything is quiet. */
export interface ReplicaImage {
  readonly broker: string;
  readonly group: string;
  /** Checksum of the log up to each entry that is still there, by index. */
  readonly checksums: ReadonlyMap<number, number>;
  readonly appliedIndex: number;
  /** Digest of the applied state, messages included. */
  readonly state: string;
}

/** A time in which something was broken on purpose. */
export interface FaultSpan {
  readonly fault: string;
  readonly fromNs: number;
  readonly toNs: number;
}

export interface Evidence {
  readonly operations: readonly Operation[];
  readonly finalReads: readonly FinalRead[];
  readonly leaders: readonly LeaderClaim[];
  readonly replicas: readonly ReplicaImage[];
  readonly faults: readonly FaultSpan[];
}

/** The ten points of the check (queue.md 6, layer 2). */
export type Point =
  | 'lost'
  | 'phantom'
  | 'divergence'
  | 'duplicate'
  | 'order'
  | 'unseen'
  | 'position'
  | 'leader'
  | 'replica'
  | 'availability';

/** A promise that was broken, for people. */
export interface Violation {
  readonly point: Point;
  readonly message: string;
}

export type Append = Operation & { readonly asked: Extract<Asked, { f: 'append' }> };

/** The appends of a run. */
export function appendsOf(operations: readonly Operation[]): Append[] {
  return operations.filter((operation): operation is Append => operation.asked.f === 'append');
}

/** Everything that was read or acknowledged, with where it comes from: final reads, takes, fetches, acknowledgements. */
export function* sightings({
  operations,
  finalReads,
}: Evidence): Generator<{ queue: string; entry: Entry; where: string; untilNs: number }> {
  for (const { queue, entries, broker } of finalReads)
    for (const entry of entries) yield { queue, entry, where: `the final read of ${broker}`, untilNs: Number.POSITIVE_INFINITY };
  for (const { asked, answered, outcome, process, completedNs } of operations) {
    if (outcome !== 'ok') continue;
    const where = `${asked.f} of process ${process}`;
    if (asked.f === 'append' && answered.first !== undefined)
      for (const [at, value] of asked.values.entries())
        yield { queue: asked.queue, entry: [answered.first + at, value], where, untilNs: completedNs };
    for (const entry of answered.entries ?? []) yield { queue: asked.queue, entry, where, untilNs: completedNs };
  }
}

/** A map whose values are made when they are first asked for. */
export class Table<K, V> extends Map<K, V> {
  readonly #make: () => V;

  constructor(make: () => V) {
    super();
    this.#make = make;
  }

  /** The value of a key, made when there is none. */
  at(key: K): V {
    const there = this.get(key);
    if (there !== undefined) return there;
    const made = this.#make();
    this.set(key, made);
    return made;
  }
}
