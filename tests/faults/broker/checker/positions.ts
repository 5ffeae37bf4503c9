/** Point 7: the position of a client is one register for all who use it, and a read shows all that was acknowledged before it began. */
import { appendsOf, type Evidence, type Operation, Table, type Violation } from './evidence.ts';
import { isLinearizable, type Step } from './linearizable.ts';

export function findWrongPositions(evidence: Evidence): Violation[] {
  const acknowledged = acknowledgedBefore(evidence.operations);
  return [...registers(evidence, acknowledged), ...staleFetches(evidence, acknowledged)];
}

/** The highest sequence of a queue that was acknowledged before a moment. */
type AcknowledgedBefore = (queue: string, momentNs: number) => number;

function acknowledgedBefore(operations: readonly Operation[]): AcknowledgedBefore {
  const byQueue = new Table<string, { readonly completedNs: number; highest: number }[]>(() => []);
  const done = appendsOf(operations).filter(({ outcome }) => outcome === 'ok');
  for (const { asked, answered, completedNs } of done.sort((a, b) => a.completedNs - b.completedNs)) {
    const steps = byQueue.at(asked.queue);
    const last = (answered.first ?? 0) + asked.values.length - 1;
    steps.push({ completedNs, highest: Math.max(last, steps.at(-1)?.highest ?? 0) });
  }
  return (queue, momentNs) => {
    const steps = byQueue.at(queue);
    let low = 0;
    for (let high = steps.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((steps[middle]?.completedNs ?? 0) < momentNs) low = middle + 1;
      else high = middle;
    }
    return steps[low - 1]?.highest ?? 0;
  };
}

function registers({ operations }: Evidence, acknowledged: AcknowledgedBefore): Violation[] {
  const clients = new Table<string, Operation[]>(() => []);
  const purged = new Set<string>();
  for (const operation of operations) {
    if ('client' in operation.asked) clients.at(`${operation.asked.client} of ${operation.asked.queue}`).push(operation);
    if (operation.asked.f === 'purge') purged.add(operation.asked.queue);
  }
  const violations: Violation[] = [];
  for (const [name, own] of clients) {
    // What a purge removed is skipped by takes; the register alone does not know of it.
    if (purged.has(own[0]?.asked.queue ?? '')) continue;
    const steps = own.filter(({ outcome }) => outcome !== 'fail').map((operation) => stepOf(operation, acknowledged));
    const verdict = isLinearizable(steps);
    if (verdict.holds) continue;
    violations.push({ point: 'position', message: `no order of its operations explains the position of ${name}: ${verdict.reason}` });
  }
  return violations;
}

/** What an operation does to a position: the positions it may leave, given the one it finds. */
function stepOf({ asked, answered, outcome, invokedNs, completedNs }: Operation, acknowledged: AcknowledgedBefore): Step {
  const name = `${asked.f} that ended with ${outcome}${outcome === 'ok' ? ` at ${answered.position}` : ''}`;
  const step = (next: Step['next']): Step => ({ name, invokedNs, completedNs, next });
  if (asked.f === 'seek') return step(() => [asked.position]);
  if (asked.f === 'commit')
    return step((position) => {
      const after = Math.max(position, asked.position);
      return outcome === 'ok' && answered.position !== after ? [] : [after];
    });
  if (asked.f !== 'take') return step((position) => [position]);
  if (outcome === 'info') return step((position) => Array.from({ length: asked.max + 1 }, (_, taken) => position + taken));
  const entries = answered.entries ?? [];
  const mustReach = entries.length < asked.max ? acknowledged(asked.queue, invokedNs) : 0;
  return step((position) => {
    const first = entries[0]?.[0];
    if (first !== undefined && first !== position + 1) return [];
    const after = position + entries.length;
    return after < mustReach ? [] : [after];
  });
}

/** A linearizable look that ends before something acknowledged before it began. */
function staleFetches({ operations }: Evidence, acknowledged: AcknowledgedBefore): Violation[] {
  return operations.flatMap(({ asked, answered, outcome, invokedNs, process, broker }) => {
    if (asked.f !== 'fetch' || asked.level !== 'linearizable' || outcome !== 'ok') return [];
    const entries = answered.entries ?? [];
    const reached = entries.at(-1)?.[0] ?? asked.from - 1;
    const due = acknowledged(asked.queue, invokedNs);
    if (entries.length >= asked.max || reached >= due) return [];
    const message = `fetch of process ${process} at ${broker} ends with ${asked.queue} ${reached}, though ${due} was acknowledged before it began`;
    return [{ point: 'position' as const, message }];
  });
}
