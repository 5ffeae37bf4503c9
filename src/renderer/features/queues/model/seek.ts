/** What moving a client's position means for it. */
import type { QueueInfo } from '../../../../common/contract/queues.ts';

export interface SeekEffect {
  /** Messages that it gets a second time. */
  readonly again: number;
  /** Messages that it never gets. */
  readonly skipped: number;
}

/**
 * Counted over the messages that the queue still holds: what retention has dropped comes to nobody.
 *
 * @param from its position now: the sequence of the last message it got; @param to the position it would have
 */
export function seekEffect(queue: Pick<QueueInfo, 'firstSequence' | 'lastSequence'>, from: number, to: number): SeekEffect {
  const held = (position: number) => Math.max(queue.firstSequence - 1, Math.min(queue.lastSequence, position));
  const distance = held(to) - held(from);
  return { again: Math.max(0, -distance), skipped: Math.max(0, distance) };
}
