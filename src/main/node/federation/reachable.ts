import { SignalboxError } from '../../../common/errors.ts';
import type { KnownNode } from './node-directory.ts';

/** What decides whether a call can be sent. */
export interface WayState {
  /** Some carrier reaches the node now. */
  readonly hasWay: boolean;
  /** Whether an answer would be taken of a node that does not sign. */
  readonly acceptUnsigned: () => boolean;
  /** There is to be a connection to a broker, and there is none. */
  readonly isBrokerAway: boolean;
}

/** Why a call cannot be sent to a node, as the end of a sentence; undefined when it can. @param node undefined: it is not known here */
export function whyUnreachable(node: KnownNode | undefined, { hasWay, acceptUnsigned, isBrokerAway }: WayState): string | undefined {
  if (node === undefined) return 'it is not known here';
  const isOnline = node.reachability === 'online';
  if (isOnline && !node.secure && node.presence.signature !== undefined && hasWay)
    return 'it belongs to a cluster that this node is not in. Let this node join';
  if (isOnline && !node.secure && !acceptUnsigned()) return 'it does not sign what it says, and unsigned messages are not taken here';
  if (isOnline) return hasWay ? undefined : 'the way to it has just been lost and may be back in a moment';
  return isBrokerAway ? 'this node has no connection to the MQTT broker' : 'it is off line';
}

/** Why nothing reaches another node while there is neither a broker nor a cluster. */
export function federationIsOff(): SignalboxError {
  return new SignalboxError(
    'NODE_UNREACHABLE',
    'This node is in no cluster and federation is off, so there are no others. Join a cluster, or turn it on with federation.mode.',
    {
      executed: 'no',
    },
  );
}
