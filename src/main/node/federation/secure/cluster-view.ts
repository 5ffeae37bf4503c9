import type { ClusterTrust } from '../../membership/index.ts';
import type { GroupKey, Member, Membership } from '../../trust/index.ts';

/** What federation needs of the cluster this node belongs to. */
export interface ClusterView {
  /** 32 bytes. */
  readonly clusterId: Uint8Array;
  /** @throws SignalboxError `NOT_MEMBER`, `REVOKED` */
  memberOf(publicKey: Uint8Array): Member;
  /** True when no admin has been heard of for so long that remote operators and admins are not trusted (security.md 2.7). */
  isStale(): boolean;
  /** The key that broadcasts are sealed with; undefined before the first. */
  groupKey(): GroupKey | undefined;
  groupKeyOf(epoch: number): GroupKey | undefined;
}

/**
 * Tells the cluster as it is now; undefined while the node is in none.
 *
 * @param trust undefined before it is read
 * @param nowMs milliseconds since the epoch
 */
export function clusterSource(
  trust: () => Pick<ClusterTrust, 'membership' | 'groupKeys'> | undefined,
  nowMs: () => number,
): () => ClusterView | undefined {
  let known: { readonly membership: Membership; readonly view: ClusterView } | undefined;
  return () => {
    const held = trust();
    if (held?.membership === undefined) return undefined;
    // Asked for every message: the same view as long as it is the same membership.
    if (known?.membership !== held.membership) known = { membership: held.membership, view: viewOf(held, held.membership, nowMs) };
    return known.view;
  };
}

function viewOf(trust: Pick<ClusterTrust, 'groupKeys'>, membership: Membership, nowMs: () => number): ClusterView {
  return {
    clusterId: membership.log.clusterId,
    memberOf: (publicKey) => membership.memberOf(publicKey, nowMs()),
    isStale: () => membership.isStale(nowMs()),
    groupKey: () => trust.groupKeys.inUse,
    groupKeyOf: (epoch) => trust.groupKeys.keyOf(epoch),
  };
}
