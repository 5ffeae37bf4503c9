/** The node's message router: who may call what, where it runs, who hears of it. */
export { routerMigrations } from './answers.ts';
export { classify, type MessageKind, type SelfNames } from './classify.ts';
export type { PublishOptions, Subscriber } from './event-bus.ts';
export { checkFilter } from './filter-rights.ts';
export type { LocalCallOptions, LocalCallResponse } from './local-calls.ts';
export type { BroadcastRequest, ForwardedRequest, RemoteNode, RemoteNodes } from './remote-nodes.ts';
export { type NotificationLevel, Router, type RouterOptions } from './router.ts';
export type { MetricsRegistry, RouterSnapshot } from './router-metrics.ts';
export type { Caller, CallOutcome, CallRequest, RunningCall } from './running-call.ts';
export { attachMemory } from './transports/memory.ts';
export { attachMessagePort, type NodePortLike } from './transports/message-port.ts';
export { type AttachWebSocketOptions, attachWebSocket } from './transports/web-socket.ts';
export type {
  AuditRecord,
  AuditSink,
  CallContext,
  ClientKind,
  ClientSink,
  ConnectOptions,
  EncodedEvent,
  Handler,
  Handlers,
  RefusedCaller,
  RouterClient,
} from './types.ts';
