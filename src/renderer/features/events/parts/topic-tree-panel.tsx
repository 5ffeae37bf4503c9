import { type ReactNode, useMemo } from 'react';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { IconChevronDown, IconChevronRight } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { toggleTopicFilter } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { topicOfFilter } from '../model/filter.ts';
import { shortValue, type TopicRow } from '../model/topic-tree.ts';
import type { TopicTreeState } from './use-topic-tree.ts';

/** How long a line that changed keeps its ground (look.md section 3). */
const flashMs = 400;
const indentPx = 14;

/** The topics of the node as a tree; a line narrows the filter to itself and what is under it. */
export function TopicTreePanel({ topics }: { readonly topics: TopicTreeState }) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const { tree, version, loading, error, retry } = topics;
  const expanded = useEvents((state) => state.expanded);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version says that the tree, which stays the same object, has changed
  const rows = useMemo(() => tree.rows(expanded), [tree, version, expanded]);
  return (
    <section className="sb-col sb-grow sb-events-topics" aria-labelledby="events-topics">
      <div className="sb-events-section">
        <h2 id="events-topics" className="sb-cap">
          {t('topics')}
        </h2>
        <span className="sb-cap sb-num">{t('topicCount', { amount: formatCount(tree.size) })}</span>
      </div>
      {error !== undefined && (
        <p className="sb-events-note sb-warn">
          {t('topicsFailed')}{' '}
          <button type="button" className="sb-link" onClick={retry}>
            {common('tryAgain')}
          </button>
        </p>
      )}
      {rows.length === 0 && !loading && error === undefined && <p className="sb-events-note sb-3">{t('topicsEmpty')}</p>}
      {rows.length > 0 && <Tree rows={rows} expanded={expanded} />}
      {tree.omitted > 0 && <p className="sb-events-note sb-3">{t('topicsOmitted', { amount: formatCount(tree.omitted) })}</p>}
    </section>
  );
}

function Tree({ rows, expanded }: { readonly rows: readonly TopicRow[]; readonly expanded: ReadonlySet<string> }) {
  const { t } = useTranslation('events');
  const filterText = useEvents((state) => state.filterText);
  const cursor = useEvents((state) => state.treeCursor);
  const rowHeight = useRowHeight('--sb-tree-row');
  const narrowed = topicOfFilter(filterText);
  const toggle = (index: number, open: boolean) => {
    const key = rows[index]?.key;
    if (key === undefined) return;
    const next = new Set(expanded);
    if (open) next.add(key);
    else next.delete(key);
    useEvents.setState({ expanded: next });
  };
  const cursorIndex = rows.findIndex((row) => row.key === cursor);
  const nowMs = Date.now();
  return (
    <VirtualList
      label={t('topicTree')}
      count={rows.length}
      rowHeight={rowHeight}
      keyOf={(index) => rows[index]?.key ?? index}
      renderRow={(index) => treeRow(rows[index], nowMs, narrowed, (open) => toggle(index, open))}
      columns="minmax(0, 1fr)"
      rowClassName="compact sb-tree-row"
      selectedIndex={cursorIndex === -1 ? undefined : cursorIndex}
      onSelect={(index) => useEvents.setState({ treeCursor: rows[index]?.key })}
      onOpen={(index) => {
        const row = rows[index];
        if (row !== undefined) toggleTopicFilter(row.filter);
      }}
      openOnClick
      tree={{
        levelOf: (index) => (rows[index]?.depth ?? 0) + 1,
        expandedOf: (index) => rows[index]?.expanded,
        onToggle: toggle,
      }}
    />
  );
}

function treeRow(row: TopicRow | undefined, nowMs: number, narrowed: string | undefined, toggle: (open: boolean) => void): ReactNode {
  if (row === undefined) return null;
  const { expanded } = row;
  const fresh = nowMs - row.changedAtMs < flashMs;
  return (
    <span className="sb-tree-cells" style={{ paddingLeft: row.depth * indentPx }} data-narrowed={narrowed === row.filter || undefined}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the pointer's way; the keyboard has Right and Left */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the tree */}
      <span
        className="sb-tree-twist"
        onClick={(event) => {
          if (expanded === undefined) return;
          event.stopPropagation();
          toggle(!expanded);
        }}
      >
        {expanded === true && <IconChevronDown size={12} stroke={1.8} />}
        {expanded === false && <IconChevronRight size={12} stroke={1.8} />}
      </span>
      <span className="sb-mono sb-clip">{row.label}</span>
      {/* The key changes with the value, so that the ground flashes once for each. */}
      <span key={fresh ? row.changedAtMs : 0} className={fresh ? 'sb-tree-value sb-flash sb-clip' : 'sb-tree-value sb-clip'}>
        {expanded === true ? '' : shortValue(row.lastValue)}
      </span>
      <span className="sb-num sb-3 sb-tree-count">{formatCount(row.count)}</span>
    </span>
  );
}
