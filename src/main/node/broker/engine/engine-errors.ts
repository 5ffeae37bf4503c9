import { SignalboxError } from '../../../../common/errors.ts';
import type { GroupId } from '../core/types.ts';
import { brokerLimits } from '../limits.ts';
import type { ChangeOutcome } from './waiting-changes.ts';

export function groupUnknown(groupId: GroupId): SignalboxError {
  return new SignalboxError('NOT_FOUND', `This broker has no replica of group ${groupId}.`, { executed: 'no' });
}

export function tooManyGroups(): SignalboxError {
  return new SignalboxError('LIMIT', `This broker has ${brokerLimits.groups} groups, which is the most it takes.`, { executed: 'no' });
}

export function storageNotReady(why: string | undefined): SignalboxError {
  return new SignalboxError('STORAGE_FULL', why ?? 'The queue broker has not opened its files yet. Try again.', {
    executed: 'no',
    retryable: true,
  });
}

/** Why a change of the membership was not made. */
export function changeRefused(groupId: GroupId, code: Extract<ChangeOutcome, { ok: false }>['code']): SignalboxError {
  switch (code) {
    case 'CHANGE_PENDING':
      return new SignalboxError('CONFLICT', `Another change of the members of group ${groupId} is on its way. Try again when it is done.`, {
        executed: 'no',
        retryable: true,
      });
    case 'BUSY':
      return new SignalboxError('OVERLOADED', `Group ${groupId} has too much to do. Try again.`, { executed: 'no' });
    case 'INVALID_PARAMS':
      return new SignalboxError(
        'INVALID_PARAMS',
        `Group ${groupId} cannot be changed like this: the broker is a member already, or none, or the last with a vote.`,
        {
          executed: 'no',
        },
      );
    case 'UNCERTAIN':
      return new SignalboxError(
        'TIMEOUT',
        `Group ${groupId} lost its leader while its members were being changed. Look whether they are.`,
        {
          executed: 'maybe',
        },
      );
    default:
      return new SignalboxError('NOT_LEADER', `Only leader changes the members of group ${groupId}.`, { executed: 'no' });
  }
}
