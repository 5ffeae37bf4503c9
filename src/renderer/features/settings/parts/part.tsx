import type { ReactNode } from 'react';

/** A titled part of a section. */
export function Part(props: { readonly title: string; readonly help?: string; readonly children: ReactNode }) {
  return (
    <section className="st-part" aria-label={props.title}>
      <h3 className="sb-h">{props.title}</h3>
      {props.help !== undefined && <p className="sb-3 st-help">{props.help}</p>}
      {props.children}
    </section>
  );
}
