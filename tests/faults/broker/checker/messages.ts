/** Points 1 to 4: nothing acknowledged is lost, nothing comes from nowhere, one place holds one value, one value is in one place. */
import { appendsOf, type Evidence, sightings, Table, type Violation } from './evidence.ts';

/** An acknowledged value that a replica does not have at the end, unless a purge may have taken it. */
export function findLost({ operations, finalReads }: Evidence): Violation[] {
  const purged = new Table<string, number>(() => 0);
  for (const { asked, outcome } of operations)
    if (asked.f === 'purge' && outcome !== 'fail') purged.set(asked.queue, Math.max(purged.at(asked.queue), asked.upTo));
  const acknowledged = new Table<string, [number, string][]>(() => []);
  for (const { asked, answered, outcome } of appendsOf(operations)) {
    if (outcome !== 'ok' || answered.first === undefined) continue;
    for (const [at, value] of asked.values.entries()) acknowledged.at(asked.queue).push([answered.first + at, value]);
  }
  const violations: Violation[] = [];
  for (const { broker, queue, entries } of finalReads) {
    const held = new Set(entries.map(([, value]) => value));
    for (const [sequence, value] of acknowledged.at(queue)) {
      if (held.has(value) || sequence <= purged.at(queue)) continue;
      violations.push({ point: 'lost', message: `${value} was acknowledged as ${queue} ${sequence}; ${broker} does not have it` });
    }
  }
  const read = new Set(finalReads.map(({ queue }) => queue));
  for (const queue of acknowledged.keys())
    if (!read.has(queue)) violations.push({ point: 'lost', message: `nobody could read ${queue} at the end` });
  return violations;
}

/** A value that was never appended to this queue, was refused for certain, or was seen before anybody asked for it. */
export function findPhantoms(evidence: Evidence): Violation[] {
  const asked = new Map<string, { readonly invokedNs: number; readonly refused: boolean }>();
  for (const { asked: append, outcome, invokedNs } of appendsOf(evidence.operations))
    for (const value of append.values) asked.set(`${append.queue} ${value}`, { invokedNs, refused: outcome === 'fail' });
  const violations: Violation[] = [];
  for (const { queue, entry, where, untilNs } of sightings(evidence)) {
    const [sequence, value] = entry;
    const append = asked.get(`${queue} ${value}`);
    if (append === undefined)
      violations.push({ point: 'phantom', message: `${where} has ${value} at ${queue} ${sequence}, which nobody appended` });
    else if (append.refused)
      violations.push({ point: 'phantom', message: `${where} has ${value} at ${queue} ${sequence}, which was refused` });
    else if (append.invokedNs > untilNs)
      violations.push({ point: 'phantom', message: `${where} had ${value} at ${queue} ${sequence} before it was appended` });
  }
  return violations;
}

/** One sequence of a queue with two values. */
export function findDivergence(evidence: Evidence): Violation[] {
  const known = new Table<string, Map<number, { value: string; where: string }>>(() => new Map());
  const violations: Violation[] = [];
  for (const { queue, entry, where } of sightings(evidence)) {
    const [sequence, value] = entry;
    const first = known.at(queue).get(sequence);
    if (first === undefined) known.at(queue).set(sequence, { value, where });
    else if (first.value !== value)
      violations.push({
        point: 'divergence',
        message: `${queue} ${sequence} is ${first.value} for ${first.where}, and ${value} for ${where}`,
      });
  }
  return violations;
}

/** One value at two sequences. Values are sent once, or again with the same producer stamp: never may there be two. */
export function findDuplicates(evidence: Evidence): Violation[] {
  const known = new Map<string, number>();
  const told = new Set<string>();
  const violations: Violation[] = [];
  for (const { queue, entry, where } of sightings(evidence)) {
    const [sequence, value] = entry;
    const key = `${queue} ${value}`;
    const first = known.get(key);
    if (first === undefined) known.set(key, sequence);
    else if (first !== sequence && !told.has(key)) {
      told.add(key);
      violations.push({ point: 'duplicate', message: `${value} is ${queue} ${first} and, for ${where}, ${sequence}` });
    }
  }
  return violations;
}
