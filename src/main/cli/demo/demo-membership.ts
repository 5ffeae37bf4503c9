import type { Principal } from '../../../common/roles.ts';
import type { SignalboxNode } from '../../node/node.ts';

const clusterName = 'Demo yard';
/** scrypt, two proofs and the log; more while many nodes share a processor. */
const joinTimeoutMs = 30_000;
/** Members meet within a second; the first sessions of many take longer. */
const provenMs = 10_000;
const roles = ['peer', 'viewer', 'operator'] as const;

/** As whoever sits at the node. */
export function personAt(node: SignalboxNode): Principal {
  return { user: `local@${node.nodeId}`, roles: ['admin'], via: 'cli' };
}

/**
 * Makes a cluster of nodes: the first founds it, the others join with an invite file of its, and all become admins, as they are all of
 * the person who runs the demo. The recovery words are thrown away with the demo.
 *
 * @throws SignalboxError of a node that cannot join
 */
export async function bringTogether(nodes: readonly SignalboxNode[]): Promise<void> {
  const [first, ...others] = nodes;
  if (first === undefined) return;
  const principal = personAt(first);
  await first.router.call('membership.create', { name: clusterName }, { principal });
  if (others.length === 0) return;
  const { file } = await first.router.call('membership.inviteFile', { uses: others.length, minutes: 60, roles: [...roles] }, { principal });
  await Promise.all(
    others.map((node) => node.router.call('membership.join', { file }, { principal: personAt(node), timeoutMs: joinTimeoutMs })),
  );
  for (const { nodeId } of others)
    await first.router.call('membership.setRoles', { node: nodeId, roles: [...roles, 'admin'] }, { principal });
  await Promise.all(nodes.map((node) => untilProven(node, others.length)));
}

/** Resolves when a node has proven so many others, or has tried for long: the demo goes on, and its screens say who is missing. */
function untilProven({ federation: { directory } }: SignalboxNode, count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (directory.online().filter(({ secure }) => secure).length >= count) end();
    };
    const end = () => {
      clearTimeout(timer);
      unlisten();
      resolve();
    };
    const timer = setTimeout(end, provenMs);
    const unlisten = directory.listen({ changed: look });
    look();
  });
}

/** The port on which others reach a node by link, so that they find it there again; 0 when there is none. */
export async function linkPortOf(node: SignalboxNode): Promise<number> {
  const { addresses } = await node.router.call('membership.status', {}, { principal: personAt(node) });
  return Number(addresses[0]?.split(':').at(-1) ?? 0);
}
