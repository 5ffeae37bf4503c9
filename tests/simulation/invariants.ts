import type { BrokerId, CoreMessage, LogEntry, Persist } from '../../src/main/node/broker/core/types.ts';
import { Violation } from './violation.ts';

interface CommittedEntry {
  readonly term: number;
  readonly checksum: number;
  /** The term of the first broker that knew it to be committed. */
  readonly knownInTerm: number;
}

/** What must hold at every moment over all brokers, crashed ones included (Raft paper, figure 3). */
export class Invariants {
  readonly #leaders = new Map<number, BrokerId>();
  readonly #votes = new Map<string, BrokerId>();
  readonly #committed = new Map<number, CommittedEntry>();
  readonly #checksums = new Map<string, number>();
  readonly #hashes = new Map<number, string>();
  #highestCommitted = 0;

  get elections(): number {
    return this.#leaders.size;
  }

  get committed(): number {
    return this.#highestCommitted;
  }

  /** Election safety and leader completeness. @param checksumAt Of the log that the leader begins with. */
  leads(brokerId: BrokerId, term: number, checksumAt: (index: number) => number | undefined): void {
    const other = this.#leaders.get(term);
    if (other !== undefined && other !== brokerId) throw new Violation('one leader a term', `${other} and ${brokerId} lead term ${term}`);
    if (other !== undefined) return;
    this.#leaders.set(term, brokerId);
    for (let index = this.#highestCommitted; index > 0; index--) {
      const entry = this.#committed.get(index);
      if (entry === undefined || entry.knownInTerm >= term) continue;
      if (checksumAt(index) !== entry.checksum) {
        throw new Violation('leader completeness', `${brokerId} leads term ${term} without entry ${index} of term ${entry.term}`);
      }
      // The chain of checksums holds for all before.
      return;
    }
  }

  /** Votes never change within a term, whatever was lost in between. */
  sent(from: BrokerId, to: BrokerId, message: CoreMessage): void {
    if (message.type === 'ELECTION_REQUEST' && !message.preVote) this.#vote(from, message.term, from);
    if (message.type === 'ELECTION_ANSWER' && !message.preVote && message.granted) this.#vote(from, message.term, to);
  }

  #vote(voter: BrokerId, term: number, candidate: BrokerId): void {
    const before = this.#votes.get(`${voter} ${term}`);
    if (before !== undefined && before !== candidate) {
      throw new Violation('votes do not change', `${voter} voted for ${before} and ${candidate} in term ${term}`);
    }
    this.#votes.set(`${voter} ${term}`, candidate);
  }

  /** Log matching: one index and term is one entry, with one history. */
  written(brokerId: BrokerId, persist: Persist): void {
    for (const { index, term, checksum } of persist.entries) {
      const before = this.#checksums.get(`${index} ${term}`);
      if (before !== undefined && before !== checksum) {
        throw new Violation('log matching', `${brokerId} has another entry ${index} of term ${term}`);
      }
      this.#checksums.set(`${index} ${term}`, checksum);
      this.#committedStays(brokerId, index, term, checksum);
    }
  }

  /** A write below the commit index of the group must be of the very entry, unless it is of a term that was over by then. */
  #committedStays(brokerId: BrokerId, index: number, term: number, checksum: number): void {
    const committed = this.#committed.get(index);
    if (committed !== undefined && term > committed.knownInTerm && committed.checksum !== checksum) {
      throw new Violation('committed entries stay', `${brokerId} writes entry ${index} of term ${term} over one of term ${committed.term}`);
    }
  }

  /** Committed entries never change: the same everywhere. */
  commits(brokerId: BrokerId, knownInTerm: number, { index, term, checksum }: LogEntry): void {
    const before = this.#committed.get(index);
    if (before === undefined) {
      this.#committed.set(index, { term, checksum, knownInTerm });
      this.#highestCommitted = Math.max(this.#highestCommitted, index);
      return;
    }
    if (before.checksum !== checksum || before.term !== term) {
      throw new Violation(
        'committed entries stay',
        `${brokerId} commits entry ${index} of term ${term}, another was of term ${before.term}`,
      );
    }
    if (knownInTerm < before.knownInTerm) this.#committed.set(index, { term, checksum, knownInTerm });
  }

  /** Equal logs make equal states. */
  applied(brokerId: BrokerId, index: number, hash: string): void {
    const before = this.#hashes.get(index);
    if (before !== undefined && before !== hash) throw new Violation('equal states', `${brokerId} differs at ${index}`);
    this.#hashes.set(index, hash);
  }
}
