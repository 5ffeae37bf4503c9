import { type KeyboardEvent, type PointerEvent, type ReactNode, useCallback, useRef, useState } from 'react';

interface SplitProps {
  /** Remembered under this name. */
  readonly name: string;
  readonly side: 'left' | 'right';
  readonly initialWidth: number;
  readonly minWidth: number;
  readonly maxWidth: number;
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string;
}

const storageKey = (name: string) => `signalbox.split.${name}`;

/** A side column that can be dragged, or moved with the arrow keys, and keeps its width. */
export function SideColumn(props: SplitProps) {
  const [width, setWidth] = useState(() => clamp(Number(localStorage.getItem(storageKey(props.name))) || props.initialWidth, props));
  const drag = useRef<{ readonly startX: number; readonly startWidth: number } | undefined>(undefined);
  const change = useCallback(
    (next: number) => {
      const bounded = clamp(next, props);
      setWidth(bounded);
      localStorage.setItem(storageKey(props.name), String(bounded));
    },
    [props],
  );
  const direction = props.side === 'left' ? 1 : -1;
  const onPointerDown = (event: PointerEvent<HTMLHRElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { startX: event.clientX, startWidth: width };
  };
  const onPointerMove = (event: PointerEvent<HTMLHRElement>) => {
    if (drag.current !== undefined) change(drag.current.startWidth + direction * (event.clientX - drag.current.startX));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLHRElement>) => {
    if (event.key === 'ArrowLeft') change(width - direction * 16);
    else if (event.key === 'ArrowRight') change(width + direction * 16);
  };
  const handle = (
    <hr
      className="sb-divider"
      aria-orientation="vertical"
      aria-label={props.label}
      aria-valuenow={width}
      aria-valuemin={props.minWidth}
      aria-valuemax={props.maxWidth}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        drag.current = undefined;
      }}
      onKeyDown={onKeyDown}
    />
  );
  return (
    <>
      {props.side === 'right' && handle}
      <div className={props.className} style={{ width, flex: 'none' }}>
        {props.children}
      </div>
      {props.side === 'left' && handle}
    </>
  );
}

function clamp(width: number, bounds: { readonly minWidth: number; readonly maxWidth: number }): number {
  return Math.min(bounds.maxWidth, Math.max(bounds.minWidth, width));
}
