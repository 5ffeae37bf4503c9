import { shortNodeId } from '../../../common/ids.ts';
import type { Advertised } from '../discovery/index.ts';
import { toBase64url } from '../identity/index.ts';
import { isLoopback } from '../loopback.ts';
import { nodeRoles } from '../trust/index.ts';
import type { ClusterTrust } from './cluster-trust.ts';

const anyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const shortClusterCharacters = 8;

/**
 * What this node tells the local network: who it says it is, of which cluster, and whether one can join here; never a code.
 *
 * @param door where it listens
 * @returns undefined when it listens for this machine alone, or is no member any more
 */
export function advertisedBy(
  trust: ClusterTrust,
  self: { readonly nodeId: string; readonly name: string },
  door: { readonly host: string; readonly port: number },
): Advertised | undefined {
  const { membership } = trust;
  if (membership === undefined || isLoopback(door.host)) return undefined;
  const { clusterId, genesis } = membership.log;
  return {
    announcement: {
      shortId: shortNodeId(self.nodeId),
      name: self.name,
      port: door.port,
      cluster: { name: genesis.name, shortId: toBase64url(clusterId).slice(0, shortClusterCharacters) },
      takesRequests: isAdmin(trust),
    },
    listensOn: (address) => anyAddress.has(door.host) || address === door.host,
  };
}

function isAdmin(trust: ClusterTrust): boolean {
  try {
    return (trust.self().roles & nodeRoles.admin) !== 0;
  } catch {
    // It was removed; its screens say so.
    return false;
  }
}
