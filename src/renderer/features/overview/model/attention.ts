/** What needs a person in the cluster: problems that nodes report, nodes that are silent, unknown or off line. */
import type { Problem } from '../../../../common/contract/node.ts';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { worstFirst } from '../../shared/model/problems.ts';
import type { GroupTrouble } from '../../shared/queues/troubled-groups.ts';

export type ClusterConcern =
  /** The same problem on one node or several: fifty nodes with one fault are one line. */
  | { readonly kind: 'problem'; readonly problem: Problem; readonly nodes: readonly NodeInfo[] }
  /** A group of queue brokers that cannot be written, or has a replica that is behind or away. */
  | ({ readonly kind: 'queues' } & GroupTrouble)
  /** On line, but its measures have stopped. */
  | { readonly kind: 'silent'; readonly node: NodeInfo; readonly silentMs: number }
  /** The own node has lost the broker and cannot tell how these are. */
  | { readonly kind: 'unknown'; readonly nodes: readonly NodeInfo[] }
  | { readonly kind: 'offline'; readonly node: NodeInfo };

export interface ClusterConcernsInput {
  /** The nodes that are looked at. */
  readonly nodes: readonly NodeInfo[];
  readonly problemsOf: ReadonlyMap<string, readonly Problem[]>;
  /** Nodes that are on line and silent, with for how long. */
  readonly silentMsOf: ReadonlyMap<string, number>;
  readonly groups: readonly GroupTrouble[];
}

/** Worst first: problems, silence, what cannot be seen, what is off line; that is grey, since a closed laptop is no alarm. */
export function clusterConcerns({ nodes, problemsOf, silentMsOf, groups }: ClusterConcernsInput): readonly ClusterConcern[] {
  const unknown = nodes.filter(({ status }) => status === 'unknown');
  return [
    ...groups.map((trouble) => ({ kind: 'queues' as const, ...trouble })),
    ...sharedProblems(nodes, problemsOf),
    ...nodes
      .map((node) => ({ kind: 'silent' as const, node, silentMs: silentMsOf.get(node.nodeId) ?? 0 }))
      .filter(({ node, silentMs }) => node.status === 'online' && silentMs > 0),
    ...(unknown.length === 0 ? [] : [{ kind: 'unknown' as const, nodes: unknown }]),
    ...nodes
      .filter(({ status }) => status === 'offline')
      .toSorted((a, b) => (b.lastSeenAt ?? 0) - (a.lastSeenAt ?? 0))
      .map((node) => ({ kind: 'offline' as const, node })),
  ];
}

function sharedProblems(nodes: readonly NodeInfo[], problemsOf: ClusterConcernsInput['problemsOf']): readonly ClusterConcern[] {
  const shared = new Map<string, { problem: Problem; readonly nodes: NodeInfo[] }>();
  for (const node of nodes) {
    for (const problem of problemsOf.get(node.nodeId) ?? []) {
      const key = `${problem.severity} ${problem.id} ${problem.title}`;
      const known = shared.get(key) ?? { problem, nodes: [] };
      if (problem.sinceMs < known.problem.sinceMs) known.problem = problem;
      known.nodes.push(node);
      shared.set(key, known);
    }
  }
  return [...shared.values()]
    .toSorted((a, b) => worstFirst(a.problem, b.problem))
    .map(({ problem, nodes: affected }) => ({ kind: 'problem', problem, nodes: affected }));
}
