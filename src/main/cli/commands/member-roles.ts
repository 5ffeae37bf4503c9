import { InvalidArgumentError } from 'commander';
import { type MemberRole, memberRoles } from '../../../common/contract/membership.ts';
import { UsageError } from '../exit-codes.ts';

/** What a node can be let in with. */
export type InvitedRole = Exclude<MemberRole, 'admin'>;

/** Reads roles with commas between them. @throws InvalidArgumentError */
export function readRoles(text: string): MemberRole[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !(memberRoles as readonly string[]).includes(word));
  if (unknown !== undefined) throw new InvalidArgumentError(`${unknown} is no role. Roles: ${memberRoles.join(', ')}.`);
  return words as MemberRole[];
}

/** The same for a node that is to be let in. @throws InvalidArgumentError, UsageError for admin */
export function readInvitedRoles(text: string): InvitedRole[] {
  const roles = readRoles(text);
  if (roles.includes('admin'))
    throw new UsageError('A node becomes admin after it has joined: signalbox cluster set-roles NODE peer,viewer,operator,admin');
  return roles as InvitedRole[];
}
