/** Acts on tabs: open, write, close, save. */
import type { CatalogueEntry } from '../../../../common/contract/rpc.ts';
import { limits } from '../../../../common/limits.ts';
import type { JsonSchema } from '../../../design/data/json-schema.ts';
import { useCluster } from '../../../state/cluster.ts';
import { useScope } from '../../../state/scope.ts';
import { type RequestContent, sameContent } from '../model/kept-items.ts';
import { startingText } from '../model/schema-form.ts';
import { type RequestTarget, targetKey, targetOfScope } from '../model/target.ts';
import { activeTab, entryOf, type RpcState, type Tab, useRpc, without } from './rpc-store.ts';
import { keeping, keepScreen, keepTab } from './workspace.ts';

const mostClosed = 10;

/** True when a tab holds what is kept nowhere else. */
export function isDirty(tab: Tab): boolean {
  return !sameContent(tab.content, tab.baseline);
}

/** Where a new request goes: to the instance that the console looks at. */
function targetNow(): RequestTarget {
  return targetOfScope(useScope.getState().scope, useCluster.getState().nodes);
}

/** The request with which a method opens. */
export function contentFor(state: RpcState, method: string, text?: string, target: RequestTarget = targetNow()): RequestContent {
  const entry = entryOf(state, { method, target });
  const written = text ?? (entry === undefined ? '{}' : startingText(entry.params as JsonSchema, entry.example));
  return { method, text: written, target, timeoutMs: limits.defaultTimeoutMs };
}

/** Shows a tab. */
export function showTab(id: string): void {
  useRpc.setState({ activeTabId: id });
  keepScreen();
}

/** Shows the next tab, or with -1 the one before, round and round. */
export function stepTab(step: 1 | -1): void {
  const { tabs, activeTabId } = useRpc.getState();
  const index = tabs.findIndex((tab) => tab.id === activeTabId);
  const next = tabs[(index + step + tabs.length) % tabs.length];
  if (next !== undefined) showTab(next.id);
}

/** A new empty tab. */
export function newTab(): void {
  addTab({ content: contentFor(useRpc.getState(), '', '{}') });
}

/**
 * Opens a method: the tab that has it already, else the tab in sight if nothing was written there, else a new one.
 *
 * @param text params to begin with; a tab of its own when something else is written already
 * @param target where it is to go; by itself to the instance that the console looks at
 */
export function openMethod(method: string, text?: string, target?: RequestTarget): void {
  const state = useRpc.getState();
  const wanted = target ?? (useScope.getState().scope.kind === 'self' ? undefined : targetNow());
  const open = state.tabs.find(
    ({ content, savedId }) =>
      content.method === method &&
      savedId === undefined &&
      (text === undefined || content.text === text) &&
      (wanted === undefined || targetKey(content.target) === targetKey(wanted)),
  );
  if (open !== undefined) showTab(open.id);
  else openContent(contentFor(state, method, text, target));
}

/** Opens a method of the list. One that only the node of the request in sight offers goes there too. */
export function openListed(method: string): void {
  const state = useRpc.getState();
  const isOwn = state.catalogue.some((entry) => entry.method === method);
  openMethod(method, undefined, isOwn ? undefined : activeTab(state)?.content.target);
}

/** False for a method that the own node refuses to this person; what others refuse is theirs to say. */
export function canOpen(entry: CatalogueEntry): boolean {
  return entry.allowed || activeTab(useRpc.getState())?.content.target.kind === 'node';
}

/** Opens a saved request: its tab if it is open. */
export function openSaved(id: string): void {
  const state = useRpc.getState();
  const open = state.tabs.find((tab) => tab.savedId === id);
  const saved = state.saved.find((request) => request.id === id);
  if (open !== undefined) showTab(open.id);
  else if (saved !== undefined) openContent(saved.content, id);
}

