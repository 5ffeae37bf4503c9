import type { BrokerId, CoreInput, CoreOutput, CoreStatus, GroupConfiguration, LogPosition, Role } from './types.ts';

/**
 * One replica of one group: Raft as a pure state machine. It reads no clock, draws no random number of its own and touches no disk or socket:
 * equal inputs give equal outputs, so that a simulation can replay every run (queue.md 5.1 and 6).
 *
 * A step is never entered from within a step. Its host carries out the output before or after the next step, but keeps the order of writes,
 * and of messages to one member.
 */
export interface ConsensusCore {
  /**
   * @param nowMs By a monotonic clock, milliseconds.
   * @throws TypeError, RangeError never for what other brokers send: that is refused or a fault of the output.
   */
  step(input: CoreInput, nowMs: number): CoreOutput;
  status(nowMs: number): CoreStatus;
  readonly role: Role;
  readonly term: number;
  readonly leaderId: BrokerId | null;
  readonly commitIndex: number;
  /** Leader that may serve: its no-op is committed. */
  readonly ready: boolean;
  /**
   * Whether a snapshot at this place may replace what this broker has: its own log does not hold the place. Asked right before installing one,
   * for to install it all the same would throw away entries that this broker has acknowledged.
   */
  acceptsSnapshot(position: LogPosition): boolean;
  /**
   * The members as of an entry: what belongs into a snapshot of that place. The newest configuration (`status`) must not be used for it: it may
   * not be committed, and one that came with a snapshot can never be taken back.
   *
   * @param index Not before the place where the log begins.
   */
  configurationAt(index: number): GroupConfiguration;
  /** The place at an index as this log has it; undefined where it has none, and below the end that is kept in memory. */
  positionAt(index: number): LogPosition | undefined;
}
