import type { Migration, Statement, Store } from '../../store/index.ts';
import { fromHex, toHex } from '../digest.ts';
import type { SignedEnvelope } from '../envelope/index.ts';
import { trustLimits } from '../limits.ts';
import { type Arrival, type Forgotten, SourceHistory } from './source-history.ts';

/** Tables of what has come from each sender. */
export const replayMigrations: readonly Migration[] = [
  {
    id: 'trust-1-replay',
    sql: `CREATE TABLE replay_sources (
      source BLOB PRIMARY KEY,
      epoch INTEGER NOT NULL,
      floor INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE replay_messages (
      source BLOB NOT NULL,
      message_id BLOB NOT NULL,
      epoch INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      PRIMARY KEY (source, message_id)
    ) STRICT, WITHOUT ROWID`,
  },
];

/** What of an envelope replay protection needs. */
export type ReplaySubject = Pick<SignedEnvelope, 'source' | 'epoch' | 'seq' | 'messageId' | 'timestampMs' | 'ttlSeconds'>;

/** A message that is being taken in. Exactly one of `confirm` and `release` ends it. */
export interface Reservation {
  /** To be written in one transaction with the message's effect, or with its place in a queue. */
  readonly statements: readonly Statement[];
  /** That transaction is durable: from now on the message is a duplicate. */
  confirm(): void;
  /** It failed and left no trace: the message may come again. */
  release(): void;
}

/**
 * Refuses what came before, across restarts (security.md 2.6). A message is checked before its signature, cheaply and without a trace;
 * it is taken in only after, or junk could keep the real message out.
 */
export class ReplayGuard {
  readonly #sources: Map<string, SourceHistory>;
  /** Taken in and not yet durable: source and id. */
  readonly #reserved = new Set<string>();

  /** @param sources what was stored, by the source's key in hex */
  constructor(sources: Iterable<readonly [source: string, history: SourceHistory]> = []) {
    this.#sources = new Map(sources);
  }

  /**
   * `duplicate`: acknowledge again, without effect. `pending`: the same message is being stored at this moment; say nothing, the sender
   * tries again.
   *
   * @throws SignalboxError `REPLAYED`; `data.highestEpoch` tells a node that was restored from an old copy where to go on
   */
  check(subject: ReplaySubject): 'new' | 'duplicate' | 'pending' {
    const source = toHex(subject.source);
    if (this.#reserved.has(source + toHex(subject.messageId))) return 'pending';
    return (this.#sources.get(source) ?? new SourceHistory()).check(arrivalOf(subject));
  }

  /**
   * Takes a message in, after its signature was checked and its sender found to be a member.
   *
   * @param nowMs milliseconds since the epoch
   * @returns undefined when it is no longer `new`
   * @throws SignalboxError `REPLAYED`
   */
  reserve(subject: ReplaySubject, nowMs: number): Reservation | undefined {
    if (this.check(subject) !== 'new') return undefined;
    const source = toHex(subject.source);
    const history = this.#sources.get(source) ?? new SourceHistory();
    this.#sources.set(source, history);
    const arrival = arrivalOf(subject);
    const forgotten = history.add(arrival, nowMs);
    const name = source + arrival.id;
    this.#reserved.add(name);
    return {
      statements: statementsFor(fromHex(source), history, arrival, forgotten),
      confirm: () => {
        this.#reserved.delete(name);
      },
      release: () => {
        this.#reserved.delete(name);
        history.remove(arrival);
      },
    };
  }

  /** The highest epoch seen of a node: one that was restored from an old copy must go above it. */
  highestEpochOf(source: Uint8Array): number {
    return this.#sources.get(toHex(source))?.epoch ?? 0;
  }
}

function arrivalOf({ epoch, seq, messageId, timestampMs, ttlSeconds }: ReplaySubject): Arrival {
  return { epoch, seq, id: toHex(messageId), expiresAtMs: timestampMs + ttlSeconds * 1_000 + trustLimits.clockToleranceMs };
}

/** @param source of its own, not a view of the packet: what is given to the store's thread is copied with everything it is a view of */
function statementsFor(source: Uint8Array, { epoch, floor }: SourceHistory, arrival: Arrival, forgotten?: Forgotten): readonly Statement[] {
  const forget: readonly Statement[] =
    forgotten === undefined
      ? []
      : [
          {
            sql: 'DELETE FROM replay_messages WHERE source = ? AND expires_at < ? AND (epoch < ? OR seq <= ?)',
            params: [source, forgotten.expiredBeforeMs, epoch, forgotten.passedSeq],
          },
        ];
  return [
    {
      // Never backwards: an earlier message of the same turn may be written after a later one.
      sql: `INSERT INTO replay_sources (source, epoch, floor) VALUES (?, ?, ?) ON CONFLICT (source) DO UPDATE SET
        floor = CASE WHEN excluded.epoch > epoch THEN excluded.floor ELSE MAX(floor, excluded.floor) END, epoch = excluded.epoch
        WHERE excluded.epoch > epoch OR (excluded.epoch = epoch AND excluded.floor > floor)`,
      params: [source, epoch, floor],
    },
    ...forget,
    {
      sql: 'INSERT INTO replay_messages (source, message_id, epoch, seq, expires_at) VALUES (?, ?, ?, ?, ?)',
      params: [source, fromHex(arrival.id), arrival.epoch, arrival.seq, arrival.expiresAtMs],
    },
  ];
}

interface MessageRow {
  readonly source: Uint8Array;
  readonly message_id: Uint8Array;
  readonly epoch: number;
  readonly seq: number;
  readonly expires_at: number;
}

/**
 * The guard as the last durable message left it.
 *
 * @throws SignalboxError `STORAGE_FULL`
 */
export async function loadReplayGuard(store: Store): Promise<ReplayGuard> {
  const sources = await store.all<{ source: Uint8Array; epoch: number; floor: number }>('SELECT source, epoch, floor FROM replay_sources');
  const rows = await store.all<MessageRow>('SELECT source, message_id, epoch, seq, expires_at FROM replay_messages');
  const arrivals = new Map<string, Arrival[]>();
  for (const row of rows) {
    const source = toHex(row.source);
    const ofSource = arrivals.get(source) ?? [];
    ofSource.push(toArrival(row));
    arrivals.set(source, ofSource);
  }
  return new ReplayGuard(
    sources.map(({ source, epoch, floor }) => {
      const name = toHex(source);
      return [name, new SourceHistory({ epoch, floor }, arrivals.get(name))] as const;
    }),
  );
}

function toArrival({ message_id, epoch, seq, expires_at }: MessageRow): Arrival {
  return { epoch, seq, id: toHex(message_id), expiresAtMs: expires_at };
}
