import { type KeyboardEvent, type MouseEvent, useMemo, useRef, useState } from 'react';
import { ContextMenu } from '../../../design/controls/context-menu.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { formatCount } from '../../../state/format.ts';
import { canonicalTopic } from '../../../state/node-resolver.ts';
import { toggleTopicFilter } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import type { ClusterLine } from '../model/cluster-topics.ts';
import { topicOfFilter } from '../model/filter.ts';
import { isCovered } from '../model/topic-words.ts';
import { TreeLine } from './tree-line.tsx';
import { useTreeMenu } from './tree-menu.tsx';
import type { ClusterTopicsState } from './use-cluster-topics.ts';

/** The topics of every node as a tree; a line narrows the list to itself and what is under it. */
export function TopicTreePanel({ state }: { readonly state: ClusterTopicsState }) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const { topics, version, loading, error, retry } = state;
  const nodes = useCluster((cluster) => cluster.nodes);
  const expanded = useEvents((events) => events.expanded);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version says that the tree, which stays the same object, has changed
  const lines = useMemo(() => topics.lines(nodes, expanded), [topics, version, nodes, expanded]);
  return (
    <section className="sb-col sb-grow sb-events-topics" aria-labelledby="events-topics">
      <div className="sb-events-section">
        <h2 id="events-topics" className="sb-cap">
          {t('topics')}
        </h2>
        <span className="sb-cap sb-num">{t('topicCount', { amount: formatCount(topics.own.size) })}</span>
      </div>
      {error !== undefined && (
        <p className="sb-events-note sb-warn">
          {t('topicsFailed')}{' '}
          <button type="button" className="sb-link" onClick={retry}>
            {common('tryAgain')}
          </button>
        </p>
      )}
      {lines.length === 0 && !loading && error === undefined && <p className="sb-events-note sb-3">{t('topicsEmpty')}</p>}
      {lines.length > 0 && <Tree lines={lines} expanded={expanded} />}
      {topics.own.omitted > 0 && <p className="sb-events-note sb-3">{t('topicsOmitted', { amount: formatCount(topics.own.omitted) })}</p>}
    </section>
  );
}

function Tree({ lines, expanded }: { readonly lines: readonly ClusterLine[]; readonly expanded: ReadonlySet<string> }) {
  const { t } = useTranslation('events');
  const filterText = useEvents((state) => state.filterText);
  const cursor = useEvents((state) => state.treeCursor);
  const subscriptions = useEvents((state) => state.subscriptions);
  const nodes = useCluster((state) => state.nodes);
  const [menu, setMenu] = useState<{ readonly line: ClusterLine; readonly at: { readonly x: number; readonly y: number } }>();
  const entriesOf = useTreeMenu();
  const frame = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight('--sb-tree-row');
  const narrowed = canonicalTopic(topicOfFilter(filterText) ?? '', nodes);
  const toggle = (index: number, open: boolean) => {
    const key = lines[index]?.key;
    if (key === undefined) return;
    const next = new Set(expanded);
    if (open) next.add(key);
    else next.delete(key);
    useEvents.setState({ expanded: next });
  };
  const cursorIndex = lines.findIndex((line) => line.key === cursor);
  const nowMs = Date.now();
  const openMenu = (event: MouseEvent<HTMLElement>) => {
    const element = event.target instanceof Element ? event.target.closest('[aria-posinset]') : null;
    const line = lines[Number(element?.getAttribute('aria-posinset')) - 1];
    if (line === undefined || entriesOf(line).length === 0) return;
    event.preventDefault();
    useEvents.setState({ treeCursor: line.key });
    setMenu({ line, at: { x: event.clientX, y: event.clientY } });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const line = lines[cursorIndex];
    if (line === undefined || entriesOf(line).length === 0) return;
    if (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey)) return;
    event.preventDefault();
    const box = event.currentTarget.querySelector('[aria-selected="true"]')?.getBoundingClientRect();
    setMenu({ line, at: { x: (box?.left ?? 0) + 24, y: box?.bottom ?? 0 } });
  };
  const closeMenu = () => {
    setMenu(undefined);
    frame.current?.querySelector<HTMLElement>('.sb-virtual')?.focus();
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys and menu belong to the tree inside */}
      <div ref={frame} className="sb-col sb-grow" onContextMenu={openMenu} onKeyDown={onKeyDown}>
        <VirtualList
          label={t('topicTree')}
          count={lines.length}
          rowHeight={rowHeight}
          keyOf={(index) => lines[index]?.key ?? index}
          renderRow={(index) => {
            const line = lines[index];
            if (line === undefined) return null;
            const offered = line.kind === 'topic' && !isCovered(line.filter, subscriptions, nodes);
            const isNarrowed = line.kind !== 'note' && narrowed === line.filter;
            return <TreeLine line={line} nowMs={nowMs} narrowed={isNarrowed} offered={offered} onToggle={(open) => toggle(index, open)} />;
          }}
          columns="minmax(0, 1fr)"
          rowClassName="compact sb-tree-row"
          selectedIndex={cursorIndex === -1 ? undefined : cursorIndex}
          onSelect={(index) => useEvents.setState({ treeCursor: lines[index]?.key })}
          onOpen={(index) => {
            const line = lines[index];
            if (line?.kind === 'topic') toggleTopicFilter(line.filter);
            else if (line !== undefined && line.expanded !== undefined) toggle(index, !line.expanded);
          }}
          openOnClick
          tree={{
            levelOf: (index) => (lines[index]?.depth ?? 0) + 1,
            expandedOf: (index) => lines[index]?.expanded,
            onToggle: toggle,
          }}
        />
      </div>
      {menu !== undefined && <ContextMenu at={menu.at} label={t('treeMenu')} entries={entriesOf(menu.line)} onClose={closeMenu} />}
    </>
  );
}
