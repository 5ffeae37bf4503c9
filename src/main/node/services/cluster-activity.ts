import { z } from 'zod';
import type { ClusterActivityNode, ClusterEntry, ClusterMethod } from '../../../common/contract/cluster.ts';
import { type ResultOf, resolveMethod } from '../../../common/contract/index.ts';
import { ranElsewhere } from '../router/call-log.ts';
import { LatencyHistogram } from '../router/latency-histogram.ts';
import {
  figure,
  type GoodAnswer,
  isGood,
  type NodeAnswer,
  nullableFigure,
  readableItems,
  round,
  sumKnown,
  text,
} from './cluster-answers.ts';

/** Bounds of one node's answer, and of what is made of all. */
const mostMethods = 500;
const mostEntries = 500;
const mostSlowest = 20;

const buckets = readableItems(z.number().int().nonnegative(), 2 * LatencyHistogram.size);

const entrySchema = z.object({
  id: z.number().int(),
  timestamp: z.number(),
  method: text,
  user: text,
  via: text,
  node: text,
  status: z.enum(['success', 'error']),
  code: text.nullable(),
  durationMs: figure,
});

/** `rpc.activity` of this version, and what is left of it when a node is older. */
export const activityAnswerSchema = z.object({
  entries: readableItems(entrySchema, mostEntries),
  slowest: readableItems(entrySchema, mostSlowest),
  methods: readableItems(
    z.object({
      method: text,
      quiet: z.boolean().optional().catch(undefined),
      calls: figure,
      errors: figure,
      p50Ms: nullableFigure,
      p95Ms: nullableFigure,
      maxMs: nullableFigure,
      here: z
        .object({ calls: figure, errors: figure, perSecond: figure, maxMs: figure.nullable(), durations: buckets })
        .optional()
        .catch(undefined),
    }),
    mostMethods,
  ),
  totals: z
    .object({ calls: figure, errors: figure, perSecond: figure, errorsPerSecond: figure, inFlight: figure, durations: buckets })
    .optional()
    .catch(undefined),
});
export type ActivityAnswer = z.infer<typeof activityAnswerSchema>;

type Answer = GoodAnswer<ActivityAnswer>;
type Row = ActivityAnswer['methods'][number];
type Entry = ActivityAnswer['entries'][number];

/** Puts the answers of the nodes together. A call that one node forwarded to another is counted where it ran. */
export function mergeActivity(answers: readonly NodeAnswer<ActivityAnswer>[], limit: number): ResultOf<'cluster.activity'> {
  const good = answers.filter(isGood);
  const nodes = answers.map((answer) => (isGood(answer) ? nodeOf(answer) : silentNode(answer)));
  return {
    nodes,
    totals: totalsOf(nodes, good),
    methods: mergeMethods(good),
    entries: mergeEntries(good, ({ entries }) => entries)
      .sort((a, b) => b.timestamp - a.timestamp)
      .slice(0, limit),
    slowest: mergeEntries(good, slowestOf)
      .sort((a, b) => b.durationMs - a.durationMs)
      .slice(0, mostSlowest),
    asked: answers.length,
    answered: good.length,
  };
}

function silentNode({ nodeId, name, via, secure, error }: NodeAnswer<ActivityAnswer>): ClusterActivityNode {
  const unknown = { calls: null, errors: null, perSecond: null, errorsPerSecond: null, p50Ms: null, p95Ms: null, inFlight: null };
  return { nodeId, name, via, secure, error, ...unknown };
}

function nodeOf({ nodeId, name, via, secure, data }: Answer): ClusterActivityNode {
  const { totals } = data;
  const listed = data.methods.filter((row) => !isQuiet(row));
  const recent = recentOf(data);
  return {
    nodeId,
    name,
    via,
    secure,
    error: null,
    calls: totals?.calls ?? sumKnown(listed.map(({ calls }) => calls)) ?? 0,
    errors: totals?.errors ?? sumKnown(listed.map(({ errors }) => errors)) ?? 0,
    perSecond: totals?.perSecond ?? null,
    errorsPerSecond: totals?.errorsPerSecond ?? null,
    p50Ms: recent.quantileMs(0.5),
    p95Ms: recent.quantileMs(0.95),
    inFlight: totals?.inFlight ?? null,
  };
}

