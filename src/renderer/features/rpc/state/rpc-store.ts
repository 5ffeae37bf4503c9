/** State of the RPC screen. It outlives the screen: calls go on, and tabs stay, while another view is looked at. */
import { create } from 'zustand';
import type { CatalogueEntry } from '../../../../common/contract/rpc.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import type { Draft, HistoryEntry, Kept, RequestContent, SavedRequest, VariableSet } from '../model/kept-items.ts';
import type { Run } from './run.ts';

export type Tab = Kept<Draft>;

export interface TabRuns {
  readonly current: Run;
  /** The last good answer before, of the same method: what Diff compares with. */
  readonly previous: Run | undefined;
}

/** What stops a request before it is sent. */
export type Obstacle =
  | { readonly kind: 'no-method' }
  | { readonly kind: 'not-json'; readonly line: number; readonly column: number }
  | { readonly kind: 'not-object' }
  | { readonly kind: 'variables'; readonly names: readonly string[] };

/** What another node said of its methods. A later failure leaves what it said before. */
export interface RemoteCatalogue {
  readonly state: 'reading' | 'ready' | 'failed';
  readonly methods: readonly CatalogueEntry[] | undefined;
  /** When that was, by `Date.now()`; 0 for never. */
  readonly atMs: number;
  /** Starts of the node when it was asked: another start may offer other methods. */
  readonly epoch: number;
}

export interface RpcState {
  /** Whose items are here. */
  readonly owner: string | undefined;
  readonly loading: 'waiting' | 'ready' | { readonly failed: SignalboxError };
  /** Ids of kept items that cannot be read. */
  readonly unreadable: readonly string[];
  /** Older kept items that were too many bytes to read at once. */
  readonly omitted: number;
  /** The last write of kept items failed. */
  readonly notKept: SignalboxError | undefined;
  /** The methods of the own node. */
  readonly catalogue: readonly CatalogueEntry[];
  /** Those of other nodes, by node id, as far as they were asked for. */
  readonly remoteCatalogues: Readonly<Record<string, RemoteCatalogue>>;
  readonly tabs: readonly Tab[];
  readonly activeTabId: string | undefined;
  readonly closedTabs: readonly Tab[];
  readonly saved: readonly Kept<SavedRequest>[];
  readonly history: readonly Kept<HistoryEntry>[];
  readonly variableSets: readonly Kept<VariableSet>[];
  readonly variableSetId: string | undefined;
  readonly paramsView: 'json' | 'form';
  readonly runs: Readonly<Record<string, TabRuns>>;
  readonly obstacles: Readonly<Record<string, Obstacle>>;
  readonly repeats: Readonly<Record<string, { readonly everyMs: number; readonly sent: number }>>;
  /** The tab whose destructive call waits for a yes. */
  readonly confirmingTabId: string | undefined;
  readonly dialog: 'none' | 'save' | 'variables' | { readonly rename: string };
}

const initial: RpcState = {
  owner: undefined,
  loading: 'waiting',
  unreadable: [],
  omitted: 0,
  notKept: undefined,
  catalogue: [],
  remoteCatalogues: {},
  tabs: [],
  activeTabId: undefined,
  closedTabs: [],
  saved: [],
  history: [],
  variableSets: [],
  variableSetId: undefined,
  paramsView: 'json',
  runs: {},
  obstacles: {},
  repeats: {},
  confirmingTabId: undefined,
  dialog: 'none',
};

export const useRpc = create<RpcState>(() => initial);

/** Back to nothing, for another person. */
export function resetRpc(owner: string): void {
  useRpc.setState({ ...initial, catalogue: useRpc.getState().catalogue, owner }, true);
}

/** The tab that is looked at. */
export function activeTab(state: RpcState): Tab | undefined {
  return state.tabs.find((tab) => tab.id === state.activeTabId);
}

/** The methods that a request can call: those of its node where that is another one and has told, else the own node's. */
export function catalogueFor(state: RpcState, content: Pick<RequestContent, 'target'> | undefined): readonly CatalogueEntry[] {
  const target = content?.target;
  return (target?.kind === 'node' ? state.remoteCatalogues[target.nodeId]?.methods : undefined) ?? state.catalogue;
}

/** What is known of the method of a request, where it goes; undefined for a method that nobody lists. */
export function entryOf(state: RpcState, content: Pick<RequestContent, 'method' | 'target'> | undefined): CatalogueEntry | undefined {
  if (content === undefined) return undefined;
  return catalogueFor(state, content).find((entry) => entry.method === content.method);
}

/** Params that are never kept: a method is the same wherever it runs, so the own node's word counts as well. */
export function secretParamsOf(state: RpcState, content: Pick<RequestContent, 'method' | 'target'>): readonly string[] {
  const own = state.catalogue.find((entry) => entry.method === content.method);
  return [...new Set([...(entryOf(state, content)?.secretParams ?? []), ...(own?.secretParams ?? [])])];
}

const noVariables: VariableSet['variables'] = [];

/** The variables in force. */
export function variablesOf(state: RpcState): VariableSet['variables'] {
  return state.variableSets.find((set) => set.id === state.variableSetId)?.variables ?? noVariables;
}

/** What a tab is called: the saved request's name, else its method. */
export function titleOf(state: RpcState, tab: Tab): string {
  return state.saved.find((request) => request.id === tab.savedId)?.name ?? tab.content.method;
}

/** A copy of a record without one key. */
export function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _gone, ...rest } = record;
  return rest;
}
