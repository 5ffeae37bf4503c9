/** The replicated state of a group: what its committed commands make of it. Pure: equal commands give equal states on every broker. */

/** `Q-`, the group's five characters, five more. */
export type QueueId = string;

/** What happens to a full queue: the oldest messages go, or new ones are refused. */
export type Overflow = 'dropOldest' | 'reject';

export interface QueueOptions {
  /** Messages kept at most; null: no bound of this kind. */
  readonly maxMessages: number | null;
  readonly maxBytes: number | null;
  readonly maxAgeMs: number | null;
  readonly maxMessageBytes: number;
  readonly overflow: Overflow;
  /** The weakest role of a client that may do it. */
  readonly readRole: 'viewer' | 'operator' | 'admin';
  readonly appendRole: 'viewer' | 'operator' | 'admin';
}

/** How the bytes of a message are to be read. `json`: UTF-8 JSON text; `bytes`: anything. */
export type MessageEncoding = 'json' | 'bytes';

/** A message as it is stored and served. */
export interface QueueMessage {
  /** From 1, without gaps in what was appended; what retention or a purge dropped is missing at the front. */
  readonly sequence: number;
  /** Stamped by the leader, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly clientId: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: MessageEncoding;
  readonly data: Uint8Array;
}

export type NewMessage = Pick<QueueMessage, 'key' | 'headers' | 'encoding' | 'data'>;

/** Messages to be appended, as records one after the other: the same bytes on the wire, in the log and in a segment (docs/broker-protocol.md). */
export interface MessageBatch {
  readonly count: number;
  readonly data: Uint8Array;
}

/** One line of an idempotent producer's history: a retry gets the same answer. */
export interface ProducerStamp {
  readonly producerId: string;
  /** A higher one fences off the producer that had the lower. */
  readonly epoch: number;
  /** Of the first message of the append; consecutive for one producer and queue. */
  readonly sequence: number;
}

/**
 * What a log entry carries, many at a time. On disk each has a type number and a version; a broker that meets one it does not know stops
 * applying rather than to drift apart. Every time is the leader's.
 */
export type Command =
  | {
      readonly type: 'createQueue';
      readonly queueId: QueueId;
      readonly name: string;
      readonly options: QueueOptions;
      readonly timeMs: number;
    }
  | { readonly type: 'configureQueue'; readonly queueId: QueueId; readonly options: QueueOptions; readonly timeMs: number }
  | { readonly type: 'deleteQueue'; readonly queueId: QueueId; readonly timeMs: number }
  | {
      readonly type: 'append';
      readonly queueId: QueueId;
      readonly clientId: string;
      readonly producer: ProducerStamp | null;
      readonly batch: MessageBatch;
      readonly timeMs: number;
    }
  /** Gives a producer its next epoch: whoever used the one before is fenced off. */
  | { readonly type: 'registerProducer'; readonly queueId: QueueId; readonly producerId: string; readonly timeMs: number }
  /** Takes the next messages for a client and moves its position; the same request id gets the same messages again. */
  | {
      readonly type: 'take';
      readonly queueId: QueueId;
      readonly clientId: string;
      readonly requestId: string | null;
      readonly max: number;
      readonly maxBytes: number;
      readonly timeMs: number;
    }
  /** Says that a client has dealt with everything up to a position: it moves forward only. */
  | { readonly type: 'commit'; readonly queueId: QueueId; readonly clientId: string; readonly position: number; readonly timeMs: number }
  /** Sets a position: the next message taken is the one after it. */
  | { readonly type: 'seek'; readonly queueId: QueueId; readonly clientId: string; readonly position: number; readonly timeMs: number }
  | { readonly type: 'forgetClient'; readonly queueId: QueueId; readonly clientId: string; readonly timeMs: number }
  /** Everything up to and with this sequence. */
  | { readonly type: 'purge'; readonly queueId: QueueId; readonly upTo: number; readonly timeMs: number }
  /** Drops what is too old, and forgets idle producers; proposed by the leader now and then. */
  | { readonly type: 'expire'; readonly timeMs: number };

/** Refusals are part of the state machine: every broker refuses alike. */
export type CommandRefusal = {
  readonly ok: false;
  readonly code:
    | 'NOT_FOUND'
    | 'CONFLICT'
    | 'QUEUE_FULL'
    | 'TOO_LARGE'
    | 'PRODUCER_FENCED'
    | 'PRODUCER_GAP'
    | 'PRODUCER_DUPLICATE_LOST'
    | 'LIMIT';
  readonly message: string;
};

export type CommandResult =
  | {
      readonly ok: true;
      readonly type: 'queue';
      readonly queueId: QueueId /** false: it was there already, with the same options. */;
      readonly created: boolean;
    }
  | {
      readonly ok: true;
      readonly type: 'appended';
      readonly firstSequence: number;
      readonly count: number /** An earlier append of this producer, answered again. */;
      readonly repeated: boolean;
    }
  | { readonly ok: true; readonly type: 'taken'; readonly firstSequence: number; readonly count: number; readonly repeated: boolean }
  | { readonly ok: true; readonly type: 'producer'; readonly epoch: number }
  | { readonly ok: true; readonly type: 'position'; readonly position: number }
  | { readonly ok: true; readonly type: 'removed'; readonly messages: number; readonly bytes: number }
  | { readonly ok: true; readonly type: 'done' }
  | CommandRefusal;

/** What is known of a queue without looking at its messages. */
export interface QueueState {
  readonly queueId: QueueId;
  readonly name: string;
  readonly options: QueueOptions;
  readonly createdAtMs: number;
  /** First sequence still held; `last + 1` when empty. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly messages: number;
  readonly bytes: number;
  /** Of the oldest message held; null when empty. */
  readonly oldestTimeMs: number | null;
  /** Dropped by retention since the queue was created. */
  readonly dropped: number;
}

export interface ClientPosition {
  readonly queueId: QueueId;
  readonly clientId: string;
  /** The last message taken; 0: none. */
  readonly position: number;
  readonly updatedAtMs: number;
}

/** Messages of one queue that one entry appended, as they are stored: runs of records (docs/broker-protocol.md). */
export interface Segment {
  readonly queueId: QueueId;
  readonly firstSequence: number;
  readonly count: number;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly data: Uint8Array;
}

/** The messages of a queue up to a sequence are gone. */
export interface Trim {
  readonly queueId: QueueId;
  readonly upTo: number;
}

/** A row of the state that changed: its whole new value, or null when it is gone. `value` is opaque JSON text to the store. */
export interface StateRow {
  readonly table: 'group' | 'queue' | 'block' | 'client' | 'producer';
  readonly key: string;
  readonly value: string | null;
}

/**
 * What one applied entry did: answers for those who wait, and what the store must write.
 *
 * Rows are made once for as many entries as are written together: `apply` leaves `rows` empty, and whoever hands a batch to the store puts
 * what `collectRows` gives into the last one.
 */
export interface Applied {
  readonly index: number;
  readonly term: number;
  /** One for each command of the entry. */
  readonly results: readonly CommandResult[];
  /** Queues that were deleted: what they held before the segments here is gone. An id may be in use again, so this comes before those. */
  readonly deleted: readonly QueueId[];
  readonly segments: readonly Segment[];
  /** Messages up to a sequence that are gone, those of the segments here too: this comes last. */
  readonly trims: readonly Trim[];
  readonly rows: readonly StateRow[];
}