/** Opens a request of the history as it was sent. */
export function openHistory(id: string): void {
  const state = useRpc.getState();
  const entry = state.history.find((known) => known.id === id);
  if (entry === undefined) return;
  const open = state.tabs.find((tab) => sameContent(tab.content, entry.content));
  if (open !== undefined) showTab(open.id);
  else openContent(entry.content);
}

function openContent(content: RequestContent, savedId?: string): void {
  const { tabs, activeTabId, runs } = useRpc.getState();
  const active = tabs.find((tab) => tab.id === activeTabId);
  const untouched = active !== undefined && active.savedId === undefined && !isDirty(active) && runs[active.id] === undefined;
  if (!untouched) {
    addTab({ content, savedId });
    return;
  }
  replaceTab({ id: active.id, order: active.order, content, baseline: content, ...(savedId !== undefined && { savedId }) });
}

function addTab(options: {
  readonly content: RequestContent;
  readonly savedId?: string | undefined;
  readonly baseline?: RequestContent;
}): void {
  const { tabs } = useRpc.getState();
  const { content, savedId, baseline = content } = options;
  const order = Math.max(0, ...tabs.map((tab) => tab.order)) + 1;
  const tab: Tab = { id: crypto.randomUUID(), order, content, baseline, ...(savedId !== undefined && { savedId }) };
  useRpc.setState({ tabs: [...tabs, tab], activeTabId: tab.id });
  keepTab(tab);
  keepScreen();
}

function replaceTab(next: Tab): void {
  useRpc.setState(({ tabs, obstacles }) => ({
    tabs: tabs.map((tab) => (tab.id === next.id ? next : tab)),
    obstacles: without(obstacles, next.id),
  }));
  keepTab(next);
}

/** Changes what a tab holds; kept a moment later. */
export function changeContent(id: string, change: Partial<RequestContent>): void {
  const tab = useRpc.getState().tabs.find((known) => known.id === id);
  if (tab !== undefined) replaceTab({ ...tab, content: { ...tab.content, ...change } });
}

/** Chooses another method for a tab. Params that were written stay; untouched ones make way for the method's own. */
export function changeMethod(id: string, method: string): void {
  const state = useRpc.getState();
  const tab = state.tabs.find((known) => known.id === id);
  if (tab === undefined || tab.content.method === method) return;
  const { target, timeoutMs } = tab.content;
  const untouched = tab.content.text === tab.baseline.text && tab.savedId === undefined;
  if (!untouched || entryOf(state, { method, target }) === undefined) {
    replaceTab({ ...tab, content: { ...tab.content, method } });
    return;
  }
  const content = { ...contentFor(state, method, undefined, target), timeoutMs };
  replaceTab({ ...tab, content, baseline: content });
}

/** A second tab with the same request. */
export function duplicateTab(id: string): void {
  const tab = useRpc.getState().tabs.find((known) => known.id === id);
  if (tab !== undefined) addTab({ content: tab.content, baseline: { ...tab.content, text: '' } });
}

/** Closes a tab; {@link reopenTab} brings it back. */
export function closeTab(id: string): void {
  const { tabs, activeTabId, closedTabs, runs } = useRpc.getState();
  const index = tabs.findIndex((tab) => tab.id === id);
  const tab = tabs[index];
  if (tab === undefined) return;
  const rest = tabs.filter((known) => known.id !== id);
  const neighbour = rest[Math.min(index, rest.length - 1)]?.id;
  useRpc.setState({
    tabs: rest,
    activeTabId: activeTabId === id ? neighbour : activeTabId,
    closedTabs: [tab, ...closedTabs].slice(0, mostClosed),
    runs: without(runs, id),
  });
  keeping.remove('draft', id);
  keepScreen();
}

/** Brings back the tab that was closed last. */
export function reopenTab(): void {
  const { closedTabs, tabs } = useRpc.getState();
  const [tab, ...rest] = closedTabs;
  if (tab === undefined) return;
  useRpc.setState({ closedTabs: rest, tabs: [...tabs, tab].toSorted((a, b) => a.order - b.order), activeTabId: tab.id });
  keepTab(tab);
  keepScreen();
}
