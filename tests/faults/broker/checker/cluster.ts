/** Points 8 to 10: one leader a term, replicas that agree to the bit, and a broker that serves again soon after it was healed. */
import { type Evidence, type Operation, Table, type Violation } from './evidence.ts';

/** Two leaders in one term, a term that falls on a broker, or one log index in two terms. */
export function findWrongLeaders({ leaders, operations }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const holders = new Map<string, string>();
  const lastTerm = new Table<string, number>(() => 0);
  for (const { broker, group, term } of leaders) {
    const holder = holders.get(`${group} ${term}`);
    if (holder === undefined) holders.set(`${group} ${term}`, broker);
    else if (holder !== broker) violations.push({ point: 'leader', message: `${holder} and ${broker} both led ${group} in term ${term}` });
    const own = `${broker} ${group}`;
    if (term < lastTerm.at(own))
      violations.push({ point: 'leader', message: `${broker} led ${group} in term ${term} after term ${lastTerm.at(own)}` });
    lastTerm.set(own, Math.max(term, lastTerm.at(own)));
  }
  const termOf = new Map<string, number>();
  for (const { asked, answered } of operations) {
    if (answered.index === undefined || answered.term === undefined) continue;
    // A queue is in one group, and so in one log.
    const place = `log index ${answered.index} of ${asked.queue}`;
    const known = termOf.get(place);
    if (known !== undefined && known !== answered.term)
      violations.push({ point: 'leader', message: `${place} was acknowledged in term ${known} and in term ${answered.term}` });
    termOf.set(place, answered.term);
  }
  return violations;
}

/** Replicas whose logs differ at an index, or whose states differ at the same applied index. */
export function findDisagreement({ replicas }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const entries = new Map<string, { readonly broker: string; readonly checksum: number }>();
  const states = new Map<string, { readonly broker: string; readonly state: string }>();
  for (const { broker, group, checksums, appliedIndex, state } of replicas) {
    for (const [index, checksum] of checksums) {
      const known = entries.get(`${group} ${index}`);
      if (known === undefined) entries.set(`${group} ${index}`, { broker, checksum });
      else if (known.checksum !== checksum) {
        violations.push({ point: 'replica', message: `the logs of ${known.broker} and ${broker} differ at index ${index} of ${group}` });
        break;
      }
    }
    const known = states.get(`${group} ${appliedIndex}`);
    if (known === undefined) states.set(`${group} ${appliedIndex}`, { broker, state });
    else if (known.state !== state)
      violations.push({
        point: 'replica',
        message: `the states of ${known.broker} and ${broker} differ at index ${appliedIndex} of ${group}`,
      });
  }
  return violations;
}

/** How long nobody was served. */
export interface Availability {
  readonly fault: string;
  /** Longest time without an acknowledged append while it lasted. */
  readonly gapMs: number;
  /** From its end to the next acknowledged append; null when there was none any more. */
  readonly recoveryMs: number | null;
}

/** What each fault cost. */
export function availabilityOf({ operations, faults }: Evidence): Availability[] {
  const times = acknowledgements(operations);
  return faults.map(({ fault, fromNs, toNs }) => {
    const inside = times.filter((timeNs) => timeNs >= fromNs && timeNs <= toNs);
    const marks = [fromNs, ...inside, toNs];
    const gapNs = Math.max(...marks.map((mark, at) => mark - (marks[at - 1] ?? mark)));
    const next = times.find((timeNs) => timeNs > toNs);
    return { fault, gapMs: gapNs / 1e6, recoveryMs: next === undefined ? null : (next - toNs) / 1e6 };
  });
}

function acknowledgements(operations: readonly Operation[]): number[] {
  return operations
    .filter(({ asked, outcome }) => asked.f === 'append' && outcome === 'ok')
    .map(({ completedNs }) => completedNs)
    .sort((a, b) => a - b);
}

/** A fault after whose end nothing was acknowledged within the bound. */
export function findUnavailable(evidence: Evidence, boundMs: number): Violation[] {
  return availabilityOf(evidence).flatMap(({ fault, recoveryMs }) => {
    if (recoveryMs !== null && recoveryMs <= boundMs) return [];
    const took = recoveryMs === null ? 'nothing was acknowledged any more' : `the next acknowledgement took ${Math.round(recoveryMs)} ms`;
    return [{ point: 'availability' as const, message: `after ${fault}, ${took}` }];
  });
}
