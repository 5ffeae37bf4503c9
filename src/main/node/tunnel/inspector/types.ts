import type { Capture } from '../../../../common/contract/tunnels.ts';
import type { RequestHead, ResponseHead, StreamEvents, TunnelStream } from '../link/types.ts';

/** The tunnel that a request came through. */
export interface ObservedTunnel {
  readonly tunnelId: string;
  readonly agentId: string;
}

/**
 * What the agent tells of the requests that pass. All calls are made in the thread of the agent, cost next to nothing while capture is off,
 * and never throw.
 */
export interface RequestObserver {
  /**
   * A request has come; called before anything is sent to the local service, also for those that are refused then.
   *
   * @param head as the gateway sent it, before the agent changes its host
   * @param rttMs of the link that it came through; undefined: not measured yet, or a replay
   * @param replayOf id of the request that this one repeats; undefined: it came from outside
   */
  begin(tunnel: ObservedTunnel, head: RequestHead, rttMs: number | undefined, replayOf: string | undefined): ExchangeObserver;
}

/** One request under way. */
export interface ExchangeObserver {
  readonly requestId: string;
  /** Bytes towards the local service. The chunk is copied when it is kept. */
  requestData(chunk: Uint8Array): void;
  /** Its body is complete. */
  requestEnd(): void;
  /** An answer that counts (not 1xx), or 101 for a connection that was upgraded. As the service gave it. */
  responseHead(head: ResponseHead): void;
  /** Bytes from the local service. The chunk is copied when it is kept. */
  responseData(chunk: Uint8Array): void;
  /** It is over, both directions; further calls do nothing. `error`: why it has no answer or ended early, for people; undefined: it is complete. */
  end(error: string | undefined): void;
}

/** What the agent does for a replay: the request takes the same way to the local service as one that came through the link. */
export interface ReplayTarget {
  /**
   * Takes a request as if the link had brought it; the stream is the inspector's own and swallows the answer.
   *
   * @returns where the inspector gives the body to, as a link does
   * @throws SignalboxError `NOT_FOUND` this agent has no such tunnel
   */
  replay(tunnelId: string, head: RequestHead, stream: TunnelStream, replayOf: string): StreamEvents;
}

/** What is kept of the requests of one tunnel. */
export type CaptureOptions = Capture;
