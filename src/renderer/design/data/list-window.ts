import { type RefObject, type UIEvent, useLayoutEffect, useRef } from 'react';

interface ListWindowOptions {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly redraw: () => void;
  readonly count: number;
  readonly rowHeight: number;
  readonly followTail?: boolean;
  readonly onFollowChange?: (following: boolean) => void;
  readonly dropped?: number;
  /** Row elements in the document at most, unless the window itself shows more. */
  readonly mostRows?: number;
}

export interface ListWindow {
  /** First row drawn, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Row elements that take turns. */
  readonly slots: number;
  /** Rows that a page key moves by. */
  readonly pageRows: number;
  /** There is more than fits. */
  readonly overflows: boolean;
  /** Moves the scroller to where the rows were drawn for. */
  settle(): void;
  onScroll(event: UIEvent<HTMLElement>): void;
  /** Brings a row into sight. */
  reveal(index: number): void;
}

/** Rows drawn beyond the edge, so that a short scroll finds them there. */
const overscan = 6;
/** ui.md section 5. */
const usualMostRows = 60;

/**
 * Which rows of a list are in sight, reckoned from numbers alone: nothing is measured while rows come, so that a beat
 * costs one layout and not two. The scroller is only read when it tells of a change.
 */
export function useListWindow(options: ListWindowOptions): ListWindow {
  const { scroller, count, rowHeight, redraw, mostRows = usualMostRows } = options;
  const follow = options.followTail === true;
  const dropped = options.dropped ?? 0;
  const at = useRef({ top: 0, viewport: 0, headHeight: 0, dropped });
  const latest = useRef(options);
  latest.current = options;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => {
      at.current.viewport = element.clientHeight;
      at.current.headHeight = element.querySelector<HTMLElement>('.sb-head')?.offsetHeight ?? 0;
      redraw();
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, redraw]);

  const room = Math.max(0, at.current.viewport - at.current.headHeight);
  const furthest = Math.max(0, count * rowHeight - room);
  // Rows that left at the front took their height with them; a smaller number is another list.
  const anchored = Math.max(0, at.current.top - Math.max(0, dropped - at.current.dropped) * rowHeight);
  const top = follow ? furthest : Math.min(anchored, furthest);
  const inSight = Math.ceil(room / rowHeight) + 1;
  const extra = Math.max(0, Math.min(overscan, Math.floor((mostRows - inSight) / 2)));
  const first = Math.floor(top / rowHeight);
  const start = Math.max(0, first - extra);
  const end = Math.min(count, first + inSight + extra);

  return {
    start,
    end,
    slots: inSight + 2 * extra,
    pageRows: Math.max(1, inSight - 2),
    overflows: furthest > 0,
    settle: () => {
      at.current.dropped = dropped;
      if (Math.abs(top - at.current.top) < 0.5) return;
      at.current.top = top;
      if (scroller.current !== null) scroller.current.scrollTop = top;
    },
    onScroll: (event) => {
      const { scrollTop } = event.currentTarget;
      const moved = Math.floor(scrollTop / rowHeight) !== Math.floor(at.current.top / rowHeight);
      const isOwn = Math.abs(scrollTop - at.current.top) < 1;
      at.current.top = scrollTop;
      if (!isOwn) {
        const distance = furthest - scrollTop;
        // Between the two nothing changes: a small step up from the end must not snap back.
        if (follow && distance > rowHeight * 1.5) latest.current.onFollowChange?.(false);
        else if (!follow && distance < 2) latest.current.onFollowChange?.(true);
      }
      if (moved) redraw();
    },
    reveal: (index) => {
      if (scroller.current === null) return;
      // As high as it is now: what is revealed may have brought a bar with it that the list was not measured with yet.
      at.current.viewport = scroller.current.clientHeight;
      const room = Math.max(0, at.current.viewport - at.current.headHeight);
      const rowTop = index * rowHeight;
      const target = Math.max(Math.min(at.current.top, rowTop), rowTop + rowHeight - room);
      if (target === at.current.top) return;
      if (target < at.current.top) latest.current.onFollowChange?.(false);
      at.current.top = target;
      scroller.current.scrollTop = target;
      redraw();
    },
  };
}
