import type { ResultOf } from '../../../common/contract/index.ts';
import type { ClusterMember, MemberRole, membershipContract } from '../../../common/contract/membership.ts';
import { SignalboxError, toErrorShape } from '../../../common/errors.ts';
import { leadingNowMs } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import type { Discovery } from '../discovery/index.ts';
import { fingerprintOf, fromBase64url, type NodeIdentity, nodeIdOf, sameBytes, toBase64url } from '../identity/index.ts';
import {
  formatAddress,
  joinNearbyWithCode,
  joinWithCode,
  joinWithFile,
  type MembershipPart,
  type NearbyDoors,
} from '../membership/index.ts';
import type { Handlers } from '../router/types.ts';
import { encodeInviteFile, type Member, nodeRoles, type Operation, roleBits, rolesOf } from '../trust/index.ts';
import { findMember, readAddress, requireHere, whoIs } from './members.ts';

export interface MembershipServiceOptions {
  readonly membership: MembershipPart;
  readonly identity: NodeIdentity;
  readonly config: Config;
  readonly discovery: Discovery;
  readonly nowMs?: () => number;
}

const toHex = (key: Uint8Array) => Buffer.from(key).toString('hex');
export const fingerprint = (key: Uint8Array) => {
  const { words, hex } = fingerprintOf(key);
  return { words: [...words], hex };
};

/** Creating, joining and leading a cluster. Every change is a signed operation that is on the disk before the answer. */
export function createMembershipService(options: MembershipServiceOptions): Handlers<keyof typeof membershipContract> {
  const { membership, identity, config, discovery, nowMs = leadingNowMs } = options;
  return {
    'membership.status': () => ({
      nodeId: identity.nodeId,
      name: config.get('node.name'),
      fingerprint: fingerprint(identity.publicKey),
      keyStore: identity.store,
      cluster: clusterOf(membership, nowMs()),
      addresses: membership.ownAddresses().map(formatAddress),
    }),
    'membership.create': async ({ name }, { principal }) => {
      requireHere(principal);
      const recoveryWords = await membership.create(name);
      return { ...named(membership), recoveryWords: [...recoveryWords] };
    },
    'membership.invite': async ({ roles, minutes }, { principal }) => {
      requireHere(principal);
      const { inviteId, code, expiresMs } = await membership.invite({ roles: roleBits(roles), lifeMs: minutes * 60_000, uses: 1 });
      return {
        inviteId: toBase64url(inviteId),
        code,
        addresses: membership.ownAddresses().map(formatAddress),
        roles,
        expiresAt: expiresMs,
      };
    },
    'membership.invites': () => ({
      invites: membership.trust.invites.list(nowMs()).map(({ inviteId, roles, createdMs, expiresMs, state, usesLeft, failures }) => ({
        inviteId: toBase64url(inviteId),
        roles: [...rolesOf(roles)],
        createdAt: createdMs,
        expiresAt: expiresMs,
        state,
        usesLeft,
        failures,
      })),
    }),
    'membership.withdraw': async ({ inviteId }, { principal }) => {
      requireHere(principal);
      const { invites } = membership.trust;
      const id = fromBase64url(inviteId, 'invitation id');
      if (!invites.list(nowMs()).some((invite) => sameBytes(invite.inviteId, id)))
        throw new SignalboxError('NOT_FOUND', `There is no invitation ${inviteId}.`, { executed: 'no' });
      await membership.withdraw(id);
      return { withdrawn: true };
    },
    'membership.inviteFile': async ({ uses, roles, minutes }, { principal }) => {
      requireHere(principal);
      const { inviteId, code, expiresMs } = await membership.invite({ roles: roleBits(roles), lifeMs: minutes * 60_000, uses });
      const { log } = membership.trust.require();
      const addresses = membership.ownAddresses().map(formatAddress);
      const file = encodeInviteFile({ clusterId: log.clusterId, clusterName: log.genesis.name, code, roles, uses, expiresMs, addresses });
      return { inviteId: toBase64url(inviteId), file, addresses, expiresAt: expiresMs };
    },
    'membership.join': async ({ code, address, file }, { principal, signal, progress }) => {
      requireHere(principal);
      const onWaits = (waitMs: number) => progress({ step: 'waits', expiresAt: nowMs() + waitMs });
      if (file !== undefined) await joinWithFile(membership, file, { signal, onWaits }, nowMs);
      else if (address !== undefined) await joinWithCode(membership, required(code), readAddress(address), { signal, onWaits });
      else await joinNearbyWithCode(membership, required(code), nearbyDoors(discovery), { signal, onWaits });
      return joinedCluster(membership);
    },
    'membership.recover': async ({ words }, { principal }) => {
      requireHere(principal);
      const { name, roles } = await membership.trust.recover(words, config.get('node.name'));
      return { nodeId: identity.nodeId, name, roles: rolesOf(roles) as MemberRole[] };
    },
    'membership.members': () => {
      const { log } = membership.trust.require();
      const removed = [...log.state.removed].map(([key, { by, atMs }]) => ({
        nodeId: nodeIdOf(Buffer.from(key, 'hex')),
        name: formerName(membership, key),
        by: whoIs(membership, by),
        at: atMs,
      }));
      return {
        members: [...log.state.members.values()].map((member) => memberOf(options, member)).sort(byName),
        removed: removed.sort((a, b) => b.at - a.at),
      };
    },
    'membership.setRoles': async ({ node, roles }, { principal }) => {
      requireHere(principal);
      const member = findMember(membership, node);
      await changeRoles(membership, member, roleBits(roles));
      return memberOf(options, findMember(membership, node));
    },
    'membership.revoke': async ({ node }, { principal }) => {
      requireHere(principal);
      const member = findMember(membership, node);
      await membership.trust.sign({ kind: 'revoke', subject: member.key });
      return { nodeId: nodeIdOf(member.key), name: member.name, revoked: true };
    },
    'membership.leave': async (_params, { principal }) => {
      requireHere(principal);
      const { name } = named(membership);
      await membership.leave();
      return { name, left: true };
    },
  };
}

