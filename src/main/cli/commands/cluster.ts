import type { ResultOf } from '../../../common/contract/index.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Cell, Output } from '../output.ts';

interface Answered {
  readonly asked: number;
  readonly answered: number;
  readonly nodes: readonly { readonly name: string; readonly error: { readonly code: string; readonly message: string } | null }[];
}

/** Prints the calls of all nodes: a line a node, then a line a method. Returns the exit code. */
export function printActivity(out: Output, answer: ResultOf<'cluster.activity'>): number {
  if (out.json) out.jsonLine(answer);
  else {
    const { totals } = answer;
    const answering = answer.nodes.filter(({ error }) => error === null);
    out.table(
      ['node', 'calls/s', 'p50', 'p95', 'errors/s', 'running', 'calls', 'errors'],
      [
        ...answering.map((node) => [node.name, ...activityCells(node)]),
        ...(answering.length > 1 ? [['all', ...activityCells(totals)]] : []),
      ],
    );
    out.line();
    out.table(
      ['method', 'calls/s', 'p50', 'p95', 'longest', 'calls', 'errors', 'nodes', 'slowest on'],
      answer.methods.map((row) => [
        row.method,
        row.perSecond,
        duration(row.p50Ms),
        duration(row.p95Ms),
        duration(row.maxMs),
        row.calls,
        row.errors,
        row.nodes,
        row.slowestNode?.name,
      ]),
    );
  }
  return named(out, answer);
}

/** Prints the topics of all nodes, the busiest first, then a line a node. Returns the exit code. */
export function printTopics(out: Output, answer: ResultOf<'cluster.topics'>): number {
  if (out.json) out.jsonLine(answer);
  else {
    const answering = answer.nodes.filter(({ error }) => error === null);
    out.table(
      ['node', 'events/s', 'published', 'delivered', 'dropped', 'topics', 'subscriptions'],
      [
        ...answering.map((node) => [node.name, ...topicsCells(node)]),
        ...(answering.length > 1 ? [['all', ...topicsCells(answer.totals)]] : []),
      ],
    );
    out.line();
    out.table(
      ['topic', 'node', 'events/s', 'published', 'subscribers', 'dropped', 'last value'],
      answer.topics.map((row) => [row.topic, row.name, row.perSecond, row.published, row.subscribers, row.dropped, row.lastPreview]),
    );
    if (answer.left > 0) out.note(`${answer.left} more topics are not shown.`);
  }
  return named(out, answer);
}

type ActivityFigures = Omit<ResultOf<'cluster.activity'>['nodes'][number], 'nodeId' | 'name' | 'error' | 'via' | 'secure'>;

function activityCells({ perSecond, p50Ms, p95Ms, errorsPerSecond, inFlight, calls, errors }: ActivityFigures): Cell[] {
  return [perSecond, duration(p50Ms), duration(p95Ms), errorsPerSecond, inFlight, calls, errors];
}

type TopicsFigures = Omit<ResultOf<'cluster.topics'>['nodes'][number], 'nodeId' | 'name' | 'error' | 'via' | 'secure'>;

function topicsCells({ perSecond, published, delivered, dropped, topics, subscriptions }: TopicsFigures): Cell[] {
  return [perSecond, published, delivered, dropped, topics, subscriptions];
}

function duration(ms: number | null): string | null {
  if (ms === null) return null;
  return `${ms < 0.1 ? ms.toFixed(2) : ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** Says which nodes are missing, and why. */
function named(out: Output, { asked, answered, nodes }: Answered): number {
  for (const { name, error } of nodes) if (error !== null) out.note(`${name}  ${error.code}: ${error.message}`);
  if (answered === asked) return exitCodes.ok;
  return answered === 0 ? exitCodes.failed : exitCodes.partial;
}
