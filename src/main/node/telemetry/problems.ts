import type { Problem } from '../../../common/contract/node.ts';
import { nodeLimits } from '../limits.ts';

/** A problem as a part of the node raises it; the time is added here. */
export type ProblemReport = Omit<Problem, 'sinceMs' | 'view'> & { readonly view?: string | null };

/** What is wrong with the node right now. Parts raise and clear; `node.status` and the console show. */
export class Problems {
  readonly #nowMs: () => number;
  readonly #byId = new Map<string, Problem>();
  readonly #listeners = new Set<() => void>();

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  /** Adds the problem, or renews its text; the time it began stays. */
  raise(report: ProblemReport): void {
    const known = this.#byId.get(report.id);
    if (known === undefined && this.#byId.size >= nodeLimits.problems) return;
    const problem: Problem = { view: null, ...report, sinceMs: known?.sinceMs ?? this.#nowMs() };
    this.#byId.set(report.id, problem);
    if (known === undefined || known.severity !== problem.severity || known.title !== problem.title) this.#changed();
  }

  /** The problem is over. Harmless when it never was. */
  clear(id: string): void {
    if (this.#byId.delete(id)) this.#changed();
  }

  /** Worst first, oldest first among equals. */
  list(): Problem[] {
    const rank = (problem: Problem) => (problem.severity === 'crit' ? 0 : 1);
    return [...this.#byId.values()].sort((a, b) => rank(a) - rank(b) || a.sinceMs - b.sinceMs);
  }

  /** Called after each change of the list. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
