import type { ErrorCode, SignalboxError } from '../../../../common/errors.ts';
import type { TargetKind } from '../model/kept-items.ts';

/** One line of what happened during a call. */
export interface TimelineEntry {
  readonly atMs: number;
  readonly kind: 'asked' | 'progress' | 'answered' | 'failed' | 'cancelled';
  readonly data?: unknown;
  readonly code?: ErrorCode;
}

/** One call and what came of it. */
export interface Run {
  readonly id: string;
  readonly method: string;
  readonly target: TargetKind;
  readonly timeoutMs: number;
  /** The text of the tab when it was sent, and what it stood for. */
  readonly text: string;
  readonly params: unknown;
  readonly startedAtMs: number;
  readonly state: 'running' | 'ok' | 'failed' | 'cancelled';
  readonly durationMs: number;
  readonly data: unknown;
  /** Size of the answer as compact JSON. */
  readonly bytes: number;
  readonly error: SignalboxError | undefined;
  readonly timeline: readonly TimelineEntry[];
  /** Progress messages that are no longer kept. */
  readonly timelineDropped: number;
}
