import type { Problems } from '../../telemetry/index.ts';
import { reputationLimits } from './limits.ts';
import type { Reputation } from './reputation.ts';

/** Tells people of peers that behave so badly that they are graylisted, or would be in a larger cluster, until they are not. */
export class GraylistProblems {
  readonly #problems: Problems;
  readonly #raised = new Set<string>();

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** @param forMs 0: the cluster is too small, so it is only said. @returns what follows from it, for people */
  raise({ nodeId, name }: { readonly nodeId: string; readonly name: string }, forMs: number, why: string): string {
    const consequence =
      forMs === 0
        ? `In a cluster of fewer than ${reputationLimits.leastMembers} nodes it is heard nevertheless.`
        : `Only control traffic is taken from it for ${Math.round(forMs / 60_000)} min.`;
    this.#raised.add(nodeId);
    this.#problems.raise({
      id: idOf(nodeId),
      severity: 'warn',
      title: `${name} behaves badly`,
      detail: `Last: ${why}. ${consequence} Look at its version, its clock and its problems. To take everything from it again: signalbox peers forgive ${name}.`,
      view: '/nodes',
    });
    return consequence;
  }

  /** Takes back what is over. Called once in a while. */
  maintain(reputation: Pick<Reputation, 'isGraylisted' | 'score'>): void {
    for (const nodeId of this.#raised)
      if (!reputation.isGraylisted(nodeId) && reputation.score(nodeId) >= reputationLimits.graylistBelow) this.clear(nodeId);
  }

  clear(nodeId: string): void {
    this.#raised.delete(nodeId);
    this.#problems.clear(idOf(nodeId));
  }
}

function idOf(nodeId: string): string {
  return `peers.graylisted.${nodeId}`;
}
