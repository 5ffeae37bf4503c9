import type { PeerCommunicator } from '../communicator/index.ts';

/** A node that stops waits no longer for the others to hear it. */
const farewellMs = 1_000;
/** One that hears it late, for it is busy, hears it nonetheless. */
const ttlSeconds = 10;

/**
 * Tells peers that this node leaves, so that nobody has to find out by the silence: at once, whatever waits or rests, and also where the
 * circuit of every way is open. Whoever cannot be told finds out. Never rejects.
 */
export async function sayGoodbye(communicator: Pick<PeerCommunicator, 'sendFirst'>, nodeIds: readonly string[]): Promise<void> {
  const farewells = nodeIds.map(async (nodeId) => {
    await communicator.sendFirst(nodeId, { type: 'LeaveNetwork' }, { priority: 'Critical', ttlSeconds }).settled;
  });
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, farewellMs);
  });
  await Promise.race([Promise.allSettled(farewells), deadline]);
  clearTimeout(timer);
}
