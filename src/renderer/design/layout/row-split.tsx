import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';

interface TopRowProps {
  /** Remembered under this name. */
  readonly name: string;
  /** As long as nobody has moved the line. */
  readonly initialHeight: number;
  readonly minHeight: number;
  /** What the part below keeps at least, in px. */
  readonly minHeightBelow: number;
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string;
}

const storageKey = (name: string) => `signalbox.split.${name}`;

/** The upper part of a column; the line below it can be dragged, or moved with the arrow keys, and stays where it is put. */
export function TopRow(props: TopRowProps) {
  const [chosen, setChosen] = useState(() => Number(localStorage.getItem(storageKey(props.name))) || undefined);
  const height = chosen ?? props.initialHeight;
  const row = useRef<HTMLDivElement>(null);
  const drag = useRef<{ readonly startY: number; readonly startHeight: number } | undefined>(undefined);
  const change = (next: number) => {
    const room = (row.current?.parentElement?.clientHeight ?? Number.POSITIVE_INFINITY) - props.minHeightBelow;
    const bounded = Math.round(Math.max(props.minHeight, Math.min(room, next)));
    setChosen(bounded);
    localStorage.setItem(storageKey(props.name), String(bounded));
  };
  const onPointerDown = (event: PointerEvent<HTMLHRElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { startY: event.clientY, startHeight: row.current?.offsetHeight ?? height };
  };
  const onKeyDown = (event: KeyboardEvent<HTMLHRElement>) => {
    if (event.key === 'ArrowUp') change(height - 16);
    else if (event.key === 'ArrowDown') change(height + 16);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div
        ref={row}
        className={props.className}
        style={{ height, flex: 'none', minHeight: props.minHeight, maxHeight: `calc(100% - ${props.minHeightBelow}px)` }}
      >
        {props.children}
      </div>
      <hr
        className="sb-divider-row"
        aria-orientation="horizontal"
        aria-label={props.label}
        aria-valuenow={height}
        aria-valuemin={props.minHeight}
        tabIndex={0}
        onPointerDown={onPointerDown}
        onPointerMove={(event) => {
          if (drag.current !== undefined) change(drag.current.startHeight + event.clientY - drag.current.startY);
        }}
        onPointerUp={() => {
          drag.current = undefined;
        }}
        onKeyDown={onKeyDown}
      />
    </>
  );
}
