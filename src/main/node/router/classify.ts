import type { Target } from '../../../common/wire/messages.ts';

/** The node as others may name it. */
export interface SelfNames {
  readonly nodeId: string;
  readonly name: string;
}

/** What a message asks of the router. The first names are those of the first system. */
export type MessageKind =
  /** Answered by this node. */
  | 'local_rpc'
  /** Answered by one other node. */
  | 'network_rpc'
  /** Run once by every node, answered at once by this one. */
  | 'broadcast_rpc'
  /** Answered by one node that has a capability. */
  | 'chosen_rpc'
  /** Answered by many nodes, their results gathered. */
  | 'gathered_rpc'
  /** Begins or ends events for the connection, of whichever node. */
  | 'subscribe'
  | 'cancel'
  | 'response'
  | 'progress'
  | 'event'
  | 'unknown';

/** The fields that decide; everything else of a message is left unread. */
export interface Classifiable {
  readonly type?: unknown;
  readonly method?: unknown;
  readonly intent?: unknown;
  readonly serviceId?: string | null | undefined;
  readonly target?: Target | undefined;
}

const kindByType: ReadonlyMap<unknown, MessageKind> = new Map<unknown, MessageKind>([
  ['rpc_cancel', 'cancel'],
  ['rpc_response', 'response'],
  ['rpc_progress', 'progress'],
  ['event', 'event'],
]);

/** Says what a message asks (wire.md 1). Pure; decides nothing about rights. */
export function classify(message: Classifiable, self: SelfNames): MessageKind {
  if (message.type !== 'rpc') return kindByType.get(message.type) ?? 'unknown';
  const method = message.method ?? message.intent;
  if (method === 'subscribe_channel' || method === 'unsubscribe_channel') return 'subscribe';
  const { target } = message;
  if (target !== undefined) {
    if ('any' in target) return 'chosen_rpc';
    if ('all' in target) return 'gathered_rpc';
    return isSelf(target.node, self) ? 'local_rpc' : 'network_rpc';
  }
  const { serviceId } = message;
  if (serviceId === undefined || serviceId === null || isSelf(serviceId, self)) return 'local_rpc';
  return serviceId === '*' ? 'broadcast_rpc' : 'network_rpc';
}

/** True when `id` is this node's id or name. */
export function isSelf(id: string, self: SelfNames): boolean {
  return id === self.nodeId || id === self.name;
}
