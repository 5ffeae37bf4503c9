import type { ReactNode } from 'react';

/** What is taller than its place. It takes the focus itself, so that the arrow keys scroll it whatever it holds. */
export function ScrollArea(props: { readonly label: string; readonly children: ReactNode; readonly className?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={`sb-scroll sb-scroll-area ${props.className ?? ''}`} tabIndex={0} aria-label={props.label}>
      {props.children}
    </section>
  );
}
