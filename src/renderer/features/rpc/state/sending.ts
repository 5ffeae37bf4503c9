/** Sends requests, follows them, and keeps the history. */
import { SignalboxError } from '../../../../common/errors.ts';
import { useCluster } from '../../../state/cluster.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { dangerOf } from '../model/danger.ts';
import type { HistoryEntry, Kept, RequestContent } from '../model/kept-items.ts';
import { withoutSecrets } from '../model/secrets.ts';
import { callOptionsOf, nodesOf } from '../model/target.ts';
import { prepare } from './prepare.ts';
import { ProgressBeat } from './progress-beat.ts';
import { entryOf, type Obstacle, secretParamsOf, type Tab, type TabRuns, useRpc, variablesOf, without } from './rpc-store.ts';
import type { NodePart, NodeResult, Run, TimelineEntry } from './run.ts';
import { keeping } from './workspace.ts';

/** Progress messages kept of one call; the oldest go first and are counted. */
const mostProgress = 500;
const mostHistory = 200;

const running = new Map<string, AbortController>();
const repeatTimers = new Map<string, ReturnType<typeof setTimeout>>();

/** Sends what a tab holds, or asks first when the method destroys something. */
export function send(tabId: string): void {
  const state = useRpc.getState();
  const tab = state.tabs.find((known) => known.id === tabId);
  if (tab === undefined || running.has(tabId)) return;
  const entry = entryOf(state, tab.content);
  const prepared = prepare(tab.content, entry, variablesOf(state));
  if (!prepared.ok) {
    showObstacle(tabId, prepared.obstacle);
    return;
  }
  useRpc.setState({ obstacles: without(state.obstacles, tabId) });
  if (dangerOf(entry, useNode.getState().status?.environment, tab.content.target) >= 2) useRpc.setState({ confirmingTabId: tabId });
  else void run(tab, prepared.params);
}

/** The answer to the question that {@link send} asked. */
export function answerConfirmation(yes: boolean): void {
  const state = useRpc.getState();
  const tab = state.tabs.find((known) => known.id === state.confirmingTabId);
  useRpc.setState({ confirmingTabId: undefined });
  if (!yes || tab === undefined) return;
  const prepared = prepare(tab.content, entryOf(state, tab.content), variablesOf(state));
  if (prepared.ok) void run(tab, prepared.params);
}

function showObstacle(tabId: string, obstacle: Obstacle): void {
  stopRepeating(tabId);
  useRpc.setState(({ obstacles }) => ({ obstacles: { ...obstacles, [tabId]: obstacle } }));
}

/** Cancels the call of a tab, here and on the node; also its repetition. */
export function cancel(tabId: string): void {
  stopRepeating(tabId);
  running.get(tabId)?.abort();
}

/** Sends a tab again and again, each time so long after the last began. Never for methods that ask first. */
export function repeatEvery(tabId: string, everyMs: number): void {
  stopRepeating(tabId);
  useRpc.setState(({ repeats }) => ({ repeats: { ...repeats, [tabId]: { everyMs, sent: 0 } } }));
  sendRepeated(tabId);
}

function sendRepeated(tabId: string): void {
  const { repeats } = useRpc.getState();
  const repeat = repeats[tabId];
  if (repeat === undefined) return;
  repeatTimers.set(
    tabId,
    setTimeout(() => sendRepeated(tabId), repeat.everyMs),
  );
  // A call that is slower than the interval is waited for, never overtaken.
  if (running.has(tabId)) return;
  useRpc.setState({ repeats: { ...repeats, [tabId]: { ...repeat, sent: repeat.sent + 1 } } });
  send(tabId);
}

/** Ends the repetition of a tab; a call that runs is left to end. */
export function stopRepeating(tabId: string): void {
  clearTimeout(repeatTimers.get(tabId));
  repeatTimers.delete(tabId);
  useRpc.setState(({ repeats }) => ({ repeats: without(repeats, tabId) }));
}

/** Ends what runs for a tab that goes away. */
export function abandon(tabId: string): void {
  cancel(tabId);
  useRpc.setState(({ obstacles }) => ({ obstacles: without(obstacles, tabId) }));
}

