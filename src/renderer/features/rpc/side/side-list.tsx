import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { CatalogueEntry } from '../../../../common/contract/rpc.ts';
import { ContextMenu } from '../../../design/controls/context-menu.tsx';
import { TextInput } from '../../../design/controls/index.ts';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { IconSearch } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { expandedOf, levelOf, type SideRow, sideRows } from '../model/side-rows.ts';
import { useLacking } from '../state/catalogues.ts';
import { activeTab, catalogueFor, useRpc } from '../state/rpc-store.ts';
import { canOpen, openHistory, openListed, openSaved } from '../state/tabs.ts';
import { useRowMenu } from './row-menu.tsx';
import { SideRowView } from './side-row.tsx';

export const filterId = 'rpc-filter';

/** Everything that can be opened: one tree with a filter, moved through with the arrow keys. */
export function SideList() {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const offered = useRpc((state) => catalogueFor(state, activeTab(state)?.content));
  const own = useRpc((state) => state.catalogue);
  const catalogue = useMemo(() => allMethods(offered, own), [offered, own]);
  const saved = useRpc((state) => state.saved);
  const history = useRpc((state) => state.history);
  const active = useRpc(activeTab);
  const lacking = useLacking(active?.content.target);
  const [query, setQuery] = useState('');
  const [closed, setClosed] = useState<ReadonlySet<string>>(() => new Set());
  const [cursor, setCursor] = useState<string>();
  const [menu, setMenu] = useState<{ readonly row: SideRow; readonly at: { readonly x: number; readonly y: number } }>();
  const entriesOf = useRowMenu();
  const rowHeight = useRowHeight('--sb-tree-row');
  const rows = useMemo(
    () => sideRows({ catalogue, saved, history, query, closed, lacking }),
    [catalogue, saved, history, query, closed, lacking],
  );
  const shownKey = active?.savedId === undefined ? `method/${active?.content.method ?? ''}` : `saved/${active.savedId}`;
  const selected = rows.findIndex((row) => row.key === (menu?.row.key ?? cursor ?? shownKey));

  const list = useRef<HTMLDivElement>(null);
  // What was opened from elsewhere, by link or palette, comes into sight here.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another request moves the list, not what happens in it
  useEffect(() => {
    const scroller = list.current?.querySelector('.sb-virtual');
    const top = rows.findIndex((row) => row.key === shownKey) * rowHeight;
    if (scroller == null || top < 0) return;
    const isInSight = top >= scroller.scrollTop && top + rowHeight <= scroller.scrollTop + scroller.clientHeight;
    if (!isInSight) scroller.scrollTop = Math.max(0, top - scroller.clientHeight / 3);
  }, [shownKey]);

  const toggle = (row: SideRow | undefined, open: boolean) => {
    if (row === undefined) return;
    const next = new Set(closed);
    if (open) next.delete(row.key);
    else next.add(row.key);
    setClosed(next);
  };
  const open = (index: number) => {
    const row = rows[index];
    if (row === undefined) return;
    const expanded = expandedOf(row);
    if (expanded !== undefined) toggle(row, !expanded);
    else if (row.kind === 'saved') openSaved(row.request.id);
    else if (row.kind === 'history') openHistory(row.entry.id);
    else if (row.kind === 'method' && canOpen(row.entry)) openListed(row.entry.method);
  };
  const openMenu = (event: MouseEvent<HTMLElement>) => {
    const element = event.target instanceof Element ? event.target.closest('[aria-posinset]') : null;
    const row = rows[Number(element?.getAttribute('aria-posinset')) - 1];
    if (row === undefined || entriesOf(row).length === 0) return;
    event.preventDefault();
    setCursor(row.key);
    setMenu({ row, at: { x: event.clientX, y: event.clientY } });
  };
  const closeMenu = () => {
    setMenu(undefined);
    list.current?.querySelector<HTMLElement>('.sb-virtual')?.focus();
    setCursor(menu?.row.key);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const row = rows[selected];
    if (row === undefined) return;
    const entries = entriesOf(row);
    if (event.key === 'Delete') entries.find((entry) => entry.dangerous)?.run();
    else if (event.key === 'F2') entries.find((entry) => entry.id === 'rename')?.run();
    else if ((event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) && entries.length > 0) {
      const box = event.currentTarget.querySelector('[aria-selected="true"]')?.getBoundingClientRect();
      setMenu({ row, at: { x: (box?.left ?? 0) + 24, y: box?.bottom ?? 0 } });
    } else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="sb-rpc-filter">
        <TextInput
          id={filterId}
          aria-label={t('filterLabel')}
          placeholder={t('filterLabel')}
          value={query}
          leftSection={<IconSearch size={14} stroke={1.6} />}
          rightSection={<kbd className="sb-kbd">/</kbd>}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setQuery('');
          }}
        />
      </div>
      {rows.length === 0 && query !== '' ? (
        <p className="sb-rpc-none sb-2">
          {t('filterNone', { query })}{' '}
          <button type="button" className="sb-link" onClick={() => setQuery('')}>
            {common('clearFilter')}
          </button>
        </p>
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: keys and menu belong to the tree inside
        <div ref={list} className="sb-rpc-tree sb-col" onContextMenu={openMenu} onKeyDown={onKeyDown} onBlur={() => setCursor(undefined)}>
          <VirtualList
            label={t('listLabel')}
            count={rows.length}
            rowHeight={rowHeight}
            rowClassName="compact"
            columns="minmax(0, 1fr) auto"
            keyOf={(index) => rows[index]?.key ?? index}
            selectedIndex={selected < 0 ? undefined : selected}
            onSelect={(index) => setCursor(rows[index]?.key)}
            onOpen={open}
            openOnClick
            tree={{
              levelOf: (index) => levelOf(rows[index] as SideRow),
              expandedOf: (index) => expandedOf(rows[index] as SideRow),
              onToggle: (index, expanded) => toggle(rows[index], expanded),
            }}
            renderRow={(index) => <SideRowView row={rows[index] as SideRow} />}
          />
        </div>
      )}
      {menu !== undefined && <ContextMenu at={menu.at} label={t('rowMenu')} entries={entriesOf(menu.row)} onClose={closeMenu} />}
    </>
  );
}

/** What the node of the request in sight offers, and what the own node has beside that: it is marked as lacking there. */
function allMethods(offered: readonly CatalogueEntry[], own: readonly CatalogueEntry[]): readonly CatalogueEntry[] {
  if (offered === own) return own;
  const known = new Set(offered.map((entry) => entry.method));
  return [...offered, ...own.filter((entry) => !known.has(entry.method))].toSorted((a, b) => (a.method < b.method ? -1 : 1));
}
