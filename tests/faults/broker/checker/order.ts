/** Points 5 and 6: what was appended later comes later, reads have neither gaps nor inversions, and everything is seen in the end. */
import { appendsOf, type Entry, type Evidence, type Operation, Table, type Violation } from './evidence.ts';

/** Order in real time, order of one producer, and order inside and between reads. */
export function findDisorder(evidence: Evidence): Violation[] {
  return [...realTime(evidence), ...producers(evidence), ...insideReads(evidence), ...betweenTakes(evidence.operations)];
}

/** What began after an acknowledgement has a higher sequence. Takes in what nobody knows the outcome of, when a replica has it. */
function realTime({ operations, finalReads }: Evidence): Violation[] {
  const sequenceOf = new Table<string, Map<string, number>>(() => new Map());
  for (const { queue, entries } of finalReads) for (const [sequence, value] of entries) sequenceOf.at(queue).set(value, sequence);
  const byQueue = new Table<string, { invokedNs: number; completedNs: number; first: number; last: number; name: string }[]>(() => []);
  for (const { asked, answered, outcome, invokedNs, completedNs } of appendsOf(operations)) {
    const first = outcome === 'ok' ? answered.first : sequenceOf.at(asked.queue).get(asked.values[0] ?? '');
    if (first === undefined) continue;
    byQueue.at(asked.queue).push({ invokedNs, completedNs, first, last: first + asked.values.length - 1, name: asked.values[0] ?? '' });
  }
  const violations: Violation[] = [];
  for (const [queue, appends] of byQueue) {
    const completed = appends.toSorted((a, b) => a.completedNs - b.completedNs);
    let next = 0;
    let highest = { last: 0, name: '' };
    for (const append of appends.toSorted((a, b) => a.invokedNs - b.invokedNs)) {
      for (let done = completed[next]; done !== undefined && done.completedNs < append.invokedNs; done = completed[++next])
        if (done.last > highest.last) highest = done;
      if (append.first > highest.last) continue;
      const message = `${append.name} is ${queue} ${append.first}, though ${highest.name} was acknowledged as ${highest.last} before it was sent`;
      violations.push({ point: 'order', message });
    }
  }
  return violations;
}

/** A value is `producer:counter`; counters of one producer rise with the sequence. */
function producers({ finalReads }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const { broker, queue, entries } of finalReads) {
    const last = new Table<string, number>(() => -1);
    for (const [sequence, value] of entries) {
      const cut = value.lastIndexOf(':');
      const producer = value.slice(0, cut);
      const counter = Number(value.slice(cut + 1));
      if (counter <= last.at(producer))
        violations.push({
          point: 'order',
          message: `${value} at ${queue} ${sequence} of ${broker} comes after ${producer}:${last.at(producer)}`,
        });
      last.set(producer, counter);
    }
  }
  return violations;
}

/** Sequences in one answer are consecutive: nothing is removed in the middle of a queue. */
function insideReads({ operations, finalReads }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const look = (where: string, queue: string, entries: readonly Entry[]) => {
    for (const [at, [sequence]] of entries.entries()) {
      const before = entries[at - 1]?.[0];
      if (before === undefined || sequence === before + 1) continue;
      violations.push({ point: 'order', message: `${where} has ${queue} ${before}, then ${sequence}` });
    }
  };
  for (const { broker, queue, entries } of finalReads) look(`the final read of ${broker}`, queue, entries);
  for (const { asked, answered, process } of operations) look(`${asked.f} of process ${process}`, asked.queue, answered.entries ?? []);
  return violations;
}

/**
 * A client that takes, one take after the other, gets what follows: nothing again, nothing left out. Clients that several share or that
 * seek are for the search of positions, and queues that are purged skip what is gone: both are left out.
 */
function betweenTakes(operations: readonly Operation[]): Violation[] {
  const clients = new Table<string, Operation[]>(() => []);
  const purged = new Set<string>();
  for (const operation of operations) {
    if (operation.asked.f === 'purge') purged.add(operation.asked.queue);
    if ('client' in operation.asked) clients.at(`${operation.asked.client} of ${operation.asked.queue}`).push(operation);
  }
  return [...clients].flatMap(([name, own]) => {
    const isAlone = own.every(({ asked }) => asked.f === 'take' && !purged.has(asked.queue)) && !overlap(own);
    return isAlone ? takesOf(name, own) : [];
  });
}

/** Where a take had no known outcome, it may have moved the position as far as its `max`. */
function takesOf(name: string, takes: readonly Operation[]): Violation[] {
  const violations: Violation[] = [];
  let position = 0;
  let mayHaveTaken = 0;
  for (const { asked, answered, outcome } of takes) {
    if (outcome === 'info' && asked.f === 'take') mayHaveTaken += asked.max;
    const first = answered.entries?.[0]?.[0];
    if (outcome !== 'ok' || first === undefined) continue;
    const skipped = first - position - 1;
    if (skipped < 0) violations.push({ point: 'order', message: `${name} got ${first} again, after ${position}` });
    else if (skipped > mayHaveTaken)
      violations.push({ point: 'order', message: `${name} got ${first} after ${position}: ${skipped} left out` });
    else mayHaveTaken -= skipped;
    position = Math.max(position, answered.entries?.at(-1)?.[0] ?? 0);
  }
  return violations;
}

/** Whether any two that ended well ran at the same time. */
function overlap(operations: readonly Operation[]): boolean {
  return operations.some(({ invokedNs }, at) => {
    const before = operations[at - 1];
    return before !== undefined && before.outcome !== 'info' && before.completedNs > invokedNs;
  });
}

/**
 * Acknowledged values that no consumer has had when it was over. What a client was not given after a take without a known outcome was given
 * in the answer that was lost; whether it is more than that take may have moved is for the order of takes to say.
 */
export function findUnseen({ operations }: Evidence): Violation[] {
  const seen = new Table<string, Set<string>>(() => new Set());
  const lostAnswers = new Table<string, [after: number, upTo: number][]>(() => []);
  const clients = new Table<string, { position: number; isUnsure: boolean }>(() => ({ position: 0, isUnsure: false }));
  for (const { asked, answered, outcome } of operations) {
    if (asked.f !== 'take') continue;
    const entries = answered.entries ?? [];
    for (const [, value] of entries) seen.at(asked.queue).add(value);
    const client = clients.at(`${asked.client} of ${asked.queue}`);
    if (outcome === 'info') client.isUnsure = true;
    const [first] = entries;
    if (first === undefined) continue;
    if (client.isUnsure && first[0] > client.position + 1) lostAnswers.at(asked.queue).push([client.position, first[0] - 1]);
    client.position = entries.at(-1)?.[0] ?? client.position;
  }
  const isInLostAnswer = (queue: string, sequence: number) =>
    lostAnswers.at(queue).some(([after, upTo]) => sequence > after && sequence <= upTo);
  const violations: Violation[] = [];
  for (const { asked, answered, outcome } of appendsOf(operations)) {
    if (outcome !== 'ok' || answered.first === undefined || !seen.has(asked.queue)) continue;
    for (const [at, value] of asked.values.entries())
      if (!seen.at(asked.queue).has(value) && !isInLostAnswer(asked.queue, answered.first + at))
        violations.push({ point: 'unseen', message: `${value} was acknowledged for ${asked.queue}, and no consumer has had it` });
  }
  return violations;
}
