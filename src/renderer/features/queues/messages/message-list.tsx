import { useEffect, useRef } from 'react';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { Button } from '../../../design/controls/index.ts';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { Loading } from '../../../design/feedback/states.tsx';
import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatTime } from '../../../state/format.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import type { MessageRow } from '../model/message.ts';
import { openQueueDialog } from '../queues-dialogs.ts';
import { showMessages } from '../queues-route.ts';
import { type Browse, type Looked, mostMessages } from './use-browse.ts';

const columns = '76px 60px minmax(40px, 8%) 58px minmax(0, 1fr)';

interface MessageListProps {
  readonly queue: QueueInfo;
  readonly browse: Browse;
  readonly filter: string;
  readonly selected: number | undefined;
}

/** The messages that were looked at, or why there are none. */
export function MessageList({ queue, browse, filter, selected }: MessageListProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { looked, running, error } = browse;
  const rowHeight = useRowHeight('--sb-tree-row');
  const list = useRef<HTMLDivElement>(null);
  // A link to a message brings the focus to the list that holds it.
  useEffect(() => {
    if (selected === undefined) return;
    const element = list.current?.querySelector<HTMLElement>('[role="listbox"]');
    if (document.activeElement === document.body) element?.focus();
  }, [selected]);
  if (looked === undefined) {
    if (running === 'first') {
      return <Loading rows={8} asking={(seconds) => t('lookingAt', { seconds })} cancelLabel={common('cancel')} onCancel={browse.cancel} />;
    }
    if (error === undefined) return <Cancelled onPeek={browse.peek} />;
    // A filter that cannot be read is said beside it.
    if (error.code === 'INVALID_PARAMS') return null;
    return <CallFailure title={t('browseFailed', { name: queue.name })} error={error} call="queues.browse" onRetry={browse.peek} />;
  }
  const { rows } = looked;
  const index = rows.findIndex((row) => row.message.sequence === selected);
  const select = (at: number) => showMessages({ message: rows[at]?.message.sequence });
  return (
    <div ref={list} className="sb-col sb-grow qu-messages">
      {rows.length === 0 ? (
        <NoMessages queue={queue} filter={filter} looked={looked} />
      ) : (
        <VirtualList
          label={t('messageList')}
          count={rows.length}
          rowHeight={rowHeight}
          keyOf={(at) => rows[at]?.message.sequence ?? at}
          renderRow={(at) => messageCells(rows[at])}
          columns={columns}
          rowClassName="compact"
          selectedIndex={index === -1 ? undefined : index}
          onSelect={select}
          onOpen={select}
          openOnClick
          head={
            <div className="sb-head" aria-hidden="true" style={{ gridTemplateColumns: columns }}>
              <span className="sb-r">{t('head_sequence')}</span>
              <span>{t('head_time')}</span>
              <span>{t('head_key')}</span>
              <span className="sb-r">{t('head_size')}</span>
              <span>{t('head_value')}</span>
            </div>
          }
        />
      )}
      <Foot queue={queue} browse={browse} looked={looked} filtered={filter !== ''} />
    </div>
  );
}

/** The cells of a row. Not a component: hooks and memo would cost more than the five cells do. */
function messageCells(row: MessageRow | undefined) {
  if (row === undefined) return null;
  const { sequence, at, key, sizeBytes } = row.message;
  return (
    <>
      <span className="sb-r">{formatCount(sequence)}</span>
      <span className="sb-2" title={formatTime(at, { milliseconds: true })}>
        {shortTime(at)}
      </span>
      <span className="qu-key">{key ?? <span className="sb-3">–</span>}</span>
      <span className="sb-r sb-3">{formatBytes(sizeBytes)}</span>
      <span className="sb-mono sb-2 qu-value">{row.preview}</span>
    </>
  );
}

/** `12:02:01` of today, `20 Nov` before: the inspector has all of it. */
function shortTime(atMs: number): string {
  const date = new Date(atMs);
  if (date.toDateString() === new Date().toDateString()) return formatTime(atMs);
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}

