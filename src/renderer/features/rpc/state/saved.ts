/** Acts on saved requests and variables. */

import type { Kept, RequestContent, SavedRequest, VariableSet } from '../model/kept-items.ts';
import { freeName } from '../model/requests-file.ts';
import { withoutSecrets } from '../model/secrets.ts';
import { type RpcState, secretParamsOf, type Tab, useRpc } from './rpc-store.ts';
import { keeping, keepScreen, keepTab } from './workspace.ts';

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => a.name.localeCompare(b.name));
}

function keepSaved({ id, ...request }: Kept<SavedRequest>): void {
  keeping.saveNow('request', id, request);
}

/** What of a request is saved: everything but secrets. */
function savable(state: RpcState, content: RequestContent): RequestContent {
  const text = withoutSecrets(content.text, secretParamsOf(state, content));
  return { ...content, text: text ?? '{}' };
}

/** Saves what a tab holds into the saved request that it shows. */
function saveTab(tabId: string): void {
  const state = useRpc.getState();
  const tab = state.tabs.find((known) => known.id === tabId);
  const existing = state.saved.find((request) => request.id === tab?.savedId);
  if (tab !== undefined && existing !== undefined) putSaved(tab, { ...existing, content: savable(state, tab.content) });
}

/** Saves what a tab holds as a new request. A name that is taken gets a number. */
export function saveTabAs(tabId: string, wantedName: string): void {
  const state = useRpc.getState();
  const tab = state.tabs.find((known) => known.id === tabId);
  if (tab === undefined) return;
  const name = freeName(wantedName, new Set(state.saved.map((known) => known.name)));
  putSaved(tab, { id: crypto.randomUUID(), name, content: savable(state, tab.content) });
}

function putSaved(tab: Tab, request: Kept<SavedRequest>): void {
  const next = { ...tab, savedId: request.id, baseline: tab.content };
  useRpc.setState(({ saved, tabs }) => ({
    saved: byName([...saved.filter((known) => known.id !== request.id), request]),
    tabs: tabs.map((known) => (known.id === tab.id ? next : known)),
  }));
  keepSaved(request);
  keepTab(next);
}

/** Saves at once when the tab has a name already, else asks for one. */
export function saveOrAsk(tabId: string): void {
  const state = useRpc.getState();
  const tab = state.tabs.find((known) => known.id === tabId);
  const existing = state.saved.find((request) => request.id === tab?.savedId);
  if (existing === undefined) useRpc.setState({ dialog: 'save' });
  else saveTab(tabId);
}

/** Gives a saved request another name. */
export function renameSaved(id: string, name: string): void {
  const { saved } = useRpc.getState();
  const request = saved.find((known) => known.id === id);
  if (request === undefined || request.name === name) return;
  const others = saved.filter((known) => known.id !== id);
  const renamed = { ...request, name: freeName(name, new Set(others.map((known) => known.name))) };
  useRpc.setState({ saved: byName([...others, renamed]) });
  keepSaved(renamed);
}

/** A second saved request with the same content. */
export function duplicateSaved(id: string): void {
  const { saved } = useRpc.getState();
  const request = saved.find((known) => known.id === id);
  if (request !== undefined) addSaved([{ name: request.name, content: request.content }]);
}

/** Adds requests, each under a free name. */
export function addSaved(requests: readonly SavedRequest[]): void {
  const { saved } = useRpc.getState();
  const names = new Set(saved.map((known) => known.name));
  const added = requests.map((request) => ({ ...request, name: freeName(request.name, names), id: crypto.randomUUID() }));
  useRpc.setState({ saved: byName([...saved, ...added]) });
  for (const request of added) keepSaved(request);
}

/** Deletes a saved request; the tabs that show it stay. Returns how to undo it. */
export function removeSaved(id: string): () => void {
  const { saved } = useRpc.getState();
  const request = saved.find((known) => known.id === id);
  useRpc.setState({ saved: saved.filter((known) => known.id !== id) });
  keeping.remove('request', id);
  return () => {
    if (request === undefined) return;
    useRpc.setState((state) => ({ saved: byName([...state.saved.filter((known) => known.id !== id), request]) }));
    keepSaved(request);
  };
}

/** Takes an entry out of the history. */
export function removeHistory(id: string): void {
  useRpc.setState(({ history }) => ({ history: history.filter((entry) => entry.id !== id) }));
  keeping.remove('history', id);
}

/** Empties the history. Returns how to undo it. */
export function clearHistory(): () => void {
  const { history } = useRpc.getState();
  useRpc.setState({ history: [] });
  for (const entry of history) keeping.remove('history', entry.id);
  return () => {
    useRpc.setState((state) => ({ history: [...state.history, ...history] }));
    for (const { id, ...entry } of history) keeping.save('history', id, entry);
  };
}

/** Chooses the variables in force; undefined is none. */
export function chooseVariables(variableSetId: string | undefined): void {
  useRpc.setState({ variableSetId });
  keepScreen();
}

/** Keeps a set of variables, new or changed. */
export function keepVariableSet(set: Kept<VariableSet>): void {
  useRpc.setState(({ variableSets }) => ({ variableSets: byName([...variableSets.filter((known) => known.id !== set.id), set]) }));
  const { id, ...value } = set;
  keeping.save('variables', id, value);
}

/** Deletes a set of variables. Returns how to undo it. */
export function removeVariableSet(id: string): () => void {
  const { variableSets, variableSetId } = useRpc.getState();
  const set = variableSets.find((known) => known.id === id);
  useRpc.setState({ variableSets: variableSets.filter((known) => known.id !== id) });
  if (variableSetId === id) chooseVariables(undefined);
  keeping.remove('variables', id);
  return () => {
    if (set !== undefined) keepVariableSet(set);
    if (variableSetId === id) chooseVariables(id);
  };
}
