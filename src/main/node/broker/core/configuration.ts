import { z } from 'zod';
import { brokerIdPattern, groupIdPattern } from '../../../../common/contract/brokers.ts';
import type { BrokerId, GroupConfiguration, GroupMember, MembershipChange } from './types.ts';

const memberSchema = z.strictObject({
  brokerId: z.string().regex(brokerIdPattern),
  voter: z.boolean(),
  nodeId: z.string().max(256).nullable(),
  host: z.string().min(1).max(256),
  port: z.int().min(0).max(65_535),
});

/** More members than any group should have: what a configuration entry may hold at most. */
export const membersMax = 64;

const configurationSchema = z.strictObject({
  groupId: z.string().regex(groupIdPattern),
  version: z.int().min(0),
  members: z.array(memberSchema).max(membersMax),
});

/** The data of a configuration entry: UTF-8 JSON of all of it. */
export function encodeConfiguration(configuration: GroupConfiguration): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(configuration));
}

/** @throws ZodError or SyntaxError when the data of a configuration entry is none. */
export function decodeConfiguration(data: Uint8Array): GroupConfiguration {
  return configurationSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data)));
}

export function memberOf(configuration: GroupConfiguration, brokerId: BrokerId): GroupMember | undefined {
  return configuration.members.find((member) => member.brokerId === brokerId);
}

/** Whether others vote in the group, and so have what is missing here. A learner has a part of it at most, and follows whatever leads. */
export function hasOtherVoters({ members }: GroupConfiguration, selfId: BrokerId): boolean {
  return members.some(({ brokerId, voter }) => voter && brokerId !== selfId);
}

function votersOf(configuration: GroupConfiguration): readonly BrokerId[] {
  return configuration.members
    .filter((member) => member.voter)
    .map((member) => member.brokerId)
    .sort();
}

/**
 * The members after one change. Changes come one at a time, so that the majorities of any two configurations in succession overlap
 * (Raft thesis 4.1).
 *
 * @returns undefined when the change makes no sense: the member is there already, or is not, or none would be left to vote.
 */
export function changedMembers(members: readonly GroupMember[], change: MembershipChange): readonly GroupMember[] | undefined {
  if (change.type === 'addLearner') {
    const { member } = change;
    if (members.length >= membersMax || members.some((other) => other.brokerId === member.brokerId)) return undefined;
    const learner = { ...member, voter: false };
    return memberSchema.safeParse(learner).success ? [...members, learner] : undefined;
  }
  const member = members.find((other) => other.brokerId === change.brokerId);
  if (member === undefined) return undefined;
  switch (change.type) {
    case 'promote':
      return member.voter ? undefined : replaced(members, { ...member, voter: true });
    case 'readdress': {
      const moved = { ...member, host: change.host, port: change.port };
      return memberSchema.safeParse(moved).success ? replaced(members, moved) : undefined;
    }
    case 'remove': {
      const left = members.filter((other) => other !== member);
      return left.some((other) => other.voter) ? left : undefined;
    }
  }
}

function replaced(members: readonly GroupMember[], member: GroupMember): readonly GroupMember[] {
  return members.map((other) => (other.brokerId === member.brokerId ? member : other));
}

/**
 * The configurations of a log. The newest counts, committed or not (thesis 4.1); the ones before are kept for when the end of the log is cut
 * off.
 */
export class ConfigurationHistory {
  /** Oldest first, never empty. */
  #configurations: GroupConfiguration[];
  /** Of the configuration that counts: asked for with every message. */
  #voters: { readonly of: GroupConfiguration; readonly ids: readonly BrokerId[] } | undefined;

  /** @param configurations Of the log, oldest first. @param base Counts when the log holds none. */
  constructor(configurations: readonly GroupConfiguration[], base: GroupConfiguration) {
    this.#configurations = configurations.length === 0 ? [base] : [...configurations];
  }

  get current(): GroupConfiguration {
    const last = this.#configurations.at(-1);
    if (last === undefined) throw new Error('a group always has a configuration');
    return last;
  }

  /** Voters in the order of their ids: the first is preferred among equal candidates (seed 4 section 5). */
  get voters(): readonly BrokerId[] {
    const { current } = this;
    if (this.#voters?.of !== current) this.#voters = { of: current, ids: votersOf(current) };
    return this.#voters.ids;
  }

  /** The one that an entry at this index stands under; below the beginning of the log, the oldest known. */
  at(index: number): GroupConfiguration {
    return this.#configurations.findLast(({ version }) => version <= index) ?? this.#configurations[0] ?? this.current;
  }

  /** What counted before, where it is still known. */
  get previous(): GroupConfiguration | undefined {
    return this.#configurations.at(-2);
  }

  add(configuration: GroupConfiguration): void {
    this.#configurations.push(configuration);
  }

  /** Entries from this index on are gone. True when the configuration that counts is another now. */
  truncate(fromIndex: number): boolean {
    const before = this.current;
    while (this.#configurations.length > 1 && this.current.version >= fromIndex) this.#configurations.pop();
    return this.current !== before;
  }

  /** Entries up to this index are committed for good: the configurations that the newest of them replaced are needed no more. */
  forget(upTo: number): void {
    const newer = this.#configurations.findIndex((configuration, at) => at > 0 && configuration.version > upTo);
    const keepFrom = (newer === -1 ? this.#configurations.length : newer) - 1;
    if (keepFrom > 0) this.#configurations = this.#configurations.slice(keepFrom);
  }

  reset(configuration: GroupConfiguration): void {
    this.#configurations = [configuration];
  }
}
