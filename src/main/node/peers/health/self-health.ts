import type { Problem } from '../../../../common/contract/node.ts';
import type { PeerHealth } from '../../../../common/contract/peers.ts';

/**
 * Problems by which a node serves its peers worse. Advice on how it is set up is none of theirs; and what it finds wrong with others, if it
 * counted, would make the whole cluster look ill because of one.
 */
const serving = ['storage.', 'disk.', 'eventLoop.', 'events.', 'audit.', 'logs.', 'clock.', 'broker.', 'ledger.', 'store.'];
/** Of these kinds, what only tells of others: a fork is seen by every node that holds the chain, and a refused copy is its replica's doing. */
const ofOthers: ReadonlySet<string> = new Set(['ledger.forked', 'store.copiesRefused']);

/** What a node says of itself in its HealthReport (wire.md 3). */
export function selfHealth(problems: readonly Pick<Problem, 'id' | 'severity'>[]): PeerHealth {
  const counted = problems.filter(({ id }) => !ofOthers.has(id) && serving.some((prefix) => id.startsWith(prefix)));
  if (counted.some(({ severity }) => severity === 'crit')) return 'Critical';
  return counted.length > 0 ? 'Warning' : 'Healthy';
}
