import type { Principal } from '../../../common/roles.ts';
import type { EventMessage } from '../../../common/wire/messages.ts';

/** Another node, as far as routing needs to know it. */
export interface RemoteNode {
  readonly nodeId: string;
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly healthy: boolean;
  /** Requests running there as last announced; the least is chosen. */
  readonly load: number;
  /** False: it behaved badly or did not answer lately, so others are chosen before it. Absent: true. */
  readonly trusted?: boolean;
}

/** A request on its way to another node. The far node checks rights and schema itself. */
export interface ForwardedRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  readonly clientId: string;
  /** Milliseconds left of the caller's deadline. */
  readonly timeoutMs: number;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal;
  readonly progress: (data: unknown) => void;
}

/** A request that every node runs once and none answers. */
export type BroadcastRequest = Pick<ForwardedRequest, 'method' | 'params' | 'principal' | 'clientId' | 'idempotencyKey'>;

/** How the router reaches other nodes. Without one, only the local node exists. */
export interface RemoteNodes {
  /** Every known node but this one. */
  list(): readonly RemoteNode[];
  /**
   * The node of an id or a name.
   *
   * @throws SignalboxError `CONFLICT` when several nodes have the name
   */
  find(idOrName: string): RemoteNode | undefined;
  /** @throws SignalboxError of the far node, `NODE_UNREACHABLE`, `NODE_LOST`, `CIRCUIT_OPEN` */
  call(node: RemoteNode, request: ForwardedRequest): Promise<unknown>;
  /** @throws SignalboxError `TOO_LARGE` */
  broadcast(request: BroadcastRequest): void;
  /**
   * Asks a node (or `+`, every node) for the events of a topic, once however many clients want them.
   *
   * @param node node id, or `+`
   * @param topic the topic on the far node, with its leading slash
   * @param deliver takes each event, its topic as the far node published it
   * @returns ends it
   */
  subscribe(node: string, topic: string, deliver: (nodeId: string, event: EventMessage) => void): Promise<() => void>;
  /** Tells of each node that is lost: what it last said holds no longer. */
  onLost(listener: (nodeId: string) => void): void;
}
