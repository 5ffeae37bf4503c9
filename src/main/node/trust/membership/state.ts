/** Who belongs to a cluster, as some set of operations leaves it. */
import { sameBytes } from '../../identity/index.ts';
import { toHex } from '../digest.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';
import type { Genesis } from './genesis.ts';
import { nodeRoles } from './node-roles.ts';
import type { Operation, OperationKind } from './operation.ts';

/** The operation that made somebody an admin. Lower is more senior; of equal serials the lower id. */
export interface Authority {
  readonly serial: number;
  /** Empty for the founder and for the recovery key. */
  readonly id: string;
}

export interface Member {
  readonly key: Uint8Array;
  readonly name: string;
  /** Bits of `nodeRoles`. */
  readonly roles: number;
  /** End of the membership in milliseconds since the epoch; 0: none. */
  readonly notAfterMs: number;
  /** The key the same machine had before. */
  readonly supersedes: Uint8Array | undefined;
  /** Who let it in, and when. */
  readonly addedBy: Uint8Array;
  readonly addedMs: number;
  /** Of an admin: since which operation. */
  readonly authority: Authority | undefined;
}

/** Why somebody is no member any more. */
export interface Removal {
  readonly by: Uint8Array;
  readonly atMs: number;
}

/** The group key that the log announces. */
export interface AnnouncedGroupKey {
  readonly epoch: number;
  /** See `groupKeyCommitment`. */
  readonly commitment: Uint8Array;
  /** The admin that leads its introduction, and when it began. */
  readonly issuer: Uint8Array;
  readonly issuedMs: number;
  /** Id of the operation. */
  readonly id: string;
}

/** Never changed in place. Keys of the maps are public keys in hex. */
export interface MembershipState {
  readonly members: ReadonlyMap<string, Member>;
  readonly removed: ReadonlyMap<string, Removal>;
  readonly groupKey: AnnouncedGroupKey | undefined;
  /** Age of the newest checkpoint beyond which remote operators and admins are refused. */
  readonly staleAfterMs: number;
}

const recoveryAuthority: Authority = { serial: -1, id: '' };
const founderAuthority: Authority = { serial: 0, id: '' };
const founderRoles = nodeRoles.peer | nodeRoles.viewer | nodeRoles.operator | nodeRoles.admin;

/** The founder alone. */
export function foundingState(genesis: Genesis): MembershipState {
  const founder: Member = {
    key: genesis.firstAdmin,
    name: genesis.name,
    roles: founderRoles,
    notAfterMs: 0,
    supersedes: undefined,
    addedBy: genesis.firstAdmin,
    addedMs: genesis.createdMs,
    authority: founderAuthority,
  };
  return {
    members: new Map([[toHex(genesis.firstAdmin), founder]]),
    removed: new Map(),
    groupKey: undefined,
    staleAfterMs: trustLimits.staleMembershipMs,
  };
}

/**
 * Checks that an operation may follow a state.
 *
 * @returns by what right its issuer acts. The recovery key makes and unmakes admins, nothing else
 * @throws SignalboxError `FORBIDDEN`, `NOT_FOUND`, `OVERLOADED`, `CONFLICT`, `INVALID_PARAMS`
 */
