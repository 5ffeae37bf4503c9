import type { NodeInfo } from '../../common/contract/nodes.ts';
import { parseTopic } from '../../common/topics.ts';

/** The id of the node that a person or a topic names: by id or by a name that only one node has; undefined for any other. */
export type NodeResolver = (idOrName: string) => string | undefined;

/** Finds nodes as the router does (wire.md 1). */
export function resolverOf(nodes: readonly NodeInfo[]): NodeResolver {
  return (idOrName) => {
    if (nodes.some((node) => node.nodeId === idOrName)) return idOrName;
    const named = nodes.filter((node) => node.name === idOrName);
    return named.length === 1 ? named[0]?.nodeId : undefined;
  };
}

/** The own node's id, which local topics belong to. */
export function ownIdOf(nodes: readonly NodeInfo[]): string | undefined {
  return nodes.find((node) => node.self)?.nodeId;
}

/** A topic with its node by name, where that is exact and one word; else by id. */
export function readableTopic(topic: string, nodes: readonly NodeInfo[]): string {
  const slash = topic.indexOf('/');
  const node = nodes.find(({ nodeId }) => nodeId === topic.slice(0, slash));
  if (node === undefined || !/^[^\s/+#"]+$/.test(node.name) || resolverOf(nodes)(node.name) !== node.nodeId) return topic;
  return `${node.name}${topic.slice(slash)}`;
}

/**
 * The one way to write a topic filter, so that two that mean the same are the same: another node by its id, the own one by a
 * leading slash. What cannot be read or resolved stays as it is.
 */
export function canonicalTopic(topic: string, nodes: readonly NodeInfo[]): string {
  let parsed: ReturnType<typeof parseTopic>;
  try {
    parsed = parseTopic(topic);
  } catch {
    return topic;
  }
  const { identity, levels } = parsed;
  if (identity === undefined || identity === '+') return topic;
  const nodeId = resolverOf(nodes)(identity);
  const path = `/${levels.join('/')}`;
  if (nodeId === undefined) return topic;
  return nodeId === ownIdOf(nodes) ? path : `${nodeId}${path}`;
}
