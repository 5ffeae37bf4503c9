import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { isPlainObject, type PlainObject } from '../plain-checks.ts';

/** What one node says to another: a NodeMessage of wire.md 3, told apart by `type`. */
export interface NodeMessage extends PlainObject {
  readonly type: string;
}

/** Says nothing but that its sender is there and holds the keys. */
export const heartbeatText = '{"type":"Heartbeat"}';

/** How a message came. */
export interface NodeMessageArrival {
  readonly via: CarrierKind;
  /** Of its JSON text. */
  readonly sizeBytes: number;
}

/** Takes messages of one type. @param nodeId the member that sent it, proven */
export type NodeMessageHandler = (nodeId: string, message: NodeMessage, arrival: NodeMessageArrival) => void;

/** Who takes which messages of members. */
export class NodeMessages {
  readonly #handlers = new Map<string, NodeMessageHandler>();

  /** Takes messages of a type from now on; one handler for each. */
  on(type: string, handler: NodeMessageHandler): void {
    this.#handlers.set(type, handler);
  }

  /**
   * Hands a message on.
   *
   * @throws SignalboxError `INVALID_PARAMS` for what is no NodeMessage, `BAD_REQUEST` for a type that this version does not know
   */
  receive(nodeId: string, value: unknown, arrival: NodeMessageArrival): void {
    if (!isPlainObject(value) || typeof value.type !== 'string')
      throw new SignalboxError('INVALID_PARAMS', 'A message of another member says no type.', { executed: 'no' });
    const handler = this.#handlers.get(value.type);
    if (handler !== undefined) handler(nodeId, value as NodeMessage, arrival);
    else if (value.type !== 'Heartbeat')
      throw new SignalboxError('BAD_REQUEST', 'A message of another member is of a type that this version does not know.', {
        executed: 'no',
      });
  }
}