export function checkMayApply(state: MembershipState, operation: Operation, recoveryKey: Uint8Array): Authority {
  const { kind, issuer, subject } = operation;
  const isRecovery = sameBytes(issuer, recoveryKey) && (kind === 'addAdmin' || kind === 'removeAdmin');
  const authority = isRecovery ? recoveryAuthority : state.members.get(toHex(issuer))?.authority;
  if (authority === undefined) throw refusal('FORBIDDEN', 'A membership operation was signed by a node that was no admin.');
  // It would otherwise become a member that can be removed, and what it signs be struck with it.
  if (sameBytes(subject, recoveryKey)) throw refusal('FORBIDDEN', 'The recovery key of a cluster cannot be a member of it.');
  if (kind === 'rotateGroupKey' && operation.notAfterMs > (state.groupKey?.epoch ?? 0) + trustLimits.groupKeyJump)
    throw refusal('INVALID_PARAMS', 'A membership operation raises the number of the group key too far.');
  const isMember = state.members.has(toHex(subject));
  if (!isMember && needsMember.has(kind)) throw refusal('NOT_FOUND', 'A membership operation is about a node that is no member.');
  if (!isMember && (kind === 'add' || kind === 'addAdmin') && state.members.size >= trustLimits.members)
    throw refusal('OVERLOADED', `The cluster has ${trustLimits.members} members, as many as there can be.`);
  if (removesLastAdmin(state, operation, recoveryKey))
    throw refusal('CONFLICT', 'The last admin cannot be removed. Make another member admin first, or use the recovery words.');
  return authority;
}

const needsMember: ReadonlySet<OperationKind> = new Set(['setRoles', 'revoke', 'removeAdmin']);

export function isRemoval(operation: Operation): boolean {
  return operation.kind === 'revoke' || operation.kind === 'removeAdmin';
}

/** True when it would leave no admin; of single operations only one of the recovery key may. */
function removesLastAdmin(state: MembershipState, operation: Operation, recoveryKey: Uint8Array): boolean {
  if (!isRemoval(operation) || sameBytes(operation.issuer, recoveryKey)) return false;
  const subject = toHex(operation.subject);
  if (state.members.get(subject)?.authority === undefined) return false;
  for (const [key, { authority }] of state.members) if (authority !== undefined && key !== subject) return false;
  return true;
}

/** The state after an operation that counts. */
export function applyOperation(state: MembershipState, operation: Operation): MembershipState {
  const { kind, subject, issuer, issuedMs, notAfterMs } = operation;
  const key = toHex(subject);
  switch (kind) {
    case 'add':
    case 'addAdmin': {
      const removed = new Map(state.removed);
      removed.delete(key);
      return { ...state, removed, members: new Map(state.members).set(key, memberAfter(state.members.get(key), operation)) };
    }
    case 'setRoles': {
      const member = state.members.get(key);
      if (member === undefined) return state;
      return {
        ...state,
        members: new Map(state.members).set(key, { ...member, roles: operation.roles | (member.roles & nodeRoles.admin) }),
      };
    }
    case 'removeAdmin': {
      const member = state.members.get(key);
      if (member === undefined) return state;
      return {
        ...state,
        members: new Map(state.members).set(key, { ...member, roles: member.roles & ~nodeRoles.admin, authority: undefined }),
      };
    }
    case 'revoke': {
      const members = new Map(state.members);
      members.delete(key);
      return { ...state, members, removed: new Map(state.removed).set(key, { by: issuer, atMs: issuedMs }) };
    }
    case 'rotateGroupKey':
      // Its epoch stands where a member's end stands.
      if (notAfterMs <= (state.groupKey?.epoch ?? 0)) return state;
      return { ...state, groupKey: { epoch: notAfterMs, commitment: subject, issuer, issuedMs, id: operation.id } };
    case 'policy':
      return { ...state, staleAfterMs: notAfterMs };
    case 'checkpoint':
      return state;
  }
}

function memberAfter(before: Member | undefined, operation: Operation): Member {
  const { kind, subject, roles, name, notAfterMs, supersedes, issuer, issuedMs, serial, id } = operation;
  const becomesAdmin = kind === 'addAdmin';
  const authority = before?.authority ?? (becomesAdmin ? { serial, id } : undefined);
  return {
    key: subject,
    name,
    roles: roles | (authority === undefined ? 0 : nodeRoles.admin),
    notAfterMs,
    supersedes: supersedes.some((byte) => byte !== 0) ? supersedes : undefined,
    addedBy: before?.addedBy ?? issuer,
    addedMs: before?.addedMs ?? issuedMs,
    authority,
  };
}
