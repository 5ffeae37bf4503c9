/** Who asks from another node, as far as this node believes it. */
import { SignalboxError } from '../../../common/errors.ts';
import { type Principal, type Role, roles } from '../../../common/roles.ts';
import { nodeRoles } from '../trust/index.ts';

/** The most that somebody on another node may do here. */
export interface Grant {
  /** Undefined: nothing that needs a role. */
  readonly role: Role | undefined;
  /** The node has a higher role that does not count now, and why. */
  readonly withheld?: SignalboxError;
}

/**
 * What the roles of a member in the cluster let its people and programs do here. An agent proposes and never acts, so it only looks.
 *
 * @param bits of `nodeRoles`
 * @param isStale no admin was heard of for so long that the member may have been removed (security.md 2.7)
 */
export function grantOf(bits: number, isStale: boolean): Grant {
  const isAgent = (bits & nodeRoles.agent) !== 0;
  const held = [...roles].reverse().find((role) => (bits & nodeRoles[role]) !== 0);
  const role = held !== undefined && isAgent ? 'viewer' : held;
  if (!isStale || role === undefined || role === 'viewer') return { role };
  return {
    role: 'viewer',
    withheld: new SignalboxError(
      'STALE_MEMBERSHIP',
      'The node has not heard from an admin of its cluster for too long, so operators and admins on other nodes may only look. Connect it to an admin node.',
      { executed: 'no' },
    ),
  };
}

/**
 * Who asks: the roles that both the person or program there and that node have here (wire.md 1.1).
 *
 * @param claimed as the other node says; absent when it asks for itself
 * @param granted what that node may do here
 */
export function principalOf(claimed: Principal | undefined, origin: string, granted: Role | undefined): Principal {
  const held = claimed === undefined ? granted : highest(claimed.roles);
  const role = lower(held, granted);
  return {
    user: userAt(claimed?.user ?? 'node', origin),
    roles: role === undefined ? [] : [role],
    via: 'node',
  };
}

/** `ada@n1…` (wire.md 1.1): what is kept by user, such as saved requests and answers of writes, is not that of a person here who is called the same. */
function userAt(user: string, origin: string): string {
  return user.endsWith(`@${origin}`) ? user : `${user}@${origin}`;
}

function highest(held: readonly Role[]): Role | undefined {
  return [...held].sort((a, b) => roles.indexOf(b) - roles.indexOf(a))[0];
}

function lower(a: Role | undefined, b: Role | undefined): Role | undefined {
  if (a === undefined || b === undefined) return undefined;
  return roles.indexOf(a) < roles.indexOf(b) ? a : b;
}
