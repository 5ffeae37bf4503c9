import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';

/**
 * A list that draws only the rows in sight: plain divs, never a component of the library inside a row (ui.md 3.2).
 * Arrow keys, Home, End and Page keys move the selection; Enter opens it.
 */
export function VirtualList(props: {
  readonly label: string;
  readonly count: number;
  readonly rowHeight: number;
  readonly keyOf: (index: number) => string | number;
  readonly renderRow: (index: number) => ReactNode;
  /** CSS grid template shared with the head. */
  readonly columns: string;
  readonly rowClassName?: string;
  readonly selectedIndex?: number | undefined;
  readonly onSelect?: (index: number) => void;
  readonly onOpen?: (index: number) => void;
  /** Keep the last row in sight as rows come, until the reader scrolls up. */
  readonly followTail?: boolean;
  readonly onFollowChange?: (following: boolean) => void;
  readonly head?: ReactNode;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: props.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => props.rowHeight,
    overscan: 6,
    getItemKey: props.keyOf,
  });
  const follow = props.followTail === true;
  useEffect(() => {
    if (follow && props.count > 0) virtualizer.scrollToIndex(props.count - 1, { align: 'end' });
  }, [follow, props.count, virtualizer]);
  const select = (index: number) => {
    const bounded = Math.max(0, Math.min(props.count - 1, index));
    props.onSelect?.(bounded);
    virtualizer.scrollToIndex(bounded);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const current = props.selectedIndex ?? -1;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / props.rowHeight) - 1);
    const moves: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current < 0 ? props.count - 1 : current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: props.count - 1,
    };
    const next = moves[event.key];
    if (next !== undefined && props.count > 0) {
      event.preventDefault();
      select(next);
    } else if (event.key === 'Enter' && current >= 0) {
      event.preventDefault();
      props.onOpen?.(current);
    }
  };
  return (
    <div
      ref={scroller}
      className="sb-scroll"
      role="listbox"
      aria-label={props.label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        const atEnd = scrollHeight - scrollTop - clientHeight < props.rowHeight * 1.5;
        if (atEnd !== follow) props.onFollowChange?.(atEnd);
      }}
      {...(props.selectedIndex !== undefined && { 'aria-activedescendant': `row-${props.keyOf(props.selectedIndex)}` })}
    >
      {props.head}
      <div className="sb-list" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => (
          // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the list, aria-activedescendant names the row
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the list
          <div
            key={item.key}
            id={`row-${item.key}`}
            role="option"
            aria-selected={item.index === props.selectedIndex}
            aria-setsize={props.count}
            aria-posinset={item.index + 1}
            className={`sb-row ${props.rowClassName ?? ''}`}
            style={{ gridTemplateColumns: props.columns, height: props.rowHeight, transform: `translateY(${item.start}px)` }}
            onClick={() => props.onSelect?.(item.index)}
            onDoubleClick={() => props.onOpen?.(item.index)}
          >
            {props.renderRow(item.index)}
          </div>
        ))}
      </div>
    </div>
  );
}
