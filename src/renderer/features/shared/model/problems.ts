import type { NodeStatus, Problem } from '../../../../common/contract/node.ts';
import type { GatheredResults } from '../../../../common/wire/messages.ts';

/** The problems of the nodes that answered. */
export function problemsByNode({ results }: GatheredResults): ReadonlyMap<string, readonly Problem[]> {
  const byNode = new Map<string, readonly Problem[]>();
  for (const { node, status, data } of results) {
    if (status !== 'success') continue;
    const { problems } = data as NodeStatus;
    if (problems.length > 0) byNode.set(node, [...problems].sort(worstFirst));
  }
  return byNode;
}

/** Critical before warning, then the older. */
export function worstFirst(a: Problem, b: Problem): number {
  return Number(b.severity === 'crit') - Number(a.severity === 'crit') || a.sinceMs - b.sinceMs;
}
