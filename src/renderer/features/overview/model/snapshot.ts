/** A report of the node as it is now, to paste into a message or to keep. */
import type { NodeStatus } from '../../../../common/contract/node.ts';
import type { MetricPoint } from '../../../../common/contract/system.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from '../../../state/format.ts';
import type { ProcessRow } from '../../../state/process-rows.ts';

export interface SnapshotParts {
  readonly takenAtMs: number;
  readonly status: NodeStatus;
  readonly metrics: MetricPoint | undefined;
  readonly processes: readonly ProcessRow[];
}

/** For machines: the answers as they came. */
export function snapshotJson({ takenAtMs, status, metrics, processes }: SnapshotParts): string {
  return `${JSON.stringify({ takenAt: new Date(takenAtMs).toISOString(), status, metrics: metrics ?? null, processes }, null, 2)}\n`;
}

/** For people: Markdown. */
export function snapshotMarkdown({ takenAtMs, status, metrics, processes }: SnapshotParts): string {
  const percent = (value: number | null | undefined) => (value == null ? '–' : `${Math.round(value)} %`);
  const duration = (value: number | null) => (value === null ? '–' : formatDuration(value));
  const problems = status.problems.map(({ severity, title, detail }) => `- **${severity}** ${title}. ${detail}`);
  const lines = [
    `# ${status.name}, ${new Date(takenAtMs).toISOString()}`,
    '',
    ...(problems.length === 0 ? ['No problem.'] : problems),
    '',
    '| what | value |',
    '|---|---|',
    `| Node id | \`${status.nodeId}\` |`,
    `| Version | ${status.version}, ${status.mode}, up ${formatDuration(status.uptimeMs)} |`,
    `| RPC | ${formatRate(status.rpc.perSecond)}/s, p50 ${duration(status.rpc.p50Ms)}, p95 ${duration(status.rpc.p95Ms)}, ${formatCount(status.rpc.errors)} of ${formatCount(status.rpc.total)} failed |`,
    `| Events | ${formatRate(status.events.perSecond)}/s, ${formatCount(status.events.topics)} topics, ${formatCount(status.events.dropped)} dropped |`,
    `| Clients | ${Object.entries(status.clients)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')} |`,
    `| Machine | processor ${percent(metrics?.cpuPercent)}, memory ${percent(metrics?.memoryPercent)}, disk ${percent(metrics?.diskPercent)} |`,
    ...status.listeners.map(
      ({ name, state, address, port, detail }) =>
        `| Listener ${name} | ${state}${address === null ? '' : `, ${address}:${port}`}${detail === null ? '' : `, ${detail}`} |`,
    ),
    ...processes.map((row) => `| Process ${row.name} | ${row.memory}, ${row.cpu} %, loop delay ${row.loopDelay} ms |`),
  ];
  return `${lines.join('\n')}\n`;
}

/** `press-07-2026-11-21-120103.json` */
export function snapshotFileName(name: string, takenAtMs: number, extension: 'json' | 'md'): string {
  const stamp = new Date(takenAtMs).toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return `${name}-${stamp}.${extension}`;
}

/** Sizes of the machine as words, for the facts of the node. */
export function machineWords(info: {
  readonly cpu: { readonly model: string | null; readonly cores: number };
  readonly memoryBytes: number;
}): string {
  const model = info.cpu.model === null ? '' : `${info.cpu.model}, `;
  return `${model}${info.cpu.cores} cores, ${formatBytes(info.memoryBytes)}`;
}
