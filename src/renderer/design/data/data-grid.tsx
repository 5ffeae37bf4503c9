import './data-grid.css';
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useReducer, useRef } from 'react';
import { IconArrowDown, IconArrowUp } from '../icons/index.ts';
import { useListWindow } from './list-window.ts';
import { atPointer, belowRow, isMenuKey, type Place } from './row-place.ts';

export interface DataGridColumn<Id extends string = string> {
  readonly id: Id;
  readonly title: string;
  /** What the short title stands for, as a tooltip. */
  readonly hint?: string;
  /** A CSS grid track: `minmax(0, 1fr)`, `96px`. */
  readonly width: string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
}

export interface DataGridProps<Id extends string> {
  readonly label: string;
  readonly columns: readonly DataGridColumn<Id>[];
  readonly sort: { readonly column: Id; readonly descending: boolean };
  readonly onSort: (column: Id) => void;
  readonly count: number;
  /** Height in px, the same for every row. */
  readonly rowHeight: number;
  readonly keyOf: (index: number) => string;
  /** The cells of a row, one `role="gridcell"` for each column. */
  readonly renderRow: (index: number) => ReactNode;
  /** The row that the keys move; undefined before one was reached. */
  readonly cursor: number | undefined;
  readonly onCursor: (index: number) => void;
  readonly selected: number | undefined;
  /** Space. */
  readonly onToggle: (index: number) => void;
  /** Enter, and a click. */
  readonly onOpen: (index: number) => void;
  /** The right button, or the menu key; where the menu belongs. Absent: rows have no menu. */
  readonly onMenu?: (index: number, at: Place) => void;
}

/**
 * A table of many rows that is sorted by its heads and chosen from: only the rows in sight are drawn. Arrow keys, Home, End
 * and Page keys move the cursor, Space selects, Enter opens, the menu key opens the menu. In the head Left and Right go from
 * column to column.
 */
export function DataGrid<Id extends string>(props: DataGridProps<Id>) {
  const scroller = useRef<HTMLDivElement>(null);
  const idPrefix = useId();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const view = useListWindow({ scroller, redraw, count: props.count, rowHeight: props.rowHeight });
  // Before the browser paints: a list that has shrunk never shows a frame of nothing.
  useLayoutEffect(view.settle);
  const { selected } = props;
  const selectedKey = selected === undefined ? undefined : props.keyOf(selected);
  // What is selected from elsewhere, by link or palette, comes into sight; what only changes its place does not move the list.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another row counts
  useEffect(() => {
    if (selected !== undefined) view.reveal(selected);
  }, [selectedKey]);
  const rowId = (index: number) => `${idPrefix}-${props.keyOf(index)}`;
  const { cursor, onMenu } = props;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || props.count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = moved(event.key, cursor, props.count, view.pageRows);
    if (target !== undefined) {
      props.onCursor(target);
      view.reveal(target);
    } else if (cursor === undefined) return;
    else if (event.key === 'Enter') props.onOpen(cursor);
    else if (event.key === ' ') props.onToggle(cursor);
    else if (onMenu !== undefined && isMenuKey(event)) onMenu(cursor, belowRow(rowId(cursor)));
    else return;
    event.preventDefault();
  };
  const shown = Array.from({ length: view.end - view.start }, (_, offset) => view.start + offset);
  const cursorIsDrawn = cursor !== undefined && cursor >= view.start && cursor < view.end;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot draw only the rows in sight
    <div
      ref={scroller}
      className="sb-scroll sb-virtual sb-grid"
      role="grid"
      aria-label={props.label}
      aria-rowcount={props.count + 1}
      aria-colcount={props.columns.length}
      tabIndex={0}
      onKeyDown={onKeyDown}
      {...(onMenu !== undefined && { onContextMenu: (event) => atPointer(event, onMenu) })}
      onScroll={view.onScroll}
      style={
        { '--sb-columns': props.columns.map(({ width }) => width).join(' '), '--sb-list-row': `${props.rowHeight}px` } as CSSProperties
      }
      {...(cursorIsDrawn && { 'aria-activedescendant': rowId(cursor) })}
    >
      <Head columns={props.columns} sort={props.sort} onSort={props.onSort} />
      {/* biome-ignore lint/a11y/useSemanticElements: as the grid */}
      <div className="sb-list" role="rowgroup" style={{ height: props.count * props.rowHeight }}>
        {shown.map((index) => (
          // biome-ignore lint/a11y/useSemanticElements: as the grid
          // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its row
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the grid
          <div
            key={props.keyOf(index)}
            id={rowId(index)}
            role="row"
            className="sb-row"
            style={{ transform: `translateY(${index * props.rowHeight}px)` }}
            aria-rowindex={index + 2}
            aria-selected={index === selected}
            data-index={index}
            data-cursor={index === cursor || undefined}
            onClick={() => {
              props.onCursor(index);
              props.onOpen(index);
            }}
          >
            {props.renderRow(index)}
          </div>
        ))}
      </div>
    </div>
  );
}

function Head<Id extends string>({ columns, sort, onSort }: Pick<DataGridProps<Id>, 'columns' | 'sort' | 'onSort'>) {
  // One stop of the Tab key for all heads.
  const stop = columns.some(({ id }) => id === sort.column) ? sort.column : columns[0]?.id;
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the grid
    // biome-ignore lint/a11y/useFocusableInteractive: its buttons are
    <div className="sb-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: 'var(--sb-columns)' }} onKeyDown={moveInHead}>
      {columns.map((column) => {
        const sorted = column.id === sort.column;
        const Arrow = sort.descending ? IconArrowDown : IconArrowUp;
        return (
          // biome-ignore lint/a11y/useSemanticElements: as the grid
          // biome-ignore lint/a11y/useFocusableInteractive: its button is
          <div
            key={column.id}
            role="columnheader"
            className={column.right === true ? 'sb-r' : undefined}
            {...(sorted && { 'aria-sort': sort.descending ? 'descending' : 'ascending' })}
          >
            <button
              type="button"
              className="sb-grid-sort"
              title={column.hint}
              tabIndex={column.id === stop ? 0 : -1}
              onClick={() => onSort(column.id)}
            >
              {column.title}
              {sorted && <Arrow size={12} stroke={1.6} />}
            </button>
          </div>
        );
      })}
    </div>
  );
}

function moveInHead(event: KeyboardEvent<HTMLDivElement>): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (step === 0) return;
  const buttons: (Element | null)[] = [...event.currentTarget.querySelectorAll('button')];
  const from = buttons.indexOf(document.activeElement);
  const next = buttons[from + step];
  if (next instanceof HTMLElement) next.focus();
  event.preventDefault();
}

/** Where a key moves the cursor; undefined when it does not. */
function moved(key: string, cursor: number | undefined, count: number, pageRows: number): number | undefined {
  const from = cursor ?? -1;
  const moves: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: cursor === undefined ? count - 1 : from - 1,
    PageDown: from + pageRows,
    PageUp: from - pageRows,
    Home: 0,
    End: count - 1,
  };
  const next = moves[key];
  return next === undefined ? undefined : Math.max(0, Math.min(count - 1, next));
}
