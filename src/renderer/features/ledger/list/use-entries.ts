import { useCallback, useEffect, useRef, useState } from 'react';
import type { ParamsOf, ResultOf } from '../../../../common/contract/index.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { useLedger } from '../../../state/ledger.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { beginWith, canGoOn, type EntryPages, goOnWith, newer } from '../model/entry-pages.ts';
import { type LedgerFilter, listParams } from '../model/ledger-filter.ts';

const pageSize = 200;
/** A filter that matches little makes the node look at many. */
const timeoutMs = 30_000;

/** Reads a page. In a large ledger a search that finds little comes in parts: they are read until a page is full, or all was looked through. */
async function readPage(params: ParamsOf<'ledger.list'>, signal: AbortSignal): Promise<ResultOf<'ledger.list'>> {
  let page = await nodeClient().call('ledger.list', params, { signal, timeoutMs });
  while (page.next !== null && page.entries.length < pageSize && !signal.aborted) {
    const more = await nodeClient().call('ledger.list', { ...params, before: page.next }, { signal, timeoutMs });
    page = { ...more, entries: [...page.entries, ...more.entries] };
  }
  return page;
}

export interface LedgerEntries {
  /** Undefined before the first answer. */
  readonly pages: EntryPages | undefined;
  /** When the newest page was read, milliseconds since the epoch. */
  readonly atMs: number;
  /** Why the list is not read now; the entries are those of before. */
  readonly error: SignalboxError | undefined;
  /** Entries that have come while the list was held still. */
  readonly held: number;
  readonly goingOn: boolean;
  /** Reads the page after the last one. */
  readonly goOn: () => void;
  /** Asks again at once. */
  readonly retry: () => void;
  readonly cancel: () => void;
}

interface Shown {
  readonly pages: EntryPages | undefined;
  readonly atMs: number;
  readonly error: SignalboxError | undefined;
  readonly held: number;
  readonly goingOn: boolean;
}

const nothing: Shown = { pages: undefined, atMs: 0, error: undefined, held: 0, goingOn: false };

/**
 * The entries of the ledger, newest first, read again whenever the node tells of new ones.
 *
 * @param chain node whose entries are listed, undefined: those of all
 * @param hold true: the rows stay as they are, what comes is counted
 * @param enabled false: the person may not read them
 */
export function useEntries(chain: string | undefined, filter: LedgerFilter, hold: boolean, enabled: boolean): LedgerEntries {
  const key = JSON.stringify([chain, filter]);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const version = useLedger((state) => state.version);
  const [state, setState] = useState<{ readonly key: string; readonly shown: Shown }>({ key, shown: nothing });
  const shown = state.key === key ? state.shown : nothing;
  const latest = useRef({ chain, filter, key, hold, shown });
  latest.current = { chain, filter, key, hold, shown };
  const newest = useRef<AbortController | undefined>(undefined);
  const older = useRef<AbortController | undefined>(undefined);
  const wanted = useRef(false);

  const show = useCallback((of: string, change: Partial<Shown>) => {
    setState((before) => ({ key: of, shown: { ...(before.key === of ? before.shown : nothing), ...change } }));
  }, []);

  const readNewest = useCallback(async (): Promise<void> => {
    newest.current?.abort();
    const mine = new AbortController();
    newest.current = mine;
    wanted.current = false;
    const asked = latest.current;
    try {
      const params = { ...listParams(asked.chain, asked.filter, Date.now()), limit: pageSize };
      const page = await readPage(params, mine.signal);
      if (mine.signal.aborted || latest.current.key !== asked.key) return;
      const { shown: now, hold: held } = latest.current;
      if (held && now.pages !== undefined) show(asked.key, { held: newer(now.pages, page.total), error: undefined });
      else {
        older.current?.abort();
        show(asked.key, { pages: beginWith(page, now.pages), atMs: Date.now(), error: undefined, held: 0, goingOn: false });
      }
    } catch (error) {
      if (newest.current === mine && latest.current.key === asked.key) show(asked.key, { error: asSignalboxError(error) });
    } finally {
      if (newest.current === mine) newest.current = undefined;
    }
    if (wanted.current && newest.current === undefined) void readNewest();
  }, [show]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list, or a node that is back, is read from the beginning
  useEffect(() => {
    if (enabled && connected) void readNewest();
    return () => {
      newest.current?.abort();
      newest.current = undefined;
      older.current?.abort();
    };
  }, [key, connected, enabled, readNewest]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version says that there is something new
  useEffect(() => {
    if (!enabled || !connected || latest.current.shown.pages === undefined) return;
    // A node that is slow is not asked faster than it answers.
    if (newest.current !== undefined) wanted.current = true;
    else if (document.visibilityState === 'visible') void readNewest();
  }, [version]);

  // What came meanwhile is shown as soon as the list goes on.
  useEffect(() => {
    if (!hold && latest.current.shown.held > 0) void readNewest();
  }, [hold, readNewest]);

  useEffect(() => {
    const onVisible = () => {
      if (document.visibilityState === 'visible' && enabled && connected && newest.current === undefined) void readNewest();
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => document.removeEventListener('visibilitychange', onVisible);
  }, [enabled, connected, readNewest]);

  const goOn = useCallback(async () => {
    const { shown: now, chain: of, filter: by, key: asked } = latest.current;
    if (now.pages === undefined || now.goingOn || !canGoOn(now.pages)) return;
    const { next } = now.pages;
    const mine = new AbortController();
    older.current = mine;
    show(asked, { goingOn: true });
    try {
      const params = { ...listParams(of, by, now.atMs), before: next ?? '', limit: pageSize };
      const page = await readPage(params, mine.signal);
      const { pages } = latest.current.shown;
      if (mine.signal.aborted || latest.current.key !== asked || pages === undefined) return;
      show(asked, { pages: goOnWith(pages, page), goingOn: false, error: undefined });
    } catch (error) {
      if (!mine.signal.aborted && latest.current.key === asked) show(asked, { goingOn: false, error: asSignalboxError(error) });
    }
  }, [show]);

  const retry = useCallback(() => {
    if (latest.current.shown.pages === undefined) show(latest.current.key, { error: undefined });
    void readNewest();
  }, [show, readNewest]);
  const cancel = useCallback(() => newest.current?.abort(), []);
  return { ...shown, goOn: () => void goOn(), retry, cancel };
}
