import { type CSSProperties, type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useReducer, useRef } from 'react';
import { useListWindow } from './list-window.ts';
import { atPointer, belowRow, isMenuKey, type Place } from './row-place.ts';

/** What makes a list a tree: depth and openness of a line. */
export interface TreeShape {
  /** From 1 on. */
  readonly levelOf: (index: number) => number;
  /** Undefined for a leaf. */
  readonly expandedOf: (index: number) => boolean | undefined;
  readonly onToggle: (index: number, expanded: boolean) => void;
}

export interface VirtualListProps {
  readonly label: string;
  readonly count: number;
  /** Height in px, the same for every row. */
  readonly rowHeight: number;
  readonly keyOf: (index: number) => string | number;
  readonly renderRow: (index: number) => ReactNode;
  /** CSS grid template shared with the head. */
  readonly columns: string;
  readonly rowClassName?: string;
  readonly selectedIndex?: number | undefined;
  readonly onSelect?: (index: number) => void;
  readonly onOpen?: (index: number) => void;
  /** One click selects and opens; else a double click opens. */
  readonly openOnClick?: boolean;
  /** The right button, or the menu key; where the menu belongs. Absent: rows have no menu. */
  readonly onMenu?: (index: number, at: Place) => void;
  /** Keep the last row in sight as rows come, until the reader scrolls up. */
  readonly followTail?: boolean;
  readonly onFollowChange?: (following: boolean) => void;
  /** Rows that have left at the front so far: a reader who scrolled up stays at what he reads. */
  readonly dropped?: number;
  readonly head?: ReactNode;
  readonly tree?: TreeShape;
}

/**
 * A list that draws only the rows in sight: plain divs, never a component of the library inside a row (ui.md 3.2).
 * A row element stays and changes its text as the list moves on, because making elements is what a fast list pays for.
 * Arrow keys, Home, End and Page keys move the selection; Enter opens it; in a tree Right and Left open and close.
 */
export function VirtualList(props: VirtualListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const idPrefix = useId();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const view = useListWindow({ ...props, scroller, redraw });
  const rowId = (index: number) => `${idPrefix}-${props.keyOf(index)}`;
  const select = (index: number) => {
    const bounded = Math.max(0, Math.min(props.count - 1, index));
    props.onSelect?.(bounded);
    view.reveal(bounded);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (props.count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const current = props.selectedIndex ?? -1;
    const next = current >= 0 && props.tree !== undefined ? treeMove(event.key, current, props.tree) : undefined;
    const target = next ?? listMove(event.key, current, props.count, view.pageRows);
    if (target !== undefined) {
      event.preventDefault();
      if (target !== current) select(target);
      if (event.key === 'End') props.onFollowChange?.(true);
    } else if (event.key === 'Enter' && current >= 0) {
      event.preventDefault();
      props.onOpen?.(current);
    } else if (current >= 0 && props.onMenu !== undefined && isMenuKey(event)) {
      event.preventDefault();
      props.onMenu(current, belowRow(rowId(current)));
    }
  };
  const shown = Array.from({ length: view.end - view.start }, (_, offset) => view.start + offset);
  const selectedIsDrawn = props.selectedIndex !== undefined && props.selectedIndex >= view.start && props.selectedIndex < view.end;
  // Before the browser paints: a followed list never shows a frame of the old place.
  useLayoutEffect(view.settle);
  const isTree = props.tree !== undefined;
  const { onMenu } = props;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role is tree or listbox
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have a label
    <div
      ref={scroller}
      className="sb-scroll sb-virtual"
      role={isTree ? 'tree' : 'listbox'}
      aria-label={props.label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      {...(onMenu !== undefined && { onContextMenu: (event) => atPointer(event, onMenu) })}
      onWheel={(event) => {
        if (event.deltaY < 0 && props.followTail === true && view.overflows) props.onFollowChange?.(false);
      }}
      onScroll={view.onScroll}
      style={{ '--sb-columns': props.columns, '--sb-list-row': `${props.rowHeight}px` } as CSSProperties}
      {...(selectedIsDrawn && { 'aria-activedescendant': rowId(props.selectedIndex ?? 0) })}
    >
      {props.head}
      <div className="sb-list" role="presentation" style={{ height: props.count * props.rowHeight }}>
        {shown.map((index) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: its role is treeitem or option; focus stays on the list
          // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have position and selection
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the list
          <div
            key={index % view.slots}
            id={rowId(index)}
            className={`sb-row ${props.rowClassName ?? ''}`}
            style={{ transform: `translateY(${index * props.rowHeight}px)` }}
            onClick={() => {
              props.onSelect?.(index);
              if (props.openOnClick === true) props.onOpen?.(index);
            }}
            onDoubleClick={() => {
              if (props.openOnClick !== true) props.onOpen?.(index);
            }}
            aria-selected={index === props.selectedIndex}
            data-index={index}
            aria-setsize={props.count}
            aria-posinset={index + 1}
            {...(props.tree === undefined
              ? { role: 'option' }
              : { role: 'treeitem', 'aria-level': props.tree.levelOf(index), 'aria-expanded': props.tree.expandedOf(index) })}
          >
            {props.renderRow(index)}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Where a key moves the selection in any list; undefined when it does not. */
function listMove(key: string, current: number, count: number, pageRows: number): number | undefined {
  const moves: Record<string, number> = {
    ArrowDown: current + 1,
    ArrowUp: current < 0 ? count - 1 : current - 1,
    PageDown: current + pageRows,
    PageUp: current - pageRows,
    Home: 0,
    End: count - 1,
  };
  const next = moves[key];
  return next === undefined ? undefined : Math.max(0, Math.min(count - 1, next));
}

/** Right opens or goes in, Left closes or goes to the parent, as the tree pattern of ARIA asks. Acts at once; says where to go. */
function treeMove(key: string, current: number, tree: TreeShape): number | undefined {
  const expanded = tree.expandedOf(current);
  if (key === 'ArrowRight') {
    if (expanded === true) return current + 1;
    if (expanded === false) tree.onToggle(current, true);
    return current;
  }
  if (key !== 'ArrowLeft') return undefined;
  if (expanded === true) {
    tree.onToggle(current, false);
    return current;
  }
  const level = tree.levelOf(current);
  for (let index = current - 1; index >= 0; index--) if (tree.levelOf(index) < level) return index;
  return current;
}
