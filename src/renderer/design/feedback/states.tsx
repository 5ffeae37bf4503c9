/** The four states that every view has (ui.md section 4): loading, empty, partial or stale, error. */
import { type ReactNode, useEffect, useState } from 'react';
import { StateShape } from '../icons/state-shape.tsx';
import { KeyValues } from '../layout/bars.tsx';

/** Skeleton rows after 150 ms; after 2 s who is asked, for how long, and Cancel. Never a full-page spinner. */
export function Loading(props: {
  readonly rows?: number;
  readonly asking: (seconds: string) => string;
  readonly cancelLabel: string;
  readonly onCancel?: () => void;
}) {
  const [startedAtMs] = useState(() => Date.now());
  const [nowMs, setNowMs] = useState(startedAtMs);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 200);
    return () => clearInterval(timer);
  }, []);
  const waitedMs = nowMs - startedAtMs;
  return (
    <div aria-busy="true" className="sb-scroll">
      {Array.from({ length: props.rows ?? 6 }, (_, index) => index).map((row) => (
        <div key={row} className="sb-row sb-skeleton" style={{ gridTemplateColumns: '2fr 1fr 3fr' }}>
          <i style={{ width: `${70 - (row % 3) * 14}%` }} />
          <i style={{ width: '60%' }} />
          <i style={{ width: `${90 - (row % 4) * 15}%` }} />
        </div>
      ))}
      {waitedMs >= 2_000 && (
        <div className="sb-flex" role="status" style={{ padding: 12 }}>
          <StateShape kind="running" />
          <span>{props.asking((waitedMs / 1000).toFixed(1))}</span>
          {props.onCancel !== undefined && (
            <button type="button" className="sb-link" onClick={props.onCancel}>
              {props.cancelLabel}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Why there is nothing, one act, the same from a terminal. */
export function Empty(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
  readonly act?: ReactNode;
  readonly terminal?: { readonly label: string; readonly command: string };
}) {
  return (
    <div className="sb-empty">
      <span className="sb-3">{props.icon}</span>
      <h2>{props.title}</h2>
      <p>{props.children}</p>
      {props.act !== undefined && <div className="sb-flex">{props.act}</div>}
      {props.terminal !== undefined && (
        <p>
          {props.terminal.label}
          <br />
          <code className="sb-mono sb-select">{props.terminal.command}</code>
        </p>
      )}
    </div>
  );
}

/** What failed, what it means, the facts, and what can be done. Replaces only the part that failed. */
export function ErrorPanel(props: {
  readonly title: string;
  readonly meaning: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly acts: ReactNode;
}) {
  return (
    <div className="sb-error" role="alert">
      <h2 className="sb-flex">
        <StateShape kind="failed" />
        {props.title}
      </h2>
      <p className="sb-2">{props.meaning}</p>
      <KeyValues items={props.facts} />
      <div className="sb-flex">{props.acts}</div>
    </div>
  );
}
