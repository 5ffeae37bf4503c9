import type { HeaderPairs, RequestHead, ResetCode, ResponseHead } from '../link/types.ts';

/** The sub-protocol that current agents ask for (wire.md 5). */
export const subProtocol = 'signalbox-tunnel.v1';
export const protocolVersion = 1;

/** What a gateway or an agent can do beyond version 1; none yet, unknown ones are passed over. */
export type Capabilities = readonly string[];

export type ConnectionKind = 'http' | 'tcp' | 'tls';

/** First word of an agent, in both dialects; agents of the first system send the first five fields alone. */
export interface ConnectRequest {
  readonly type: 'connect';
  readonly agentId: string;
  /** Of the first system the token itself, else its id. */
  readonly token: string;
  /** Seconds from agents of the first system, else milliseconds. */
  readonly timestamp: number;
  readonly nonce: string;
  readonly signature: string;
  readonly kind: ConnectionKind;
  /** 0: of the first system. */
  readonly protocolVersion: number;
  readonly software: string;
  /** Empty: the agent is no node of a cluster. */
  readonly nodeId: string;
  readonly capabilities: Capabilities;
  /** Links of one agent that say the same here are one session. */
  readonly sessionKey: string;
  /** Of kind tcp: wanted at the gateway; 0: any. */
  readonly publicPort: number;
  /** Who may come in, sealed: the gateway has proved nothing yet. Empty: everybody. */
  readonly sealedAccess: Uint8Array;
  /** 0 to 3, within the session: a link with the index of one that is there takes its place. */
  readonly linkIndex: number;
}

/** First word of a gateway to a current agent. */
export interface Challenge {
  readonly type: 'challenge';
  /** 32 random bytes. */
  readonly challenge: Uint8Array;
  readonly nodeId: string;
  readonly protocolVersion: number;
  readonly software: string;
  readonly capabilities: Capabilities;
}

export type Exposure = 'unknown' | 'thisMachine' | 'network' | 'public';

/** The agent is signed in. */
export interface ConnectAccepted {
  readonly type: 'connectAccepted';
  /** The gateway's proof. */
  readonly signature: string;
  readonly sessionId: string;
  readonly publicUrls: readonly string[];
  /** Of kind tcp, else 0. */
  readonly publicPort: number;
  readonly exposure: Exposure;
}

/** The agent is not signed in; the connection closes after this. */
export interface ConnectError {
  readonly type: 'connectError';
  readonly code: string;
  readonly message: string;
  /** 0: not told. */
  readonly retryAfterMs: number;
}

/** Head of a request. `body`: its first bytes, or all of them with `end` and from gateways of the first system. */
export interface RequestMessage {
  readonly type: 'request';
  readonly id: string;
  readonly head: RequestHead;
  readonly body: Uint8Array;
  readonly end: boolean;
}

export interface ResponseMessage {
  readonly type: 'response';
  readonly id: string;
  readonly head: ResponseHead;
  readonly body: Uint8Array;
  readonly end: boolean;
}

/** A piece of a body, either way. */
export interface DataMessage {
  readonly type: 'data';
  readonly id: string;
  readonly chunk: Uint8Array;
  readonly end: boolean;
  readonly trailers: HeaderPairs;
}

/** End of a body in seed 5's dialect. */
export interface CloseMessage {
  readonly type: 'close';
  readonly id: string;
}

export interface ControlMessage {
  readonly type: 'ping' | 'pong';
  readonly payload: Uint8Array;
}

/** Credit for so many bytes more. */
export interface WindowUpdateMessage {
  readonly type: 'windowUpdate';
  readonly id: string;
  readonly bytes: number;
}

export interface ResetMessage {
  readonly type: 'reset';
  readonly id: string;
  readonly code: ResetCode;
  readonly reason: string;
}

export interface GoAwayMessage {
  readonly type: 'goAway';
  readonly reason: string;
}

/** Everything that one end can say. */
export type TunnelMessage =
  | ConnectRequest
  | Challenge
  | ConnectAccepted
  | ConnectError
  | RequestMessage
  | ResponseMessage
  | DataMessage
  | CloseMessage
  | ControlMessage
  | WindowUpdateMessage
  | ResetMessage
  | GoAwayMessage;

/** Numbers of the messages in an Envelope. */
export const envelopeFields = {
  connect: 1,
  request: 2,
  response: 3,
  control: 4,
  data: 5,
  close: 6,
  connectError: 7,
  connectAccepted: 8,
  challenge: 9,
  windowUpdate: 10,
  reset: 11,
  goAway: 12,
  batch: 13,
} as const;

/** Values of the enumerations; a place in the list is the number on the wire. */
export const wireValues = {
  connectionKinds: ['http', 'tcp', 'tls'],
  streamKinds: ['http', 'upgrade', 'connection'],
  exposures: ['unknown', 'thisMachine', 'network', 'public'],
  // What this version does not know, 0 among it, is read as `broken`.
  resetCodes: ['broken', 'refused', 'broken', 'cancelled', 'timeout', 'draining', 'linkLost', 'protocol', 'tooLarge', 'forbidden'],
} as const satisfies {
  connectionKinds: readonly ConnectionKind[];
  streamKinds: readonly RequestHead['kind'][];
  exposures: readonly Exposure[];
  resetCodes: readonly ResetCode[];
};

export const emptyBytes: Uint8Array = new Uint8Array(0);
export const noPairs: HeaderPairs = [];
