import type { NodeInfo } from '../../../../common/contract/nodes.ts';

/**
 * The nodes that hold every word of the text in name, id, version, capabilities or state.
 *
 * @param wordOf the state of a node as the table writes it
 */
export function filterNodes(nodes: readonly NodeInfo[], text: string, wordOf: (node: NodeInfo) => string): readonly NodeInfo[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return nodes;
  return nodes.filter((node) => {
    const searched = [node.name, node.nodeId, node.version, ...node.capabilities, wordOf(node)].join(' ').toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}
