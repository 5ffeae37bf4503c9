/**
 * What the consensus core takes in and gives out: Raft (Ongaro and Ousterhout 2014; Ongaro's thesis for PreVote, ReadIndex, learners and
 * leadership transfer) under the message names of the broker protocol. Nothing here does anything.
 *
 * One log entry is one bundle of commands: what arrived while the disk was busy with the one before. The core never looks into it.
 */

/** `B-` and five of `[A-Z0-9]`. */
export type BrokerId = string;
/** `G-` and five of `[A-Z0-9]`: one replicated group, `cluster_id` on the wire. */
export type GroupId = string;

export type EntryKind = 'commands' | 'configuration' | 'noop';

export interface LogEntry {
  /** From 1. */
  readonly index: number;
  readonly term: number;
  readonly kind: EntryKind;
  readonly data: Uint8Array;
  /** CRC-32 over the checksum of the entry before, index, term, kind and data: two logs with one checksum at an index are one log up to it. */
  readonly checksum: number;
}

/** A place in the log and the checksum of the entry there; all 0 before the first entry. */
export interface LogPosition {
  readonly index: number;
  readonly term: number;
  readonly checksum: number;
}

export interface GroupMember {
  readonly brokerId: BrokerId;
  /** A member without a vote is a learner: it gets the log and counts for nothing. */
  readonly voter: boolean;
  /** The node that runs the broker; null where brokers run without nodes. */
  readonly nodeId: string | null;
  readonly host: string;
  readonly port: number;
}

/** Consecutive entries of one term: they go on until the next run begins, or the log ends. */
export interface TermRun {
  readonly term: number;
  readonly firstIndex: number;
}

/** Who belongs to the group. Only an entry of the log makes one. */
export interface GroupConfiguration {
  readonly groupId: GroupId;
  /** Log index of the entry, `cluster_version` on the wire. */
  readonly version: number;
  readonly members: readonly GroupMember[];
}

/** What must be on disk before a vote or a new term is answered. */
export interface HardState {
  readonly term: number;
  readonly votedFor: BrokerId | null;
}

export type Role = 'leader' | 'follower' | 'candidate' | 'learner';

interface FromTerm {
  readonly term: number;
}

export interface Replicate extends FromTerm {
  readonly type: 'REPLICATE';
  readonly previous: LogPosition;
  readonly entries: readonly LogEntry[];
  readonly commitIndex: number;
  readonly readRound: number;
}

export interface ReplicateAck extends FromTerm {
  readonly type: 'REPLICATE_ACK';
  readonly ok: boolean;
  /** Durable on the disk of the sender, and equal to the leader's log. */
  readonly matchIndex: number;
  /** Got and equal to the leader's log, though perhaps not yet durable: a leader that has sent more knows that it was lost. */
  readonly receivedIndex: number;
  /** When not ok: the term that disagrees and its first index there (thesis 5.3). */
  readonly conflict?: { readonly term: number; readonly index: number };
  readonly readRound: number;
}

export interface Heartbeat extends FromTerm {
  readonly type: 'HEARTBEAT';
  readonly commitIndex: number;
  readonly readRound: number;
  /** The durable index of every member as the leader knows it: a broker that comes back with less has lost its disk, and all can tell it. */
  readonly durable: Readonly<Record<BrokerId, number>>;
}

export interface ElectionRequest extends FromTerm {
  readonly type: 'ELECTION_REQUEST';
  readonly last: LogPosition;
  readonly preVote: boolean;
  /** Asked for by the leader: voters do not wait for its silence. */
  readonly transfer: boolean;
  /** What the candidate remembers of the receiver's durable index; a receiver that ends below it has lost acknowledged data and must not vote. */
  readonly receiverDurableIndex: number;
}

export interface ElectionAnswer extends FromTerm {
  readonly type: 'ELECTION_ANSWER';
  readonly preVote: boolean;
  readonly granted: boolean;
}

export interface TimeoutNow extends FromTerm {
  readonly type: 'TIMEOUT_NOW';
}

/** Tells a member that lags behind the leader's log that a snapshot comes (its chunks travel by DATA_SYNC_REQUEST, outside the core). */
export interface SnapshotOffer extends FromTerm {
  readonly type: 'SNAPSHOT_OFFER';
  readonly position: LogPosition;
}

export type CoreMessage = Replicate | ReplicateAck | Heartbeat | ElectionRequest | ElectionAnswer | TimeoutNow | SnapshotOffer;

export type MembershipChange =
  | { readonly type: 'addLearner'; readonly member: GroupMember }
  | { readonly type: 'promote'; readonly brokerId: BrokerId }
  | { readonly type: 'remove'; readonly brokerId: BrokerId }
  | { readonly type: 'readdress'; readonly brokerId: BrokerId; readonly host: string; readonly port: number };

