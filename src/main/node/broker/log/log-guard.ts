/** Compares what the logs hold with what the guard file remembers of them, and keeps it up to date. */
import { join } from 'node:path';
import { SignalboxError } from '../../../../common/errors.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { BrokerId, GroupId, LogPosition } from '../core/types.ts';
import { GuardFile, type GuardRecord } from './guard-file.ts';
import type { DamagedStoredLog, FallbackVote, StoredLog } from './log-protocol.ts';
import type { LogImage } from './types.ts';

type End = Pick<LogPosition, 'index' | 'term'>;

const nothing: GuardRecord = { index: 0, term: 0, hardTerm: 0, stage: 'kept' };
const unknown: GuardRecord = { index: Number.MAX_SAFE_INTEGER, term: Number.MAX_SAFE_INTEGER, hardTerm: 0, stage: 'kept' };

/** The order of logs that Raft's vote goes by: the term of the last entry first (thesis 3.6.1). */
function isBelow(left: End, right: End): boolean {
  return left.term !== right.term ? left.term < right.term : left.index < right.index;
}

/** Whether nothing says any more how far a log once was. */
export function isGuardLost({ guardedIndex }: Pick<LogImage, 'guardedIndex'>): boolean {
  return guardedIndex === unknown.index;
}

export class LogGuard {
  readonly #guard: GuardFile;
  readonly #brokerId: BrokerId;
  readonly #logger: Pick<Logger, 'error'>;
  /** Where the logs end on the disk. */
  readonly #ends = new Map<GroupId, End>();

  private constructor(guard: GuardFile, brokerId: BrokerId, logger: Pick<Logger, 'error'>) {
    this.#guard = guard;
    this.#brokerId = brokerId;
    this.#logger = logger;
  }

  /** @throws SignalboxError `STORAGE_FULL` */
  static async open(folder: string, brokerId: BrokerId, logger: Pick<Logger, 'warn' | 'error'>): Promise<LogGuard> {
    const file = join(folder, 'synced-through');
    const guard = await GuardFile.open(file, (error) =>
      logger.warn('broker.guardNotWritten', 'The guard of the log could not be written; it is tried again.', { file, error }),
    );
    return new LogGuard(guard, brokerId, logger);
  }

  /**
   * Looks at everything that was found in the log.
   *
   * @returns groups that were being removed when the broker ended, and groups of which the log holds nothing any more
   */
  compare(
    logs: readonly StoredLog[],
    damaged: readonly DamagedStoredLog[],
  ): readonly { readonly groupId: GroupId; readonly what: 'remove' | 'lost' }[] {
    const held = new Set([...logs, ...damaged].map(({ groupId }) => groupId));
    const odd: { groupId: GroupId; what: 'remove' | 'lost' }[] = [];
    for (const groupId of this.#guard.groupIds()) {
      const record = this.#guard.get(groupId) ?? nothing;
      if (record.stage === 'removing') odd.push({ groupId, what: 'remove' });
      else if (record.stage === 'kept' && !held.has(groupId)) odd.push({ groupId, what: 'lost' });
      else if (held.has(groupId)) this.#guard.set(groupId, { ...record, stage: 'kept' });
      else this.#guard.delete(groupId);
    }
    for (const groupId of held)
      if (this.#guard.get(groupId) === undefined) {
        this.#logger.error('broker.guardLost', 'The guard of a log is gone: nobody can tell whether the log is whole, so it has no vote.', {
          groupId,
        });
        this.#guard.set(groupId, unknown);
      }
    return odd;
  }

  image(stored: StoredLog): LogImage {
    const { groupId, last, hardState } = stored;
    const known = this.#guard.get(groupId) ?? nothing;
    // The guard is a moment behind after a crash. Were it left so, a log that is begun anew right after the start could vote too soon.
    const record = isBelow(known, last) ? { ...known, index: last.index, term: last.term } : known;
    if (record !== known) this.#guard.set(groupId, record);
    this.#ends.set(groupId, last);
    return {
      ...stored,
      // A vote that this disk has forgotten was given to somebody: it is not given again.
      hardState: record.hardTerm > hardState.term ? { term: record.hardTerm, votedFor: this.#brokerId } : hardState,
      impaired: isBelow(last, record),
      guardedIndex: record.index,
    };
  }

  /** @throws SignalboxError `OVERLOADED` as many groups as the guard has room for; `STORAGE_FULL` */
  creating(groupId: GroupId, at: End): Promise<void> {
    if (this.#guard.isFull)
      throw new SignalboxError('OVERLOADED', 'The broker holds as many groups as it may. Use another broker, or remove a group.', {
        executed: 'no',
        retryable: false,
      });
    this.#guard.set(groupId, { index: at.index, term: at.term, hardTerm: at.term, stage: 'creating' });
    return this.#guard.flush();
  }

  created(groupId: GroupId, at: End): void {
    this.#ends.set(groupId, at);
    this.#guard.set(groupId, { index: at.index, term: at.term, hardTerm: at.term, stage: 'kept' });
  }

  /** A log was written and ends here now, on the disk. A legitimate cut lowers what is guarded; one of an impaired log does not. */
  ended(groupId: GroupId, last: End): void {
    const record = this.#guard.get(groupId) ?? nothing;
    const isImpaired = isBelow(this.#ends.get(groupId) ?? nothing, record);
    this.#ends.set(groupId, last);
    if (isImpaired && isBelow(last, record)) return;
    this.#guard.set(groupId, { ...record, index: last.index, term: last.term });
  }

  /** A log began anew at this place. What it held beyond is dropped, and is still guarded. */
  restarted(groupId: GroupId, at: End): void {
    const record = this.#guard.get(groupId) ?? nothing;
    this.#ends.set(groupId, at);
    if (isBelow(record, at)) this.#guard.set(groupId, { ...record, index: at.index, term: at.term });
  }

  /** The log holds all that its group has committed: what was guarded before, or nobody knew, counts no more. */
  recovered(groupId: GroupId): void {
    const record = this.#guard.get(groupId);
    const end = this.#ends.get(groupId);
    if (record !== undefined && end !== undefined) this.#guard.set(groupId, { ...record, index: end.index, term: end.term });
  }

  /** Resolves when the terms in which votes may have been given are on the disk. */
  voted(votes: readonly { readonly groupId: GroupId; readonly term: number }[]): Promise<void> {
    for (const { groupId, term } of votes) {
      const record = this.#guard.get(groupId) ?? nothing;
      this.#guard.set(groupId, { ...record, hardTerm: Math.max(record.hardTerm, term) });
    }
    return this.#guard.flush();
  }

  /** The log once held at least this. */
  raise(groupId: GroupId, held: End): Promise<void> {
    const record = this.#guard.get(groupId) ?? nothing;
    this.#ends.set(groupId, nothing);
    if (isBelow(record, held)) this.#guard.set(groupId, { ...record, index: held.index, term: held.term });
    return this.#guard.flush();
  }

  fallbackVote(groupId: GroupId): FallbackVote {
    return { term: this.#guard.get(groupId)?.hardTerm ?? 0, votedFor: this.#brokerId };
  }

  removing(groupId: GroupId): Promise<void> {
    this.#guard.set(groupId, { ...(this.#guard.get(groupId) ?? nothing), stage: 'removing' });
    return this.#guard.flush();
  }

  removed(groupId: GroupId): Promise<void> {
    this.#ends.delete(groupId);
    this.#guard.delete(groupId);
    return this.#guard.flush();
  }

  flush(): Promise<void> {
    return this.#guard.flush();
  }

  close(): Promise<void> {
    return this.#guard.close();
  }
}
