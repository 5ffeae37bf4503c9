import { type ReactNode, useRef } from 'react';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { IconArrowDown, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { feed } from '../../../state/feed-store.ts';
import { formatCount } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { jumpToNewest } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { clockOf } from '../model/clock.ts';
import { topicCell } from './topic-text.tsx';

const columns = '84px 8px clamp(140px, 27%, 300px) minmax(0, 1fr) 52px';

/** The live tail: the newest event at the foot, followed until the reader scrolls up. */
export function EventList() {
  const { t } = useTranslation('events');
  const selected = useEvents((state) => state.selected);
  const following = useEvents((state) => state.following);
  const paused = useEvents((state) => state.paused);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const rowHeight = useRowHeight('--sb-tree-row');
  const { view } = feed;
  const nameOf = useNodeNames();
  const errorWord = t('errorEvent');
  const selectedIndex = selected === undefined ? -1 : view.indexOf(selected);
  const select = (index: number) => {
    const sequence = view.sequenceAt(index);
    if (feed.ring.kindOf(sequence) === 'gap') useEvents.setState({ selected: sequence, inspecting: false, following: false });
    else useEvents.setState({ selected: sequence, inspecting: true, following: false });
  };
  return (
    <div className="sb-col sb-grow sb-events-list" data-stale={!connected || undefined}>
      <VirtualList
        label={t('list')}
        count={view.count}
        rowHeight={rowHeight}
        keyOf={(index) => view.sequenceAt(index)}
        renderRow={(index) => eventRow(view.sequenceAt(index), errorWord, nameOf)}
        columns={columns}
        rowClassName="compact"
        selectedIndex={selectedIndex === -1 ? undefined : selectedIndex}
        onSelect={select}
        onOpen={() => useEvents.setState({ inspecting: true })}
        followTail={following && !paused}
        onFollowChange={(next) => useEvents.setState({ following: next })}
        dropped={view.dropped}
        head={
          <div className="sb-head" aria-hidden="true" style={{ gridTemplateColumns: columns }}>
            <span>{t('time')}</span>
            <span />
            <span>{t('topic')}</span>
            <span>{t('payload')}</span>
            <span className="sb-r">{t('bytes')}</span>
          </div>
        }
      />
      {!following && <JumpButton />}
    </div>
  );
}

/** Leads back to the tail and says how many rows have come since it was left. */
function JumpButton() {
  const { t } = useTranslation('events');
  const leftAt = useRef(feed.ring.end);
  const since = feed.ring.end - leftAt.current;
  return (
    <button type="button" className="sb-events-jump sb-float" onClick={jumpToNewest}>
      <IconArrowDown size={14} stroke={1.6} />
      {t('jumpToNewest')}
      {since > 0 && <span className="sb-3 sb-num">{formatCount(since)}</span>}
    </button>
  );
}

/** The cells of a row. Not a component: hooks and memo would cost more than the five cells do. */
function eventRow(sequence: number, errorWord: string, nameOf: (nodeId: string) => string): ReactNode {
  const { ring } = feed;
  const kind = ring.kindOf(sequence);
  if (kind === 'gap') return <GapRow sequence={sequence} />;
  const topic = ring.topicOf(sequence);
  const color = feed.subscriptionOf(topic)?.color;
  return (
    <>
      <span>{clockOf(ring.timestampOf(sequence))}</span>
      {kind === 'error' ? (
        <span className="sb-events-shape" title={errorWord}>
          <StateShape kind="failed" />
        </span>
      ) : (
        <i className="sb-swatch" style={{ background: `var(--sb-${color ?? 'idle'})` }} />
      )}
      {topicCell(topic, ring.originOf(sequence), nameOf)}
      <span className={kind === 'error' ? 'sb-mono sb-crit' : 'sb-mono sb-2'}>{ring.previewOf(sequence)}</span>
      <span className="sb-r sb-3">{ring.sizeOf(sequence)}</span>
    </>
  );
}

function GapRow({ sequence }: { readonly sequence: number }) {
  const { t } = useTranslation('events');
  const gap = feed.ring.gapOf(sequence);
  if (gap === undefined) return null;
  const missing = { count: gap.missing ?? 0, amount: formatCount(gap.missing ?? 0) };
  const text =
    gap.reason === 'reconnect' ? t('gap_reconnect', { from: clockOf(gap.fromMs), to: clockOf(gap.toMs) }) : t(`gap_${gap.reason}`, missing);
  return (
    <>
      <span className="sb-3">{clockOf(gap.fromMs)}</span>
      <span className="sb-events-shape">
        <StateShape kind={gap.reason === 'paused' ? 'paused' : 'unknown'} />
      </span>
      <span className="sb-events-gap sb-3">{text}</span>
    </>
  );
}
