import './figure.css';
import type { ReactNode } from 'react';

/** The figures of now in a strip (look.md section 3): widths are fixed, so that nothing moves when a value changes. */
export function FigureStrip(props: { readonly label: string; readonly children: ReactNode }) {
  return (
    <section className="sb-figures" aria-label={props.label}>
      {props.children}
    </section>
  );
}

/** One figure: what it is, the number with its unit, and what it stands beside. */
export function Figure(props: {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly tone?: 'warn' | 'crit';
  /** A state, before the number. */
  readonly shape?: ReactNode;
  readonly spark?: ReactNode;
  readonly sub: string;
}) {
  return (
    <div className="sb-figure">
      <div className="sb-cap">{props.label}</div>
      <div className="sb-figure-line">
        {props.shape}
        <span className={`sb-figure-value${props.tone === undefined ? '' : ` sb-${props.tone}`}`}>{props.value}</span>
        {props.unit !== undefined && <span className="sb-2">{props.unit}</span>}
        {props.spark}
      </div>
      <div className="sb-3 sb-num sb-clip" title={props.sub}>
        {props.sub}
      </div>
    </div>
  );
}