/** What happens to a core. */
export type CoreInput =
  | { readonly type: 'tick' }
  | { readonly type: 'message'; readonly from: BrokerId; readonly message: CoreMessage }
  /** One bundle; answered in `proposals` of the output with its index and term, or refused. */
  | { readonly type: 'propose'; readonly proposalId: number; readonly data: Uint8Array }
  | { readonly type: 'changeMembership'; readonly proposalId: number; readonly change: MembershipChange }
  /** Answered in `reads`, once leadership is confirmed by a round of heartbeats begun after the request. */
  | { readonly type: 'read'; readonly readId: number }
  | { readonly type: 'transfer'; readonly to: BrokerId }
  /** Everything up to this ticket of `persist` is on disk. */
  | { readonly type: 'persisted'; readonly ticket: number }
  /** The host could not write: the core takes part in nothing until it is made anew. */
  | { readonly type: 'diskFailed' }
  /** The oldest write has waited longer than an election timeout: a leader gives up (grey failure). */
  | { readonly type: 'diskStalled' }
  /** The answer to `load`; no entries: they could not be read, and will be asked for again. */
  | { readonly type: 'entriesLoaded'; readonly for: BrokerId; readonly entries: readonly LogEntry[] }
  /** The way of a snapshot to a member has ended, well or not. */
  | { readonly type: 'snapshotSent'; readonly to: BrokerId; readonly position: LogPosition; readonly ok: boolean }
  /**
   * State and configuration of this broker were replaced by a snapshot; the log begins anew after it. Only where `acceptsSnapshot` said so, and
   * with no other input between that and this one.
   */
  | { readonly type: 'snapshotInstalled'; readonly position: LogPosition; readonly configuration: GroupConfiguration }
  /** The log was cut below this place: a snapshot holds it. */
  | { readonly type: 'compacted'; readonly position: LogPosition }
  /** Before the first message of the new connection, as `disconnected` is after the last of the old one: what was known of its disk is asked anew. */
  | { readonly type: 'connected'; readonly brokerId: BrokerId }
  | { readonly type: 'disconnected'; readonly brokerId: BrokerId };

export interface OutgoingMessage {
  readonly to: BrokerId;
  readonly message: CoreMessage;
  /** Not before this ticket is on disk; undefined: at once. */
  readonly afterTicket: number | undefined;
}

/** One write of the log: all of it in one transaction, in this order. */
export interface Persist {
  readonly ticket: number;
  readonly hardState: HardState | undefined;
  /** Entries from here on are replaced. */
  readonly truncateFrom: number | undefined;
  readonly entries: readonly LogEntry[];
}

export type ProposalOutcome =
  | { readonly proposalId: number; readonly accepted: true; readonly index: number; readonly term: number }
  | {
      readonly proposalId: number;
      readonly accepted: false;
      readonly code: 'NOT_LEADER' | 'BUSY' | 'CHANGE_PENDING' | 'NOT_READY' | 'INVALID_PARAMS';
    };

export type ReadOutcome =
  | { readonly readId: number; readonly ok: true /** Answer when the state machine has applied this index. */; readonly index: number }
  | { readonly readId: number; readonly ok: false; readonly code: 'NOT_LEADER' };

/** Something that must not happen in a sound group. The entry it is about was refused. */
export interface CoreFault {
  /**
   * `CHECKSUM_MISMATCH`: an entry was damaged on the way or at the sender; it is asked for again. `LOG_DIVERGED`: this log and the leader's
   * differ where both must be equal: one of the disks has changed what it held. `CONFIGURATION_INVALID`: an entry of members that is none.
   */
  readonly code: 'CHECKSUM_MISMATCH' | 'LOG_DIVERGED' | 'CONFIGURATION_INVALID';
  readonly from: BrokerId;
  readonly index: number;
}

/** What the host must do now, in this order: persist, send, apply, answer. */
export interface CoreOutput {
  readonly persist: Persist | undefined;
  readonly send: readonly OutgoingMessage[];
  /** Newly committed entries in order. */
  readonly committed: readonly LogEntry[];
  readonly proposals: readonly ProposalOutcome[];
  readonly reads: readonly ReadOutcome[];
  /** Entries older than the core keeps in memory, wanted for a member that is behind, or for `committed` (`for` is this broker itself). */
  readonly load: readonly { readonly for: BrokerId; readonly fromIndex: number; readonly maxBytes: number }[];
  /** Members to which the host must bring a snapshot. */
  readonly snapshots: readonly BrokerId[];
  readonly faults: readonly CoreFault[];
  /** The log on the disk holds everything that was ever committed, after it had lost some of it: what guards it may forget what it held before. */
  readonly recovered: boolean;
  /** Present when role, term, leader or configuration changed. */
  readonly changed: boolean;
  /** When `tick` is due next, by the clock of `step`. */
  readonly wakeAtMs: number;
}

/** How a member follows, for people and for the decision to promote it. */
export interface MemberProgress {
  readonly brokerId: BrokerId;
  readonly voter: boolean;
  readonly matchIndex: number;
  readonly state: 'probing' | 'replicating' | 'snapshot';
  readonly inFlightBytes: number;
  /** When it was last heard of, by the clock of `step`; null: not yet since this broker leads. */
  readonly heardAtMs: number | null;
}

export interface CoreStatus {
  readonly role: Role;
  readonly term: number;
  readonly leaderId: BrokerId | null;
  readonly commitIndex: number;
  readonly last: LogPosition;
  /** Highest index on the own disk. */
  readonly durableIndex: number;
  readonly configuration: GroupConfiguration;
  /** Why it may not vote although it is a voter: its disk lost what it had acknowledged. */
  readonly impaired: boolean;
  /** Of a leader: every other member. */
  readonly members: readonly MemberProgress[];
  /** Of a leader: its no-op is committed and it may serve. */
  readonly ready: boolean;
  /** Of a leader: the member that it hands leadership to; while it does, proposals are refused with BUSY. */
  readonly transferringTo: BrokerId | null;
  /** How long the oldest write to the own disk has waited; 0: none does. */
  readonly diskWaitedMs: number;
  /** Its disk refused a write: it takes part in nothing until it is made anew. */
  readonly failed: boolean;
}
