/** Rows of the topics table: one a topic and node, or below a row for each node. */
import type { ClusterTopic, ClusterTopicsNode } from '../../../../../common/contract/cluster.ts';
import { type Sort, type SortValue, sortRows } from './table.ts';

export type TopicColumn = 'topic' | 'node' | 'perSecond' | 'published' | 'subscribers' | 'dropped' | 'lastAt';

export type TopicRow =
  | { readonly kind: 'topic'; readonly topic: ClusterTopic }
  | { readonly kind: 'node'; readonly node: ClusterTopicsNode; readonly topics: number; readonly open: boolean };

export function keyOfRow(row: TopicRow): string {
  return row.kind === 'node' ? `node ${row.node.nodeId}` : keyOfTopic(row.topic);
}

export function keyOfTopic({ nodeId, topic }: Pick<ClusterTopic, 'nodeId' | 'topic'>): string {
  return `${nodeId} ${topic}`;
}

function topicValue(topic: ClusterTopic, column: TopicColumn): SortValue {
  return column === 'node' ? topic.name : topic[column];
}

/** What a node is sorted by: its sum of what its topics are sorted by. */
function nodeValue(node: ClusterTopicsNode, column: TopicColumn): SortValue {
  switch (column) {
    case 'perSecond':
    case 'published':
    case 'dropped':
      return node[column];
    case 'subscribers':
      return node.subscriptions;
    default:
      return node.name;
  }
}

/** One row a topic. */
export function flatRows(topics: readonly ClusterTopic[], { column, descending }: Sort<TopicColumn>): readonly TopicRow[] {
  return sortRows(topics, (topic) => topicValue(topic, column), descending).map((topic) => ({ kind: 'topic', topic }));
}

/**
 * A row for each node with its topics below it.
 *
 * @param closed ids of the nodes whose topics are not shown
 */
export function groupedRows(
  topics: readonly ClusterTopic[],
  nodes: readonly ClusterTopicsNode[],
  { column, descending }: Sort<TopicColumn>,
  closed: ReadonlySet<string>,
): readonly TopicRow[] {
  const byNode = new Map<string, ClusterTopic[]>();
  for (const topic of topics) byNode.set(topic.nodeId, [...(byNode.get(topic.nodeId) ?? []), topic]);
  // What nodes have no value of their own for sorts them by name from A, whichever way their topics go.
  const byName = column === 'topic' || column === 'lastAt';
  const shown = nodes.filter(({ nodeId, error }) => error !== null || byNode.has(nodeId));
  return sortRows(shown, (node) => nodeValue(node, column), descending && !byName).flatMap((node): readonly TopicRow[] => {
    const own = byNode.get(node.nodeId) ?? [];
    const open = !closed.has(node.nodeId);
    const head: TopicRow = { kind: 'node', node, topics: own.length, open };
    return open ? [head, ...flatRows(own, { column, descending })] : [head];
  });
}