function totalsOf(nodes: readonly ClusterActivityNode[], good: readonly Answer[]): ResultOf<'cluster.activity'>['totals'] {
  const sum = (key: 'calls' | 'errors' | 'perSecond' | 'errorsPerSecond' | 'inFlight') => sumKnown(nodes.map((node) => node[key])) ?? 0;
  const recent = new LatencyHistogram();
  for (const { data } of good) recent.merge(recentOf(data));
  return {
    calls: sum('calls'),
    errors: sum('errors'),
    perSecond: sum('perSecond'),
    errorsPerSecond: sum('errorsPerSecond'),
    inFlight: sum('inFlight'),
    p50Ms: recent.quantileMs(0.5),
    p95Ms: recent.quantileMs(0.95),
  };
}

function recentOf({ totals }: ActivityAnswer): LatencyHistogram {
  const recent = new LatencyHistogram();
  if (totals !== undefined) recent.addBuckets(totals.durations, null);
  return recent;
}

interface MergedMethod {
  readonly durations: LatencyHistogram;
  readonly nodes: Set<string>;
  slowest: { readonly nodeId: string; readonly name: string; readonly maxMs: number } | null;
  calls: number;
  errors: number;
  perSecond: number;
}

function mergeMethods(good: readonly Answer[]): ClusterMethod[] {
  const merged = new Map<string, MergedMethod>();
  for (const { nodeId, name, data } of good) {
    for (const row of data.methods) {
      const { calls, errors, maxMs } = row.here ?? row;
      if (isQuiet(row) || calls === 0) continue;
      const method = merged.get(row.method) ?? {
        durations: new LatencyHistogram(),
        nodes: new Set(),
        slowest: null,
        calls: 0,
        errors: 0,
        perSecond: 0,
      };
      merged.set(row.method, method);
      method.calls += calls;
      method.errors += errors;
      method.perSecond += row.here?.perSecond ?? 0;
      method.nodes.add(nodeId);
      addDurations(method.durations, row);
      if (maxMs !== null && maxMs > (method.slowest?.maxMs ?? -1)) method.slowest = { nodeId, name, maxMs };
    }
  }
  const rows = [...merged].map(
    ([method, { durations, nodes, slowest, calls, errors, perSecond }]): ClusterMethod => ({
      method,
      calls,
      errors,
      perSecond: round(perSecond),
      p50Ms: durations.quantileMs(0.5),
      p95Ms: durations.quantileMs(0.95),
      maxMs: slowest?.maxMs ?? null,
      nodes: nodes.size,
      slowestNode: slowest === null ? null : { nodeId: slowest.nodeId, name: slowest.name },
    }),
  );
  return rows.sort((a, b) => b.perSecond - a.perSecond || b.calls - a.calls).slice(0, mostMethods);
}

function addDurations(durations: LatencyHistogram, { here, calls, p50Ms, p95Ms, maxMs }: Row): void {
  if (here !== undefined) {
    durations.addBuckets(here.durations, here.maxMs);
    return;
  }
  // A node that tells no buckets: counts that have just the quantiles it tells.
  if (p50Ms === null || p95Ms === null || maxMs === null) return;
  const lower = Math.ceil(calls * 0.5);
  const upper = Math.ceil(calls * 0.95) - lower;
  durations.add(p50Ms, lower);
  if (upper > 0) durations.add(p95Ms, upper);
  if (calls > lower + upper) durations.add(maxMs, calls - lower - upper);
}

/** An older node does not say which are quiet; those it has are known here too. */
function isQuiet({ quiet, method }: Row): boolean {
  return quiet ?? resolveMethod(method)?.spec.quiet === true;
}

function slowestOf({ slowest, entries }: ActivityAnswer): readonly Entry[] {
  return slowest.length > 0 ? slowest : entries;
}

function mergeEntries(good: readonly Answer[], pick: (answer: ActivityAnswer) => readonly Entry[]): ClusterEntry[] {
  const answered = new Set(good.map(({ nodeId }) => nodeId));
  return good.flatMap(({ nodeId, name, clockOffsetMs, data }) =>
    pick(data)
      .filter(({ node, code }) => !(answered.has(node) && ranElsewhere(nodeId, node, code)))
      .map((entry) => ({ ...entry, nodeId, name, timestamp: Math.round(entry.timestamp - clockOffsetMs) })),
  );
}
