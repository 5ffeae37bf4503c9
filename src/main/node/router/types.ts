/** What the router's neighbours need to know of it. */
import type { MethodName, ParsedParamsOf, ProgressOf, ResultOf } from '../../../common/contract/index.ts';
import type { SignalboxError } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import type { EventMessage, Profile, RpcProgress, RpcResponse } from '../../../common/wire/messages.ts';

/** What a handler knows about its call. */
export interface CallContext<P = unknown> {
  readonly method: MethodName;
  readonly principal: Principal;
  /** The connection that asked. */
  readonly clientId: string;
  readonly requestId: string;
  /** Aborted when the client cancels, disconnects from a read, or the deadline passes. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch by which the answer must be out. */
  readonly deadlineMs: number;
  /** Sends a progress message to the caller (current profile only). */
  progress(data: P): void;
}

export type Handler<M extends MethodName> = (
  params: ParsedParamsOf<M>,
  context: CallContext<ProgressOf<M>>,
) => ResultOf<M> | Promise<ResultOf<M>>;

/** Handlers of some methods; a service returns those of its contract file. */
export type Handlers<M extends MethodName> = { readonly [K in M]: Handler<K> };

/** How the router reaches a client. Implemented once per kind of connection. */
export interface ClientSink {
  /** Hands over a response or progress message. Several of one turn of the event loop may be joined into one write. */
  send(message: RpcResponse | RpcProgress): void;
  /** Hands over the events of one turn, in order. */
  sendEvents(events: readonly EncodedEvent[]): void;
  /** Bytes handed over and not yet taken by the client. */
  readonly bufferedBytes: number;
  /** Ends the connection from the node's side. */
  close(code: number, reason: string): void;
}

/** An event with its JSON text, made once however many clients get it. */
export interface EncodedEvent {
  readonly message: EventMessage;
  /** JSON text of `message`; made on first use. */
  readonly text: string;
  readonly sizeBytes: number;
  /** Tells events of one process apart. */
  readonly serial: number;
}

/** Kind of connection, for counts and limits. */
export type ClientKind = 'ws' | 'ipc' | 'cli' | 'local';

export interface ConnectOptions {
  readonly kind: ClientKind;
  readonly profile: Profile;
  /** Asked at every call, so that a changed role holds at once. Undefined = no longer signed in: the client is closed with 4401. */
  readonly principal: () => Principal | undefined;
  readonly sink: ClientSink;
}

/** A connected client, as the listener that accepted it sees it. */
export interface RouterClient {
  readonly id: string;
  /** A text frame (WebSocket). Never throws; a malformed frame is answered, the sixth in a minute closes with 1007. */
  receiveText(text: string): void;
  /** An already built frame (MessagePort, memory): one message or an array. Never throws. */
  receive(frame: unknown): void;
  /** Ends the connection from the node's side, with a WebSocket close code. */
  close(code: number, reason: string): void;
  /** The connection is gone: subscriptions and running reads end. */
  closed(): void;
}

/** One line of the audit table, in the shape that the ledger will sign. */
export interface AuditRecord {
  readonly principal: Principal;
  /** The method, or `sign-in`, `connect` and the like. */
  readonly act: string;
  readonly target: string | null;
  /** Secrets removed. */
  readonly params: unknown;
  readonly outcome: 'done' | 'failed' | 'refused';
  readonly code: string | null;
  readonly detail: string | null;
  readonly durationMs: number | null;
}

/** Somebody who may not do what they asked for. */
export interface RefusedCaller {
  readonly principal: Principal;
  /** The method, or `message` and the like for what is none. */
  readonly act: string;
  /** Node that was to do it; absent: this one. */
  readonly target?: string | undefined;
  /** Secrets removed; absent: not kept. */
  readonly params?: unknown;
  readonly error: SignalboxError;
}

/** Where state-changing acts and refusals are written down. */
export interface AuditSink {
  /**
   * Never throws; a write that fails is logged and shown as a problem of the node.
   *
   * @returns fulfilled when the record is on the disk, or when the disk refuses it for now; never rejects. Nothing: there is nothing to wait for
   */
  record(record: AuditRecord): Promise<void> | void;
}
