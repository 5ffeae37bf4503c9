import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import type { ErrorCode, SignalboxError } from '../../../../common/errors.ts';
import type { GatheredResults } from '../../../../common/wire/messages.ts';
import type { RequestTarget } from '../model/target.ts';

/** One line of what happened during a call. */
export interface TimelineEntry {
  readonly atMs: number;
  readonly kind: 'asked' | 'progress' | 'answered' | 'failed' | 'cancelled';
  readonly data?: unknown;
  readonly code?: ErrorCode;
}

export type NodeResult = GatheredResults['results'][number];

/** What one node said to a gathered call. */
export interface NodePart {
  readonly result: NodeResult;
  /** From sending to its arrival here. */
  readonly afterMs: number;
}

/** One call and what came of it. */
export interface Run {
  readonly id: string;
  readonly method: string;
  readonly target: RequestTarget;
  /** The nodes that the target stood for when it was sent, as they were then; none where the router chooses. */
  readonly asked: readonly NodeInfo[];
  /** The node whose answer or error this is; undefined until then, and where no node answered. */
  readonly answeredBy: string | undefined;
  /** Of a gathered call: each node's part as it came. */
  readonly parts: readonly NodePart[];
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
