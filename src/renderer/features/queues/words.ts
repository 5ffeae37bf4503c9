/** What is said of queues and groups, the same in every part of the screen. */
import type { TFunction } from 'i18next';
import type { GroupInfo, GroupMemberInfo } from '../../../common/contract/brokers.ts';
import type { QueueOptions } from '../../../common/contract/queues.ts';
import { lackOfVotes, namesOf } from '../../../common/group-votes.ts';
import { formatBytes, formatCount, formatDuration, formatTime } from '../../state/format.ts';
import { behindForMs, type MemberState } from '../shared/queues/health.ts';

type Translate = TFunction<'queues'>;

const dayMs = 86_400_000;

/** `7 d`, `36 h`, `90 s`: a bound of time, exactly. */
export function formatSpan(spanMs: number): string {
  if (spanMs % dayMs === 0) return `${spanMs / dayMs} d`;
  if (spanMs % 3_600_000 === 0) return `${spanMs / 3_600_000} h`;
  return formatDuration(spanMs);
}

/** `keeps 7 d, 100,000 messages`, `keeps everything`. */
export function keepWords(t: Translate, { maxAgeMs, maxBytes, maxMessages }: QueueOptions): string {
  const bounds = [
    ...(maxAgeMs === null ? [] : [formatSpan(maxAgeMs)]),
    ...(maxMessages === null ? [] : [t('messages', { count: maxMessages, amount: formatCount(maxMessages) })]),
    ...(maxBytes === null ? [] : [formatBytes(maxBytes)]),
  ];
  return bounds.length === 0 ? t('keepsAll') : t('keeps', { bounds: bounds.join(', ') });
}

/** `Writable, quorum 2 of 3`, or exactly why not. */
export function writableWords(t: Translate, group: GroupInfo): string {
  if (!group.writable) return t('notWritable', { reason: group.whyNotWritable ?? t('noLeader') });
  return t('writable', { quorum: group.quorum, count: group.voters });
}

/** `3 replicas, quorum 2: 1 may be lost`. */
export function replicasWords(t: Translate, count: number): string {
  const quorum = Math.floor(count / 2) + 1;
  return t('afterReplicas', { count, quorum, losable: count === quorum ? t('nothing') : formatCount(count - quorum) });
}

/** The word beside a replica's shape. */
export function memberWords(t: Translate, member: GroupMemberInfo, state: MemberState): string {
  switch (state) {
    case 'behind':
      return t('member_behind', { amount: formatCount(member.lag ?? 0) });
    case 'copying':
      return t('member_copying', { percent: Math.floor((member.snapshot ?? 0) * 100) });
    default:
      return t(`member_${state}`);
  }
}

/** What there is to say beside the bar: since when it leads, how long it has been behind, what it waits for. */
export function memberDetail(
  t: Translate,
  {
    member,
    group,
    state,
    trend,
  }: {
    readonly member: GroupMemberInfo;
    readonly group: GroupInfo;
    readonly state: MemberState;
    readonly trend: 'growing' | 'shrinking' | undefined;
  },
): string {
  const amount = formatCount(member.lag ?? 0);
  const span = formatDuration(behindForMs(member, group));
  switch (state) {
    case 'leader':
      return group.leaderSince === null ? '' : t('since', { time: formatTime(group.leaderSince) });
    case 'behind':
      return trend === undefined ? t('detail_behind', { span }) : t(`detail_${trend}`, { span });
    case 'inactive':
      return behindForMs(member, group) > 0 ? t('detail_inactive', { amount, span }) : t('detail_away');
    case 'impaired':
      return t('detail_impaired');
    case 'catchingUp':
      return t('detail_catchingUp', { amount });
    case 'copying':
      return t('detail_copying');
    case 'unknown':
      return t('detail_unknown');
    case 'inSync':
      return t('detail_lag', { amount });
  }
}

/** What a person can do for a group that lost disks keep from a leader; undefined: they do not. */
export function votesAdvice(t: Translate, group: GroupInfo): string | undefined {
  const lack = lackOfVotes(group);
  if (lack === undefined) return undefined;
  const { quorum, groupId } = group;
  const impaired = namesOf(lack.impaired);
  if (!lack.isForGood) return t('groupWantsThoseAway', { away: namesOf(lack.away), quorum, impaired });
  return t('groupWantsVotes', { quorum, impaired, group: groupId, whole: lack.able[0]?.name ?? t('furthestNode') });
}
