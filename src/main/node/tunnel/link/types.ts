/** What the multiplexed connection between gateway and agent offers to both (seed 5 section 4, tunnel.md). */

/** Names and values in turn, in their order and spelling: `['Host', 'a', 'Set-Cookie', 'x', …]`, as `rawHeaders` of Node. */
export type HeaderPairs = readonly string[];

/** What a stream carries: an HTTP exchange, an HTTP exchange that asks to become a raw connection, or a raw connection from the start. */
export type StreamKind = 'http' | 'upgrade' | 'connection';

/** Head of a request, from the gateway to the agent. */
export interface RequestHead {
  readonly kind: StreamKind;
  readonly method: string;
  /** Path and query as the client wrote them. */
  readonly path: string;
  readonly headers: HeaderPairs;
  /** Bytes of the body when known; undefined: not known. An agent of the first system gets the whole body with the head. */
  readonly bodyBytes: number | undefined;
  readonly remoteAddress: string | undefined;
  /** Microseconds that the request spent in the gateway before it was sent on; undefined: not told. */
  readonly gatewayMicros: number | undefined;
  /** The client waits for 100 Continue before it sends its body. */
  readonly expectsContinue: boolean;
}

/** Head of an answer, from the agent to the gateway. Several with a status of 1xx may come before the one that counts. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: HeaderPairs;
}

/**
 * Why a stream ended early. `refused`: the local service could not be reached (502); `broken`: it ended in the middle;
 * `cancelled`: who asked is gone; `timeout`; `draining`: not taken on, try elsewhere (503); `linkLost`: the connection is gone, given locally;
 * `protocol`: the other end did what it must not; `tooLarge`; `forbidden`: the target is not allowed.
 */
export type ResetCode = 'refused' | 'broken' | 'cancelled' | 'timeout' | 'draining' | 'linkLost' | 'protocol' | 'tooLarge' | 'forbidden';

/**
 * What happens on a stream. After `onReset`, or after both ends have ended, nothing more. No call is made from within a call of the stream.
 * `onReset` with `linkLost` comes after the `onEnd` of the link.
 */
export interface StreamEvents {
  /** Gateway alone. `end`: there is no body to come. */
  onHead?(head: ResponseHead, end: boolean): void;
  /** A piece of the other end's body; it may be kept without a copy. Tell {@link TunnelStream.consumed} when it is out of memory. */
  onData(chunk: Uint8Array): void;
  /** The other end's body is complete. */
  onEnd(trailers: HeaderPairs): void;
  onReset(code: ResetCode, reason: string): void;
  /** After a `write` that gave false: there is room again. */
  onDrain(): void;
}

/** One exchange, or one raw connection, seen from one end. */
export interface TunnelStream {
  /** Unique on its link. */
  readonly id: string;
  /**
   * Agent alone; once for each 1xx and once for the answer. With `end` there is no body. `body`: its first bytes, in the same message; they are
   * lent as in {@link writeLent}.
   */
  respond(head: ResponseHead, body?: Uint8Array, end?: boolean): boolean;
  /** Takes all bytes in any case, without a copy: leave them as they are. False: the credit or the room of the link is used up; write on after `onDrain`. */
  write(chunk: Uint8Array): boolean;
  /** As {@link write}, of bytes that are lent until the call returns: what cannot be sent at once is copied. */
  writeLent(chunk: Uint8Array): boolean;
  /** This end's body is complete. */
  end(trailers?: HeaderPairs): void;
  /** Ends both directions at once; what was written and not sent is dropped. */
  reset(code: ResetCode, reason: string): void;
  /** Bytes of `onData` that have left this process: credit for as many goes back. */
  consumed(sizeBytes: number): void;
}

/**
 * How a link ended. `closed`: by either end, on purpose; `lost`: the connection broke; `silent`: heartbeats were not answered; `protocol`: the other
 * end said what it must not; `goneAway`: a gateway or an agent stopped; `revoked`: the token no longer opens; `replaced`: the agent signed in again;
 * `refused`: the sign-in of the first system failed after all.
 */
export interface LinkEnd {
  readonly code: 'closed' | 'lost' | 'silent' | 'protocol' | 'goneAway' | 'revoked' | 'replaced' | 'refused';
  readonly reason: string;
}

/** A connection between a gateway and an agent that are signed in. Both dialects, seed 5's and the current one, look the same from here. */
export interface TunnelLink {
  readonly protocol: 'v1' | 'legacy';
  /** Streams that have not ended. */
  readonly openStreams: number;
  /** Given to `write` and not on the wire yet, all streams together. */
  readonly bufferedBytes: number;
  /** Of the last heartbeat, milliseconds; undefined: none yet. */
  readonly rttMs: number | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** The other end takes no new streams. */
  readonly draining: boolean;
  /** Bytes of bodies that came for streams that are no more. */
  readonly droppedBytes: number;
  /**
   * Gateway alone. With `bodyBytes` 0 and kind `http` the body has ended already.
   *
   * @throws SignalboxError `LIMIT` too many streams, `NODE_LOST` ended, `OVERLOADED` draining or not reading, `TOO_LARGE` the head
   */
  open(head: RequestHead, events: StreamEvents): TunnelStream;
  /** Tells the other end to open no more streams; those that are open go on. */
  goAway(reason: string): void;
  /** Ends all streams with `linkLost` and closes. */
  close(end: LinkEnd): void;
}

/** What the owner of a link is told. */
export interface LinkEvents {
  /** Agent alone: a request has come. */
  onStream?(head: RequestHead, stream: TunnelStream): StreamEvents;
  onGoAway(reason: string): void;
  /** The last stream has ended after this end or the other has gone away: the link may be closed. */
  onIdle?(): void;
  /** Once, also after a `close` of this end. */
  onEnd(end: LinkEnd): void;
}
