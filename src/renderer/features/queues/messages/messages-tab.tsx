import { useEffect } from 'react';
import { TopRow } from '../../../design/layout/row-split.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import type { QueueTabProps } from '../detail/queue-tab-props.ts';
import { useQueuesRoute } from '../queues-route.ts';
import { MessageDetail } from './message-detail.tsx';
import { MessageList } from './message-list.tsx';
import { PeekBar } from './peek-bar.tsx';
import { useBrowse } from './use-browse.ts';

/** Messages of a queue, looked at without moving anybody's position, and one of them in detail. */
export function MessagesTab({ queue }: QueueTabProps) {
  const { t } = useTranslation('queues');
  const { from, filter, message } = useQueuesRoute();
  const browse = useBrowse(queue.queueId, from, filter);
  const isEmpty = browse.looked?.rows.length === 0 && filter === '' && from === 'latest';
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first messages of an empty queue are shown as they come
  useEffect(() => {
    if (isEmpty && queue.messages > 0) browse.peek();
  }, [isEmpty, queue.lastSequence]);
  const list = <MessageList queue={queue} browse={browse} filter={filter} selected={message} />;
  return (
    <>
      <PeekBar queue={queue} from={from} filter={filter} browse={browse} />
      {message === undefined ? (
        list
      ) : (
        <div className="sb-col sb-grow">
          <TopRow
            name="queues.messages"
            initialHeight={220}
            minHeight={96}
            minHeightBelow={140}
            label={t('messagesHeight')}
            className="sb-col"
          >
            {list}
          </TopRow>
          <MessageDetail
            key={`${queue.queueId} ${message}`}
            queue={queue}
            sequence={message}
            known={browse.looked?.rows.find((row) => row.message.sequence === message)?.message}
          />
        </div>
      )}
    </>
  );
}
