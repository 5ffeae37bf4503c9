/** What a node may do in its cluster; bits of one byte (security.md 2.7). */
export const nodeRoles = {
  peer: 1,
  viewer: 2,
  operator: 4,
  /** Signs membership operations. */
  admin: 8,
  /** Publishes and relays for others. */
  bridge: 16,
  /** Proposes, never approves. */
  agent: 32,
} as const;
export type NodeRole = keyof typeof nodeRoles;

const all = 63;

/** True for bits that all have a meaning, at least one of them set. */
export function isRoles(bits: number): boolean {
  return bits > 0 && (bits & ~all) === 0;
}

/** @example rolesOf(3) // ['peer', 'viewer'] */
export function rolesOf(bits: number): readonly NodeRole[] {
  return (Object.keys(nodeRoles) as NodeRole[]).filter((role) => (bits & nodeRoles[role]) !== 0);
}

/** The bits of some roles. */
export function roleBits(roles: readonly NodeRole[]): number {
  return roles.reduce((bits, role) => bits | nodeRoles[role], 0);
}