/** How far it was looked, whether there is more, and whether newer ones have come meanwhile. */
function Foot(props: { readonly queue: QueueInfo; readonly browse: Browse; readonly looked: Looked; readonly filtered: boolean }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { queue, browse, looked, filtered } = props;
  const newer =
    looked.direction === 'backward'
      ? Math.max(0, queue.lastSequence - Math.max(looked.scannedTo, looked.rows[0]?.message.sequence ?? 0))
      : 0;
  const words = {
    count: looked.rows.length,
    amount: formatCount(looked.rows.length),
    scanned: formatCount(looked.scanned),
    from: formatCount(looked.scannedFrom),
    to: formatCount(looked.scannedTo),
  };
  const last = looked.rows.at(-1)?.message.sequence;
  const isFull = looked.rows.length >= mostMessages;
  return (
    <div className="sb-foot" role="status">
      {browse.error !== undefined ? (
        <span className="sb-crit sb-clip">
          <StateShape kind="failed" /> {browse.error.message}
        </span>
      ) : (
        <span className="sb-3 sb-num sb-clip">{filtered ? t('matched', words) : t('shown', words)}</span>
      )}
      <span className="sb-grow" />
      {newer > 0 && (
        <button type="button" className="sb-link sb-num" onClick={browse.peek}>
          {t('newer', { count: newer, amount: formatCount(newer) })}
        </button>
      )}
      {browse.running === 'more' ? (
        <>
          <span className="sb-3">{t('lookingOn')}</span>
          <button type="button" className="sb-link" onClick={browse.cancel}>
            {common('cancel')}
          </button>
        </>
      ) : looked.more && isFull && last !== undefined && looked.direction === 'forward' ? (
        <button type="button" className="sb-link" onClick={() => showMessages({ from: String(last + 1), message: undefined })}>
          {t('goOnFrom', { sequence: formatCount(last + 1) })}
        </button>
      ) : (
        looked.more &&
        !isFull && (
          <button type="button" className="sb-link" onClick={browse.goOn}>
            {looked.direction === 'backward' ? t('older') : t('further')}
          </button>
        )
      )}
    </div>
  );
}

/** Nothing to show: because the queue is empty, because nothing was found so far, or because nothing can be there. */
function NoMessages(props: { readonly queue: QueueInfo; readonly filter: string; readonly looked: Looked }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { queue, filter, looked } = props;
  if (filter !== '') {
    return (
      <div className="sb-empty" role="status">
        <h2 className="qu-anywhere">{t('noMatch', { filter })}</h2>
        <p>
          {t('noMatchScanned', {
            scanned: formatCount(looked.scanned),
            from: formatCount(looked.scannedFrom),
            to: formatCount(looked.scannedTo),
          })}{' '}
          {looked.more && t('noMatchMore')}
        </p>
        <Button variant="default" onClick={() => showMessages({ filter: '' })}>
          {common('clearFilter')}
        </Button>
      </div>
    );
  }
  const never = queue.lastSequence === 0;
  return (
    <div className="sb-empty" role="status">
      <h2>{queue.messages === 0 ? t('queueEmpty') : t('noneFrom')}</h2>
      <p>
        {queue.messages > 0
          ? t('noneFromDetail', { from: formatCount(queue.firstSequence), to: formatCount(queue.lastSequence) })
          : never
            ? t('queueNever')
            : t('queueEmptied', { sequence: formatCount(queue.lastSequence) })}
      </p>
      <div className="sb-flex">
        {queue.messages === 0 ? (
          <Button variant="default" onClick={() => openQueueDialog({ kind: 'append', queueId: queue.queueId })}>
            {t('act_append')}
          </Button>
        ) : (
          <Button variant="default" onClick={() => showMessages({ from: 'latest' })}>
            {t('from_latest')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Cancelled({ onPeek }: { readonly onPeek: () => void }) {
  const { t } = useTranslation('queues');
  return (
    <div className="sb-empty" role="status">
      <h2>{t('peekCancelled')}</h2>
      <Button variant="default" onClick={onPeek}>
        {t('peekAgain')}
      </Button>
    </div>
  );
}
