/** What the target picker offers. */
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { commonCapability, ownNode, type RequestTarget, targetKey } from './target.ts';

export interface TargetChoice {
  readonly key: string;
  readonly target: RequestTarget;
  /** The node of a choice that is one; undefined also where nobody knows it. */
  readonly node: NodeInfo | undefined;
  /** Nodes that are asked, of a choice that is several. */
  readonly count: number;
}

export interface TargetChoices {
  /** This node, all, any, everybody. */
  readonly common: readonly TargetChoice[];
  /** The other nodes by name; those that cannot be reached last. */
  readonly nodes: readonly TargetChoice[];
  readonly any: readonly TargetChoice[];
  readonly all: readonly TargetChoice[];
}

/** Every target that makes sense in the cluster, and the chosen one even when it does not any more. */
export function targetChoices(nodes: readonly NodeInfo[], chosen: RequestTarget): TargetChoices {
  const own = nodes.find((node) => node.self);
  const others = nodes.filter((node) => !node.self).toSorted(byReach);
  const capabilities = capabilitiesOf(nodes);
  const several = (target: RequestTarget, count: number): TargetChoice => ({ key: targetKey(target), target, node: undefined, count });
  const choices: TargetChoices = {
    common: [
      { key: targetKey(ownNode), target: ownNode, node: own, count: 1 },
      several({ kind: 'all' }, Math.max(1, nodes.length)),
      several({ kind: 'any', capability: commonCapability }, nodes.length),
      several({ kind: 'broadcast' }, nodes.length),
    ],
    nodes: others.map((node) => {
      const target: RequestTarget = { kind: 'node', nodeId: node.nodeId, name: node.name };
      return { key: targetKey(target), target, node, count: 1 };
    }),
    any: capabilities.map(({ capability, count }) => several({ kind: 'any', capability }, count)),
    all: capabilities.map(({ capability, count }) => several({ kind: 'all', capability }, count)),
  };
  const isOffered = Object.values(choices).some((group: readonly TargetChoice[]) => group.some(({ key }) => key === targetKey(chosen)));
  if (isOffered) return choices;
  const lost: TargetChoice = { key: targetKey(chosen), target: chosen, node: undefined, count: 0 };
  return chosen.kind === 'node'
    ? { ...choices, nodes: [...choices.nodes, lost] }
    : { ...choices, [chosen.kind]: [...choices[chosen.kind === 'any' ? 'any' : 'all'], lost] };
}

/** The capabilities in the cluster, and how many nodes have each; the one that all have says nothing. */
function capabilitiesOf(nodes: readonly NodeInfo[]): readonly { readonly capability: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const node of nodes) for (const capability of node.capabilities) counts.set(capability, (counts.get(capability) ?? 0) + 1);
  counts.delete(commonCapability);
  return [...counts].map(([capability, count]) => ({ capability, count })).toSorted((a, b) => (a.capability < b.capability ? -1 : 1));
}

function byReach(a: NodeInfo, b: NodeInfo): number {
  const reach = (node: NodeInfo) => (node.status === 'online' ? 0 : 1);
  return reach(a) - reach(b) || a.name.localeCompare(b.name, 'en', { numeric: true });
}
