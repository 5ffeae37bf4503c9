import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import type { QueueInfo } from '../../../../common/contract/queues.ts';

/** What a tab of a queue is given. */
export interface QueueTabProps {
  readonly queue: QueueInfo;
  readonly group: GroupInfo | undefined;
  /** Read the figures again: something was changed. */
  readonly refresh: () => void;
}
