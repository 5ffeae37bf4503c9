/**
 * Whether operations that overlap can be put into one order that explains their answers: the just-in-time search of Lowe (Testing for
 * linearizability, 2017) over a register with numbers in it.
 */

/** An operation: when it ran, and what it leaves in the register. */
export interface Step {
  readonly name: string;
  readonly invokedNs: number;
  /** Infinity: may take effect at any time, or never. */
  readonly completedNs: number;
  /** What may be in the register afterwards; none: its answer cannot have come from this. */
  readonly next: (value: number) => readonly number[];
}

/** A way in which it may have been: what the register holds, and which of the running operations have had their effect. */
interface Way {
  readonly value: number;
  readonly done: ReadonlySet<Step>;
}

/** Beyond, the search gives up and says so: an answer that nobody can check is none. */
const maxWays = 200_000;

export type Verdict = { readonly holds: true } | { readonly holds: false; readonly reason: string };

/** Looks for an order. The register begins with 0. */
export function isLinearizable(steps: readonly Step[]): Verdict {
  const numbers = new Map(steps.map((step, number) => [step, number]));
  const keyOf = ({ value, done }: Way) => [value, ...[...done].map((step) => numbers.get(step) ?? 0).sort((a, b) => a - b)].join(' ');
  const events = steps
    .flatMap((step) => [
      { atNs: step.invokedNs, step, ends: false },
      { atNs: step.completedNs, step, ends: true },
    ])
    .filter(({ atNs }) => atNs !== Number.POSITIVE_INFINITY)
    // At one moment, beginnings first: that allows more, never less.
    .sort((a, b) => a.atNs - b.atNs || Number(a.ends) - Number(b.ends));
  const running = new Set<Step>();
  let ways: readonly Way[] = [{ value: 0, done: new Set() }];
  for (const { step, ends } of events) {
    if (!ends) {
      running.add(step);
      continue;
    }
    const after = waysPast(step, ways, running, keyOf);
    running.delete(step);
    if (after === 'too many') return { holds: false, reason: `undecided after ${maxWays} ways` };
    if (after.length === 0) {
      const before = [...new Set(ways.map(({ value }) => value))].slice(0, 5).join(' or ');
      return { holds: false, reason: `${step.name}, when it was ${before}` };
    }
    ways = after;
  }
  return { holds: true };
}

/** The ways in which an operation that ends now has had its effect, each with any of the others that run. */
function waysPast(
  ending: Step,
  ways: readonly Way[],
  running: ReadonlySet<Step>,
  keyOf: (way: Way) => string,
): readonly Way[] | 'too many' {
  const past = new Map<string, Way>();
  const seen = new Set<string>();
  const open = [...ways];
  for (let way = open.pop(); way !== undefined; way = open.pop()) {
    const key = keyOf(way);
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > maxWays) return 'too many';
    const { value, done } = way;
    if (done.has(ending)) {
      const others = new Set(done);
      others.delete(ending);
      const rest = { value, done: others };
      past.set(keyOf(rest), rest);
      continue;
    }
    for (const step of running)
      if (!done.has(step)) for (const next of step.next(value)) open.push({ value: next, done: new Set(done).add(step) });
  }
  return [...past.values()];
}
