import type { ReactNode } from 'react';

/** The 40 px bar of a view: title, one-line count, space, acts. */
export function ViewBar(props: { readonly title: string; readonly detail?: ReactNode; readonly children?: ReactNode }) {
  return (
    <header className="sb-viewbar">
      <h1>{props.title}</h1>
      {props.detail !== undefined && <span className="sb-3 sb-clip">{props.detail}</span>}
      <span className="sb-grow" />
      {props.children}
    </header>
  );
}

export interface TabItem<T extends string> {
  readonly id: T;
  readonly label: string;
  readonly count?: number | undefined;
  /** Unsaved: a dot after the word. */
  readonly dirty?: boolean;
}

/** Words with an underline; arrow keys move, as the tab pattern of ARIA asks. */
export function TabBar<T extends string>(props: {
  readonly label: string;
  readonly items: readonly TabItem<T>[];
  readonly current: T;
  readonly onChange: (id: T) => void;
  readonly end?: ReactNode;
  readonly panelId?: string;
}) {
  const move = (step: number) => {
    const index = props.items.findIndex((item) => item.id === props.current);
    const next = props.items[(index + step + props.items.length) % props.items.length];
    if (next !== undefined) props.onChange(next.id);
  };
  return (
    <div className="sb-tabs">
      <div role="tablist" aria-label={props.label} className="sb-tablist">
        {props.items.map((item) => (
          <button
            key={item.id}
            type="button"
            role="tab"
            aria-selected={item.id === props.current}
            {...(props.panelId !== undefined && { 'aria-controls': props.panelId })}
            tabIndex={item.id === props.current ? 0 : -1}
            ref={(element) => {
              if (item.id === props.current && element?.parentElement?.contains(document.activeElement) === true) element.focus();
            }}
            onClick={() => props.onChange(item.id)}
            onKeyDown={(event) => {
              if (event.key === 'ArrowRight') move(1);
              else if (event.key === 'ArrowLeft') move(-1);
            }}
          >
            {item.label}
            {item.count !== undefined && <span className="sb-3">{item.count.toLocaleString('en')}</span>}
            {item.dirty === true && <span aria-hidden="true">•</span>}
          </button>
        ))}
      </div>
      <span className="sb-grow" />
      {props.end}
    </div>
  );
}

/** A 32 px strip: bold fact, consequence, one act at the right (look.md section 7). */
export function Strip(props: {
  readonly tone: 'warn' | 'crit' | 'mode';
  readonly icon?: ReactNode;
  readonly fact: ReactNode;
  readonly children?: ReactNode;
  readonly act?: ReactNode;
}) {
  return (
    <div className={`sb-strip ${props.tone}`} role={props.tone === 'crit' ? 'alert' : 'status'}>
      {props.icon}
      <span className="sb-clip">
        <b>{props.fact}</b> {props.children}
      </span>
      <span className="sb-grow" />
      {props.act}
    </div>
  );
}

/** Label and value pairs of an inspector. */
export function KeyValues(props: { readonly items: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="sb-kv">
      {props.items.map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{label}</dt>
          <dd className="sb-select">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
