/** The rows of the list at the left: saved requests, methods by service, history. */
import type { CatalogueEntry } from '../../../../common/contract/rpc.ts';
import type { HistoryEntry, Kept, SavedRequest } from './kept-items.ts';

export type SectionName = 'saved' | 'methods' | 'history';

export type SideRow =
  | { readonly kind: 'section'; readonly key: string; readonly name: SectionName; readonly count: number; readonly expanded: boolean }
  | { readonly kind: 'service'; readonly key: string; readonly name: string; readonly expanded: boolean }
  | {
      readonly kind: 'method';
      readonly key: string;
      readonly entry: CatalogueEntry;
      readonly label: string;
      readonly lacking: string | undefined;
    }
  | { readonly kind: 'saved'; readonly key: string; readonly request: Kept<SavedRequest> }
  | { readonly kind: 'history'; readonly key: string; readonly entry: Kept<HistoryEntry> };

export interface SideRowsInput {
  readonly catalogue: readonly CatalogueEntry[];
  readonly saved: readonly Kept<SavedRequest>[];
  readonly history: readonly Kept<HistoryEntry>[];
  readonly query: string;
  /** Keys of sections and services that are closed. */
  readonly closed: ReadonlySet<string>;
  /** Name of a node that would be asked and does not offer the method. */
  readonly lacking?: (method: string) => string | undefined;
}

/** The rows to show. A query opens everything and leaves only what matches. */
export function sideRows(input: SideRowsInput): readonly SideRow[] {
  const query = input.query.trim().toLowerCase();
  const matches = (...texts: readonly string[]) => query === '' || texts.some((text) => text.toLowerCase().includes(query));
  const isOpen = (key: string) => query !== '' || !input.closed.has(key);
  const saved = input.saved.filter((request) => matches(request.name, request.content.method));
  const methods = input.catalogue.filter((entry) => matches(entry.method, entry.help, ...entry.aliases));
  const history = input.history.filter((entry) => matches(entry.content.method));
  const savedRows = saved.map((request): SideRow => ({ kind: 'saved', key: `saved/${request.id}`, request }));
  const historyRows = history.map((entry): SideRow => ({ kind: 'history', key: `history/${entry.id}`, entry }));
  return [
    ...section('saved', savedRows, saved.length, isOpen),
    ...section('methods', methodRows(methods, isOpen, input.lacking), methods.length, isOpen),
    ...section('history', historyRows, history.length, isOpen),
  ];
}

function section(name: SectionName, rows: readonly SideRow[], count: number, isOpen: (key: string) => boolean): readonly SideRow[] {
  if (count === 0) return [];
  const key = `section/${name}`;
  const expanded = isOpen(key);
  return [{ kind: 'section', key, name, count, expanded }, ...(expanded ? rows : [])];
}

function methodRows(
  methods: readonly CatalogueEntry[],
  isOpen: (key: string) => boolean,
  lacking: SideRowsInput['lacking'],
): readonly SideRow[] {
  const services = new Map<string, CatalogueEntry[]>();
  for (const entry of methods) {
    const group = services.get(entry.service);
    if (group === undefined) services.set(entry.service, [entry]);
    else group.push(entry);
  }
  return [...services].flatMap(([name, entries]): readonly SideRow[] => {
    const key = `service/${name}`;
    const expanded = isOpen(key);
    const rows = entries.map(
      (entry): SideRow => ({
        kind: 'method',
        key: `method/${entry.method}`,
        entry,
        label: shortName(entry.method, name),
        lacking: lacking?.(entry.method),
      }),
    );
    return [{ kind: 'service', key, name, expanded }, ...(expanded ? rows : [])];
  });
}

function shortName(method: string, service: string): string {
  return method.startsWith(`${service}.`) ? method.slice(service.length + 1) : method;
}

/** Depth in the tree, from 1. */
export function levelOf(row: SideRow): number {
  return row.kind === 'section' ? 1 : row.kind === 'method' ? 3 : 2;
}

/** Open or closed; undefined for a leaf. */
export function expandedOf(row: SideRow): boolean | undefined {
  return row.kind === 'section' || row.kind === 'service' ? row.expanded : undefined;
}
