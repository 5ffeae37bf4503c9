/** What the services about the cluster have in common: who may call them, and whom they name. */
import { SignalboxError } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import { nodeIdOf } from '../identity/index.ts';
import { type Address, type MembershipPart, parseAddress } from '../membership/index.ts';
import type { Member } from '../trust/index.ts';

/** Calls of other nodes carry no proof of who makes them yet: nobody may let a node in, or remove one, by such a call. */
export function requireHere({ via }: Principal): void {
  if (via === 'node')
    throw new SignalboxError('FORBIDDEN', 'Who belongs to the cluster is changed on an admin node itself, not by a call of another node.', {
      executed: 'no',
    });
}

/**
 * A member as a person names it.
 *
 * @param node node id or name
 * @throws SignalboxError `NOT_FOUND`, `CONFLICT` when the name is that of several, `NOT_MEMBER`
 */
export function findMember({ trust }: MembershipPart, node: string): Member {
  const members = [...trust.require().log.state.members.values()];
  const byId = members.find(({ key }) => nodeIdOf(key) === node);
  if (byId !== undefined) return byId;
  const [first, ...others] = members.filter((member) => member.name === node);
  if (first === undefined)
    throw new SignalboxError('NOT_FOUND', `No member of the cluster is called ${node}. See membership.members.`, { executed: 'no' });
  if (others.length > 0)
    throw new SignalboxError('CONFLICT', `${others.length + 1} members are called ${node}. Name the node id instead.`, {
      executed: 'no',
      data: { nodeIds: [first, ...others].map(({ key }) => nodeIdOf(key)) },
    });
  return first;
}

/** A public key as people see it; without a name when it is of no member. */
export function whoIs({ trust }: MembershipPart, key: Uint8Array) {
  return { nodeId: nodeIdOf(key), name: trust.require().log.state.members.get(Buffer.from(key).toString('hex'))?.name ?? null };
}

/** @throws SignalboxError `INVALID_PARAMS` */
export function readAddress(text: string): Address {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw new SignalboxError('INVALID_PARAMS', `The address ${text} is not of the form HOST:PORT, for example 192.168.1.20:7422.`, {
    executed: 'no',
  });
}
