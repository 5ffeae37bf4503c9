import { groupIdPattern } from '../../../../common/contract/brokers.ts';
import { queueIdPattern, queueNamePattern } from '../../../../common/contract/queues.ts';
import { SignalboxError } from '../../../../common/errors.ts';

/** How somebody named a queue: by its id, or by a name, alone or with its group. */
export type QueueName =
  | { readonly queueId: string; readonly groupId: string }
  | { readonly name: string; readonly groupId: string | undefined };

/** The group of a queue is in its id (wire.md 4). */
export function groupOfQueue(queueId: string): string {
  return `G-${queueId.slice(2, 7)}`;
}

/**
 * Reads id, name, or GROUP/NAME.
 *
 * @throws SignalboxError `INVALID_PARAMS`
 */
export function readQueueName(text: string): QueueName {
  if (queueIdPattern.test(text)) return { queueId: text, groupId: groupOfQueue(text) };
  const slash = text.indexOf('/');
  const group = slash === -1 ? undefined : text.slice(0, slash);
  const name = text.slice(slash + 1);
  const groupFits = group === undefined || groupIdPattern.test(group);
  if (groupFits && queueIdPattern.test(name) && (group === undefined || group === groupOfQueue(name)))
    return { queueId: name, groupId: groupOfQueue(name) };
  if (groupFits && queueNamePattern.test(name)) return { name, groupId: group };
  throw new SignalboxError('INVALID_PARAMS', `${text} is no name of a queue: give its id, its name, or GROUP/NAME.`, {
    executed: 'no',
    data: { issues: [{ path: '/queue', message: 'an id such as Q-XYZ78AB12C, a name, or G-XYZ78/NAME' }] },
  });
}
