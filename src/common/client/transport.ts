import type { ErrorShape } from '../errors.ts';
import type { ClientMessage, ServerMessage } from '../wire/messages.ts';

/** Why a transport ended. */
export interface TransportClosed {
  readonly error: ErrorShape;
  /** False when trying again cannot help, for example after a refused sign-in. */
  readonly mayReconnect: boolean;
}

export interface TransportListener {
  onMessage(message: ServerMessage): void;
  onClosed(closed: TransportClosed): void;
}

/**
 * One open way to a node: MessagePort, WebSocket or memory. Every implementation passes
 * `tests/helpers/transport-conformance.ts`. A screen cannot tell which it is on.
 */
export interface ClientTransport {
  /**
   * Hands a message over, in order. May throw `TOO_LARGE`; after the end it does nothing: the end has been told.
   */
  send(message: ClientMessage): void;
  /** Sets the one listener. Messages that came before are kept for it. */
  listen(listener: TransportListener): void;
  /** Ends the transport; `onClosed` is told once, with `CANCELLED`. */
  close(): void;
}

/** Makes a transport. Called again for each reconnection. Rejects with a `SignalboxError`. */
export type Connect = (signal: AbortSignal) => Promise<ClientTransport>;
