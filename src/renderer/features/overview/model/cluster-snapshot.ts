/** A report of the whole cluster as one node sees it now. */
import type { Problem } from '../../../../common/contract/node.ts';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import type { MetricPoint } from '../../../../common/contract/system.ts';
import { formatDuration, formatRate } from '../../../state/format.ts';

export interface ClusterSnapshotParts {
  readonly takenAtMs: number;
  /** The node whose console took it. */
  readonly seenFrom: string;
  readonly nodes: readonly {
    readonly node: NodeInfo;
    readonly metrics: MetricPoint | undefined;
    readonly problems: readonly Problem[];
  }[];
}

/** For machines. */
export function clusterSnapshotJson({ takenAtMs, seenFrom, nodes }: ClusterSnapshotParts): string {
  const told = nodes.map(({ node, metrics, problems }) => ({ ...node, metrics: metrics ?? null, problems }));
  return `${JSON.stringify({ takenAt: new Date(takenAtMs).toISOString(), seenFrom, nodes: told }, null, 2)}\n`;
}

/** For people: Markdown. */
export function clusterSnapshotMarkdown({ takenAtMs, seenFrom, nodes }: ClusterSnapshotParts): string {
  const duration = (value: number | null | undefined) => (value == null ? '–' : formatDuration(value));
  const online = nodes.filter(({ node }) => node.status === 'online').length;
  const lines = [
    `# ${online} of ${nodes.length} nodes online, seen from ${seenFrom}, ${new Date(takenAtMs).toISOString()}`,
    '',
    ...nodes.flatMap(({ node, problems }) => problems.map(({ severity, title }) => `- **${severity}** ${node.name}: ${title}`)),
    '',
    '| node | id | state | version | RPC/s | p95 | round trip |',
    '|---|---|---|---|---|---|---|',
    ...nodes.map(
      ({ node, metrics }) =>
        `| ${node.name} | \`${node.nodeId}\` | ${stateOf(node)} | ${node.version} | ${metrics === undefined ? '–' : formatRate(metrics.rpcPerSecond)} | ${duration(metrics?.rpcP95Ms)} | ${node.self ? '–' : duration(node.rttMs)} |`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function stateOf({ status, lastSeenAt }: NodeInfo): string {
  if (status !== 'offline' || lastSeenAt === null) return status;
  return `offline since ${new Date(lastSeenAt).toISOString()}`;
}
