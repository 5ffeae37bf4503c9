/** Between the public side of a gateway (`front`) and the agents that are signed in: what each asks of the other. */
import type { SecureContext } from 'node:tls';
import type { AccessRules, TunnelKind } from '../../../../common/contract/tunnels.ts';
import type { RequestHead, StreamEvents, TunnelStream } from '../link/types.ts';

/** up: takes streams; draining: takes no new ones; grace: its connection is gone and may come back in a moment. */
export type AgentState = 'up' | 'draining' | 'grace';

/** All agents that are signed in under one name: one, or several when their token pools them. Asked anew for each request. */
export interface AgentSession {
  readonly agentId: string;
  readonly kind: TunnelKind;
  readonly state: AgentState;
  /** What the tunnel itself asks of those who come in, besides the rules of the route; undefined: nothing. The object is another one when they change. */
  readonly access: AccessRules | undefined;
  /**
   * Opens a stream on the link that has least to do.
   *
   * @throws SignalboxError `LIMIT` too many streams, `NODE_LOST` no link is there, `OVERLOADED` draining, `TOO_LARGE` more than a message of
   *   seed 5's dialect takes
   */
  open(head: RequestHead, events: StreamEvents): TunnelStream;
}

/** The agents as the public side sees them. */
export interface AgentDirectory {
  /** undefined: nobody of that name is signed in nor was a moment ago. Costs a look into a map. */
  find(agentId: string): AgentSession | undefined;
  /**
   * Tells, once and never from within the call, when an agent in grace is up again or given up.
   *
   * @param done undefined: it did not come back
   * @returns ends the waiting; `done` is not called any more
   */
  awaitReturn(agentId: string, done: (session: AgentSession | undefined) => void): () => void;
}

/** A host name, or the paths below a prefix of it, that lead to an agent besides NAME.domain. */
export interface RouteDefinition {
  readonly routeId: string;
  readonly kind: 'http' | 'tls';
  /** Lower case: a host name, or `*.` and a domain (any number of labels below it, RFC 9525 aside). */
  readonly host: string;
  /** Begins with a slash; `/` for all. A prefix ends at a slash or at the end of the path: `/api` does not cover `/apis`. */
  readonly pathPrefix: string;
  readonly stripPrefix: boolean;
  readonly agentId: string;
  readonly access: AccessRules | undefined;
}

/** A public TCP port and who answers on it. */
export interface TcpPortDefinition {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly agentId: string;
}

/** Certificates of the public port. Asked at each handshake, so that a renewed one holds at once. */
export interface PublicTls {
  /** For a client that names no host, or one for which there is no certificate of its own. */
  readonly key: string;
  readonly cert: string;
  /** @returns undefined: the default one */
  contextFor(serverName: string): SecureContext | undefined;
}

/** Why the public side turned something away: stable names, also the label of the metric. */
export type FrontRefusal =
  | 'no-agent'
  | 'agent-busy'
  | 'agent-draining'
  | 'waiting-full'
  | 'connections'
  | 'connections-per-address'
  | 'requests'
  | 'malformed'
  | 'head-too-large'
  | 'body-too-large'
  | 'slow-head'
  | 'method'
  | 'target'
  | 'address'
  | 'credentials'
  | 'rate'
  | 'loop'
  | 'stopping';

/** What came through one agent or one route. Rates and durations are of the last minute. */
export interface FrontFigures {
  readonly inFlight: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** To the head of the answer, milliseconds; null: no requests. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Answers of 500 and above and broken ones among all; null: no requests. */
  readonly errorRatio: number | null;
  /** From clients. */
  readonly bytesIn: number;
  /** To clients. */
  readonly bytesOut: number;
  /** By rules and bounds, since start. */
  readonly refused: number;
}

/** Figures of the whole public side since start. */
export interface FrontTotals extends FrontFigures {
  readonly connections: number;
  readonly waiting: number;
  readonly refusedBy: Readonly<Partial<Record<FrontRefusal, number>>>;
}
