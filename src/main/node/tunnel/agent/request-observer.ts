/** How the agent lets requests be watched (the inspector's hook). Nothing of a request is copied for it: who keeps something copies it. */
import type { HeaderPairs, RequestHead, ResetCode, ResponseHead, StreamEvents, TunnelStream } from '../link/types.ts';

/** What is known of a request when it comes. */
export interface ObservedRequest {
  readonly head: RequestHead;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of the link that it came on, milliseconds; undefined: not measured, or not through a link. */
  readonly rttMs: number | undefined;
  /** Request that this one repeats; undefined: it came from outside. */
  readonly replayOf: string | undefined;
}

/** How an exchange ended: both bodies complete, or early and why. */
export type ExchangeEnd = { readonly kind: 'complete' } | { readonly kind: 'reset'; readonly code: ResetCode; readonly reason: string };

/** Follows one exchange. Calls come in the order of things; none comes after `ended`, which comes exactly once. */
export interface ExchangeObserver {
  /** Bytes of the client's body, or from the client on a raw connection; valid until the call returns. */
  requestData(chunk: Uint8Array): void;
  /** The answer that counts; not told for those of 1xx other than 101. */
  responseHead(head: ResponseHead): void;
  /** Bytes of the service's body, or from the service on a raw connection; valid until the call returns. */
  responseData(chunk: Uint8Array): void;
  ended(end: ExchangeEnd, trailers: HeaderPairs): void;
}

/** Asked once for each request. Called on the way of every request: it must be cheap and must not throw. */
export interface RequestObserver {
  /** @returns undefined when nobody wants to see this one */
  begin(request: ObservedRequest): ExchangeObserver | undefined;
}

/**
 * Runs a request against the local service of a tunnel exactly as if it had come through it. The observer of the tunnel sees it too:
 * its `begin` is called before this returns.
 *
 * @param stream takes the answer
 * @returns what is to be told of the request's body
 * @throws SignalboxError `NOT_FOUND` no such tunnel here
 */
export type ReplaySender = (tunnelId: string, head: RequestHead, stream: TunnelStream, replayOf: string) => StreamEvents;