async function run(tab: Tab, params: unknown): Promise<void> {
  const { method, target, timeoutMs, text } = tab.content;
  const controller = new AbortController();
  running.set(tab.id, controller);
  const startedAtMs = Date.now();
  const startedTick = performance.now();
  const begun: Run = {
    id: crypto.randomUUID(),
    method,
    target,
    asked: nodesOf(target, useCluster.getState().nodes),
    answeredBy: undefined,
    parts: [],
    timeoutMs,
    text,
    params,
    startedAtMs,
    state: 'running',
    durationMs: 0,
    data: undefined,
    bytes: 0,
    error: undefined,
    timeline: [{ atMs: startedAtMs, kind: 'asked' }],
    timelineDropped: 0,
  };
  useRpc.setState(({ runs }) => ({ runs: { ...runs, [tab.id]: { current: begun, previous: previousOf(runs[tab.id], method) } } }));
  const progress = new ProgressBeat((entries) => change(tab.id, begun.id, (current) => withProgress(current, entries)));
  let ended: Partial<Run>;
  let answeredBy: string | undefined;
  try {
    const data = await nodeClient().callUnknown(method, params, {
      timeoutMs,
      signal: controller.signal,
      onProgress: (data) => progress.add({ atMs: Date.now(), kind: 'progress', data }),
      onAnsweredBy: (nodeId) => {
        answeredBy = nodeId;
      },
      ...callOptionsOf(target),
    });
    ended = { state: 'ok', data, bytes: new TextEncoder().encode(JSON.stringify(data) ?? '').byteLength };
  } catch (error) {
    const shown = error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error), { executed: 'maybe' });
    ended = { state: shown.code === 'CANCELLED' ? 'cancelled' : 'failed', error: shown };
  }
  progress.flush();
  running.delete(tab.id);
  const durationMs = performance.now() - startedTick;
  const last: TimelineEntry = { atMs: Date.now(), kind: lastKind(ended), ...(ended.error !== undefined && { code: ended.error.code }) };
  change(tab.id, begun.id, (current) => ({ ...current, ...ended, answeredBy, durationMs, timeline: [...current.timeline, last] }));
  if (ended.error !== undefined && !ended.error.retryable) stopRepeating(tab.id);
  // Of a repetition only the first is remembered, so that it does not push everything else out.
  if ((useRpc.getState().repeats[tab.id]?.sent ?? 1) <= 1) remember(tab.content, startedAtMs, { ...begun, ...ended, durationMs });
}

function lastKind(ended: Partial<Run>): TimelineEntry['kind'] {
  return ended.state === 'ok' ? 'answered' : ended.state === 'cancelled' ? 'cancelled' : 'failed';
}

function previousOf(runs: TabRuns | undefined, method: string): Run | undefined {
  if (runs === undefined || runs.current.method !== method) return undefined;
  return runs.current.state === 'ok' ? runs.current : runs.previous;
}

function change(tabId: string, runId: string, next: (current: Run) => Run): void {
  useRpc.setState(({ runs }) => {
    const known = runs[tabId];
    return known === undefined || known.current.id !== runId
      ? { runs }
      : { runs: { ...runs, [tabId]: { ...known, current: next(known.current) } } };
  });
}

function withProgress(current: Run, entries: readonly TimelineEntry[]): Run {
  const [asked, ...rest] = [...current.timeline, ...entries];
  const dropped = Math.max(0, rest.length - mostProgress);
  const kept = rest.slice(dropped);
  return {
    ...current,
    timeline: asked === undefined ? kept : [asked, ...kept],
    timelineDropped: current.timelineDropped + dropped,
    parts: current.target.kind === 'all' ? [...current.parts, ...entries.map((entry) => partOf(entry, current))] : current.parts,
  };
}

/** The progress of a gathered call is its nodes' results (wire.md 1). */
function partOf(entry: TimelineEntry, run: Run): NodePart {
  return { result: entry.data as NodeResult, afterMs: Math.max(0, entry.atMs - run.startedAtMs) };
}

/** Puts a call into the history: what was written, never the values of secrets. */
function remember(content: RequestContent, atMs: number, ended: Run): void {
  const state = useRpc.getState();
  const text = withoutSecrets(content.text, secretParamsOf(state, content)) ?? '{}';
  const entry: Kept<HistoryEntry> = {
    id: crypto.randomUUID(),
    atMs,
    content: { ...content, text },
    outcome: ended.state === 'ok' ? 'ok' : ended.state === 'cancelled' ? 'cancelled' : 'failed',
    code: ended.error?.code ?? null,
    durationMs: ended.durationMs,
    bytes: ended.state === 'ok' ? ended.bytes : null,
  };
  useRpc.setState({ history: [entry, ...state.history].slice(0, mostHistory) });
  const { id, ...value } = entry;
  keeping.saveNow('history', id, value);
}
