/** The state vocabulary (look.md section 6): shape first, then the word, then colour. Each is recognisable in grey. */
import type { ReactNode } from 'react';

export type StateKind =
  | 'online'
  | 'offline'
  | 'unknown'
  | 'warn'
  | 'lagging'
  | 'failed'
  | 'leader'
  | 'running'
  | 'draining'
  | 'paused'
  | 'valid'
  | 'invalid';

const colours: Record<StateKind, string> = {
  online: 'ok',
  offline: 'idle',
  unknown: 'idle',
  warn: 'warn',
  lagging: 'warn',
  failed: 'crit',
  leader: 'accent',
  running: 'accent',
  draining: 'idle',
  paused: 'idle',
  valid: 'ok',
  invalid: 'crit',
};

const shapes: Record<StateKind, ReactNode> = {
  online: <circle cx="6" cy="6" r="4" fill="currentColor" />,
  offline: (
    <g fill="none" stroke="currentColor" strokeWidth="1.4">
      <circle cx="6" cy="6" r="4.2" />
      <path d="M3.2 8.8 8.8 3.2" />
    </g>
  ),
  unknown: (
    <g>
      <circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" strokeWidth="1.2" strokeDasharray="2 1.6" />
      <path d="M4.7 4.9a1.35 1.35 0 1 1 1.9 1.2c-.4.2-.6.5-.6.9" fill="none" stroke="currentColor" strokeWidth="1" />
      <circle cx="6" cy="8.5" r=".65" fill="currentColor" />
    </g>
  ),
  warn: (
    <g>
      <path d="M6 .9 11.4 10.6H.6Z" fill="currentColor" />
      <path d="M6 4.2v3" stroke="var(--sb-panel)" strokeWidth="1.3" />
      <circle cx="6" cy="8.8" r=".75" fill="var(--sb-panel)" />
    </g>
  ),
  lagging: (
    <g>
      <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M6 1.8a4.2 4.2 0 0 0 0 8.4Z" fill="currentColor" />
    </g>
  ),
  failed: (
    <g>
      <path d="M3.8.8h4.4l3 3v4.4l-3 3H3.8l-3-3V3.8Z" fill="currentColor" />
      <path d="m4.2 4.2 3.6 3.6m0-3.6L4.2 7.8" stroke="var(--sb-panel)" strokeWidth="1.3" />
    </g>
  ),
  leader: <path d="m6 .8 1.6 3.4 3.7.5-2.7 2.6.7 3.7L6 9.2 2.7 11l.7-3.7L.7 4.7l3.7-.5Z" fill="currentColor" />,
  running: (
    <path d="M6 1.6A4.4 4.4 0 1 1 1.6 6" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" className="sb-turn" />
  ),
  draining: <path d="M6 1v6M3.4 4.8 6 7.4l2.6-2.6M2 10.6h8" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  paused: <path d="M3.8 2v8M8.2 2v8" stroke="currentColor" strokeWidth="2" />,
  valid: (
    <g fill="none" stroke="currentColor" strokeWidth="1.2">
      <path d="M6 .8 10.6 2.4v3.4c0 2.7-1.8 4.6-4.6 5.5C3.2 10.4 1.4 8.5 1.4 5.800V2.400Z" />
      <path d="m4 5.9 1.5 1.500L8.2 4.6" />
    </g>
  ),
  invalid: (
    <g fill="none" stroke="currentColor" strokeWidth="1.2">
      <path d="M6 .8 10.6 2.4v3.4c0 2.7-1.8 4.6-4.6 5.5C3.2 10.4 1.4 8.5 1.4 5.800V2.400Z" />
      <path d="m4.3 4.3 3.4 3.400m0-3.400L4.3 7.7" />
    </g>
  ),
};

/** One 12 px shape. Decorative: the word beside it carries the meaning for screen readers. */
export function StateShape({ kind }: { readonly kind: StateKind }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" color={`var(--sb-${colours[kind]})`}>
      {shapes[kind]}
    </svg>
  );
}

/** Shape and word. The word is coloured for warn and crit only. */
export function StateLabel({ kind, children }: { readonly kind: StateKind; readonly children: ReactNode }) {
  const colour = colours[kind];
  return (
    <span className={`sb-state${colour === 'warn' || colour === 'crit' ? ` sb-${colour}` : ''}`}>
      <StateShape kind={kind} />
      {children}
    </span>
  );
}
