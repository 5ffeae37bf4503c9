import type { ProposalOutcome } from '../core/types.ts';

/** What becomes of a change of the membership. `UNCERTAIN`: leadership was lost before a majority had it. */
export type ChangeOutcome =
  | { readonly ok: true; readonly index: number }
  | { readonly ok: false; readonly code: Exclude<ProposalOutcome, { accepted: true }>['code'] | 'UNCERTAIN' };

type Done = (outcome: ChangeOutcome) => void;

/** Changes of the membership that wait for the majority. */
export class WaitingChanges {
  readonly #proposed = new Map<number, Done>();
  readonly #byIndex = new Map<number, { readonly term: number; readonly done: Done }>();

  add(proposalId: number, done: Done): void {
    this.#proposed.set(proposalId, done);
  }

  /** @returns whether the proposal was a change of the membership */
  placed(outcome: ProposalOutcome): boolean {
    const done = this.#proposed.get(outcome.proposalId);
    if (done === undefined) return false;
    this.#proposed.delete(outcome.proposalId);
    if (outcome.accepted) this.#byIndex.set(outcome.index, { term: outcome.term, done });
    else done({ ok: false, code: outcome.code });
    return true;
  }

  /** An entry of the log with members was applied. */
  applied(index: number, term: number): void {
    const waiting = this.#byIndex.get(index);
    if (waiting === undefined) return;
    this.#byIndex.delete(index);
    waiting.done(waiting.term === term ? { ok: true, index } : { ok: false, code: 'NOT_LEADER' });
  }

  fail(): void {
    const waiting = [...this.#proposed.values(), ...[...this.#byIndex.values()].map(({ done }) => done)];
    this.#proposed.clear();
    this.#byIndex.clear();
    for (const done of waiting) done({ ok: false, code: 'UNCERTAIN' });
  }
}
