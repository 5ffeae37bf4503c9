import { createHash } from 'node:crypto';
import { linkDegree } from './limits.ts';

/**
 * Why a link is wanted: in a small cluster everybody is linked with everybody; else neighbours in the order of keys keep the graph in one piece,
 * some members that a hash picks keep ways short, and those that much is sent to are spared the relays.
 */
export type LinkNeed = 'everyone' | 'ring' | 'far' | 'use';

/** What is known of the other members, by the hex text of their keys, whose order is that of the keys. */
export interface LinkCandidates {
  /** Hex of the key of this node. */
  readonly self: string;
  readonly others: readonly string[];
  readonly isLinked: (member: string) => boolean;
  /** It could not be dialled lately, has no room for this node, or no address of it is known. */
  readonly hasFailed: (member: string) => boolean;
  /** False for members of bad standing: the ring takes them all the same, for that is what keeps the graph in one piece. */
  readonly isTrusted: (member: string) => boolean;
  /** Members that much is sent to, most first. */
  readonly used: readonly string[];
}

/**
 * Which members this node wants to be linked with. Members that failed are wanted too, a few of them, so that they are tried again, but others
 * stand in for them. The same knowledge gives the same plan, so nothing flaps while nothing changes.
 *
 * @returns by hex of the key, the most needed first
 */
export function planLinks(candidates: LinkCandidates): ReadonlyMap<string, LinkNeed> {
  const { self, others, used } = candidates;
  if (others.length < linkDegree.fullMembers) return new Map(others.map((member) => [member, 'everyone']));
  const plan = new Map<string, LinkNeed>();
  const sorted = [...others].sort();
  const next = sorted.findIndex((member) => member > self);
  const onward = next < 0 ? sorted : [...sorted.slice(next), ...sorted.slice(0, next)];
  for (const order of [onward, [...onward].reverse()]) choose(candidates, order, linkDegree.ringEachSide, 'ring', plan);
  for (const member of used.slice(0, linkDegree.used)) if (others.includes(member) && !plan.has(member)) plan.set(member, 'use');
  const trusted = byRendezvous(self, others).filter((member) => !plan.has(member) && candidates.isTrusted(member));
  const firm = [...plan.keys()].filter((member) => candidates.isLinked(member) || !candidates.hasFailed(member)).length;
  choose(candidates, trusted, Math.max(linkDegree.far, linkDegree.least - firm), 'far', plan);
  return plan;
}

/**
 * Whether a node that is not linked yet is given a link.
 *
 * @param links number of members linked now
 * @param missingRing neighbours in the ring that are still to come: room is kept for them
 * @param need why this node wants the link itself; undefined: it does not
 */
export function hasRoom(links: number, missingRing: number, need: LinkNeed | undefined): boolean {
  return need === 'ring' || need === 'everyone' || links < linkDegree.most - missingRing;
}

/**
 * The link that is let go of when there are more than wanted, or room must be made.
 *
 * @param unneeded members linked that neither end needs
 * @returns the one that the hash puts last, at both ends alike
 */
export function leastNeeded(self: string, unneeded: readonly string[]): string | undefined {
  return byRendezvous(self, unneeded).at(-1);
}

/** Takes so many from an order, and of those before them that failed a few to be tried again. */
function choose(
  { isLinked, hasFailed }: LinkCandidates,
  order: readonly string[],
  wanted: number,
  need: LinkNeed,
  plan: Map<string, LinkNeed>,
): void {
  let found = 0;
  let probed = 0;
  for (const member of order) {
    if (found === wanted) return;
    const isFirm = isLinked(member) || !hasFailed(member);
    if (isFirm) found++;
    else if (probed === linkDegree.probed) continue;
    else probed++;
    if (!plan.has(member)) plan.set(member, need);
  }
}

/** Highest random weight: each pair of nodes has one, which both reckon alike and which nobody chooses. */
function byRendezvous(self: string, members: readonly string[]): readonly string[] {
  const weighed = members.map((member) => [weightOf(self, member), member] as const);
  return weighed.sort(([a], [b]) => (a < b ? 1 : -1)).map(([, member]) => member);
}

function weightOf(a: string, b: string): string {
  const pair = a < b ? `${a}${b}` : `${b}${a}`;
  return createHash('sha256').update(pair).digest('hex');
}
