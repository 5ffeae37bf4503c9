import type { ErrorShape } from '../../../../../common/errors.ts';
import type { Role } from '../../../../../common/roles.ts';
import type { Answer } from '../../protocol/index.ts';

/** Who asks, and with which rights. */
export interface Caller {
  readonly user: string;
  readonly roles: readonly Role[];
}

/** Messages that come without being asked for, as long as there is credit. */
export interface Subscription {
  /** @returns the credit that is open now */
  credit(more: number): number;
  /** Ends it without a word to the client. */
  end(): void;
}

/** What a connection gives operations beyond their answer. */
export interface CallerSession {
  /** By `subscription_id`. */
  readonly subscriptions: Map<number, Subscription>;
  push(push: Answer): void;
  /** The client has not taken what it was sent: nothing more should be pushed until {@link onDrained}. */
  readonly isFull: boolean;
  /** Called each time the client has caught up. @returns how to stop */
  onDrained(listener: () => void): () => void;
  /** Called once when the connection is gone. @returns how to stop */
  onClosed(listener: () => void): () => void;
  /** It has asked about the cluster and wants to hear of changes. */
  followCluster(): void;
}

/** What is told beside the code and message of a refusal: `leader`, `retry_after_ms`. */
export type RefusalExtra = Readonly<Record<string, unknown>>;

export type Refusal = Pick<ErrorShape, 'code' | 'message' | 'executed' | 'data'> & { readonly extra?: RefusalExtra };

/** One request on its way through its handler. It is answered or refused once; what comes later is ignored. */
export interface Call {
  readonly caller: Caller;
  /** Undefined where there is no connection to push over. */
  readonly session: CallerSession | undefined;
  /** Nobody waits for the answer any more. */
  readonly isOver: boolean;
  answer(answer: Answer): void;
  refuse(refusal: Refusal): void;
  /** Tells how far a long operation is, where the face can. */
  progress(progress: Readonly<Record<string, unknown>>): void;
}
