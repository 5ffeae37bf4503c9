import { type ReactNode, useLayoutEffect, useReducer, useRef } from 'react';
import { useListWindow } from './list-window.ts';

/** Line height of code in px (look.md section 3). */
const lineHeight = 18;
const blockPadding = 8;

/**
 * Lines of code, a hex dump or text, of which only those in sight are drawn: a value of a megabyte opens as fast as a
 * small one. As tall as its lines, and less where there is no room.
 */
export function CodeView(props: {
  readonly label: string;
  readonly count: number;
  readonly lineAt: (index: number) => ReactNode;
  readonly numbered?: boolean;
  /** Lines that get the ground of a change. */
  readonly changed?: ReadonlySet<number>;
}) {
  const scroller = useRef<HTMLElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const view = useListWindow({ scroller, redraw, count: props.count, rowHeight: lineHeight, mostRows: 120 });
  useLayoutEffect(view.settle);
  const shown = Array.from({ length: view.end - view.start }, (_, offset) => view.start + offset);
  return (
    <section
      ref={scroller}
      className="sb-code sb-code-view sb-select"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={props.label}
      onScroll={view.onScroll}
      style={{ height: props.count * lineHeight + 2 * blockPadding }}
    >
      <div className="sb-code-lines" style={{ height: props.count * lineHeight }}>
        {shown.map((index) => (
          <div
            key={index}
            className={props.changed?.has(index) === true ? 'sb-code-line changed' : 'sb-code-line'}
            style={{ transform: `translateY(${index * lineHeight}px)` }}
          >
            {props.numbered === true && <span className="ln">{index + 1}</span>}
            {props.lineAt(index)}
          </div>
        ))}
      </div>
    </section>
  );
}
