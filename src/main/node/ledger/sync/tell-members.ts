import type { PeerMessage, SendOptions } from '../../peers/types.ts';
import type { SyncContext } from './sync-context.ts';

/**
 * Sends a message about chains to each member that can be reached: nodes of no cluster would refuse it. Whoever is away compares the heads
 * when it is back.
 *
 * @param onUnsent told of each member to whom it could not be sent
 */
export function tellMembers(
  { communicator, members }: Pick<SyncContext, 'communicator' | 'members'>,
  message: PeerMessage,
  options: SendOptions,
  onUnsent: (nodeId: string, error: unknown) => void,
): void {
  for (const nodeId of communicator.reachable())
    if (members.standing(nodeId) === 'member')
      communicator.send(nodeId, message, options).catch((error: unknown) => onUnsent(nodeId, error));
}
