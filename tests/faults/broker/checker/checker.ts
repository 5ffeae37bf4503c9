import { findDisagreement, findUnavailable, findWrongLeaders } from './cluster.ts';
import type { Evidence, Violation } from './evidence.ts';
import { findDivergence, findDuplicates, findLost, findPhantoms } from './messages.ts';
import { findDisorder, findUnseen } from './order.ts';
import { findWrongPositions } from './positions.ts';

/** After a fault has ended, something must be acknowledged within this time: elections take two seconds, and CI is slow. */
const recoveryBoundMs = 30_000;

/** Looks for every kind of broken promise (queue.md 6, layer 2). An empty list: all ten points hold. */
export function check(evidence: Evidence): Violation[] {
  return [
    ...findLost(evidence),
    ...findPhantoms(evidence),
    ...findDivergence(evidence),
    ...findDuplicates(evidence),
    ...findDisorder(evidence),
    ...findUnseen(evidence),
    ...findWrongPositions(evidence),
    ...findWrongLeaders(evidence),
    ...findDisagreement(evidence),
    ...findUnavailable(evidence, recoveryBoundMs),
  ];
}
