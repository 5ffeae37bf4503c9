/** What a leader tells all members when it has begun to lead or the members have changed: hints, never authority (queue.md 5.1). */
import { z } from 'zod';
import { brokerIdPattern } from '../../../../common/contract/brokers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { BrokerId, CoreStatus, GroupConfiguration, GroupId } from '../core/types.ts';
import { configurationSchema } from './snapshot-messages.ts';

/** What one broker knows of a group, also of one of which it has no replica. */
export interface GroupSighting {
  readonly groupId: GroupId;
  readonly term: number;
  readonly leader: BrokerId | null;
  readonly configuration: GroupConfiguration;
}

const updateSchema = z.object({
  term: z.number().int().min(0),
  leader: z.string().regex(brokerIdPattern).nullable(),
  members: configurationSchema,
});

export function updateHeader({ groupId, term, leader, configuration }: GroupSighting): object {
  return { group: groupId, term, cluster_version: configuration.version, leader, members: configuration };
}

/** @throws SignalboxError `INVALID_PARAMS` */
export function decodeUpdate(header: unknown): GroupSighting {
  const parsed = updateSchema.safeParse(header);
  if (!parsed.success) throw new SignalboxError('INVALID_PARAMS', 'The news of a group is not valid.', { executed: 'no' });
  const { term, leader, members } = parsed.data;
  return { groupId: members.groupId, term, leader, configuration: members };
}

export function sightingOf(groupId: GroupId, { term, leaderId, configuration }: CoreStatus): GroupSighting {
  return { groupId, term, leader: leaderId, configuration };
}

/** True when `news` is of a later term, or of the same one with a later membership. */
export function isLater(news: GroupSighting, known: GroupSighting | undefined): boolean {
  if (known === undefined || news.term > known.term) return true;
  return news.term === known.term && news.configuration.version > known.configuration.version;
}