/** @throws SignalboxError `INVALID_PARAMS` */
function required(value: string | undefined): string {
  if (value !== undefined) return value;
  throw new SignalboxError('INVALID_PARAMS', 'To join takes a join code, or the text of an invite file.', {
    executed: 'no',
  });
}

/** Nodes nearby that say that one can join there. */
function nearbyDoors(discovery: Discovery): NearbyDoors {
  return {
    list: () => discovery.nearby().filter(({ takesRequests }) => takesRequests),
    onChange: (changed) => discovery.listen({ changed }),
  };
}

/** What this node has just become a member of. */
export function joinedCluster(membership: MembershipPart): ResultOf<'membership.join'> {
  return { ...named(membership), members: membership.trust.require().log.state.members.size };
}

function named(membership: MembershipPart): { readonly clusterId: string; readonly name: string } {
  const { log } = membership.trust.require();
  return { clusterId: toBase64url(log.clusterId), name: log.genesis.name };
}

function clusterOf(part: MembershipPart, nowMs: number) {
  const { membership } = part.trust;
  if (membership === undefined) return null;
  const { log } = membership;
  return {
    ...named(part),
    createdAt: log.genesis.createdMs,
    members: log.state.members.size,
    linked: part.links?.count ?? 0,
    ...selfIn(part),
    stale: membership.isStale(nowMs),
    adminHeardAt: log.checkpointMs,
    merged: mergesIn(log.operations),
  };
}

/** Of the operations only those that join two branches are checkpoints. */
function mergesIn(operations: readonly Operation[]): { readonly times: number; readonly lastAt: number | null } {
  const joins = operations.filter(({ kind }) => kind === 'checkpoint');
  return { times: joins.length, lastAt: joins.length === 0 ? null : Math.max(...joins.map(({ issuedMs }) => issuedMs)) };
}

function selfIn(part: MembershipPart) {
  try {
    return { roles: [...rolesOf(part.trust.self().roles)], removed: null };
  } catch (error) {
    const { code, message } = toErrorShape(error);
    return { roles: [], removed: { code, message } };
  }
}

/** Admins are made and unmade by operations of their own. */
async function changeRoles({ trust }: MembershipPart, member: Member, wanted: number): Promise<void> {
  const { key, name, roles: held } = member;
  const rest = wanted & ~nodeRoles.admin;
  if (rest === 0)
    throw new SignalboxError('INVALID_PARAMS', 'A member has at least one role besides admin: peer, for example.', { executed: 'no' });
  const isAdmin = (held & nodeRoles.admin) !== 0;
  const becomesAdmin = (wanted & nodeRoles.admin) !== 0;
  if (becomesAdmin && !isAdmin) {
    await trust.sign({ kind: 'addAdmin', subject: key, roles: rest, name });
    return;
  }
  if (isAdmin && !becomesAdmin) await trust.sign({ kind: 'removeAdmin', subject: key });
  if (rest !== (held & ~nodeRoles.admin)) await trust.sign({ kind: 'setRoles', subject: key, roles: rest });
}

function memberOf(options: MembershipServiceOptions, member: Member): ClusterMember {
  const { membership, identity } = options;
  const { key, name, roles, addedMs, addedBy, notAfterMs } = member;
  const isSelf = sameBytes(key, identity.publicKey);
  const link = membership.links?.linkOf(key);
  const failure = link === undefined ? membership.links?.failureOf(key) : undefined;
  const addresses = isSelf ? membership.ownAddresses() : (membership.contacts?.addressesOf(key) ?? []);
  return {
    nodeId: nodeIdOf(key),
    name,
    fingerprint: fingerprint(key),
    roles: rolesOf(roles) as MemberRole[],
    since: addedMs,
    addedBy: whoIs(membership, addedBy),
    endsAt: notAfterMs === 0 ? null : notAfterMs,
    state: isSelf ? 'self' : link === undefined ? 'notLinked' : 'linked',
    failure: failure === undefined ? null : { code: failure.code, message: failure.message },
    addresses: addresses.map(formatAddress),
    provenAt: membership.contacts?.provenMs(key) ?? null,
    rttMs: link?.rttMs ?? null,
  };
}

/** What somebody was called who is no member any more. */
function formerName({ trust }: MembershipPart, key: string): string {
  const named = trust.require().log.operations.findLast(({ subject, name }) => name !== '' && toHex(subject) === key);
  return named?.name ?? nodeIdOf(Buffer.from(key, 'hex'));
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
