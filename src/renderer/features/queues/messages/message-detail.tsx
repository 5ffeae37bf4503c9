import { useState } from 'react';
import type { QueueInfo, QueueMessageView } from '../../../../common/contract/queues.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { copyText } from '../../../design/copy-text.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconCopy, IconX } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatTime } from '../../../state/format.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { contentOf } from '../model/message.ts';
import { showMessages } from '../queues-route.ts';
import { MessageView } from './message-view.tsx';

interface MessageDetailProps {
  readonly queue: QueueInfo;
  readonly sequence: number;
  /** The message as the list has it; absent when a link led here. */
  readonly known: QueueMessageView | undefined;
}

/** A whole message may be megabytes. */
const timeoutMs = 30_000;

/** One message: key, headers, who wrote it, its payload. What the list has only the beginning of is loaded when it is asked for. */
export function MessageDetail({ queue, sequence, known }: MessageDetailProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const [wanted, setWanted] = useState(false);
  const ask = wanted || known === undefined;
  const { state, retry, cancel } = useCall('queues.message', { queue: queue.queueId, sequence }, { enabled: ask, timeoutMs });
  const whole = ask ? dataOf(state) : undefined;
  const message = whole ?? known;
  return (
    <section className="sb-col sb-grow qu-message" aria-label={t('messageLabel', { sequence: formatCount(sequence) })}>
      <Head queue={queue} sequence={sequence} message={message} />
      {message !== undefined && (
        <MessageView
          message={message}
          loading={wanted && state.kind === 'loading'}
          onLoadWhole={() => setWanted(true)}
          failure={wanted && state.kind === 'error' ? state.error.message : undefined}
        />
      )}
      {message === undefined && state.kind === 'loading' && (
        <Loading rows={3} asking={(seconds) => t('lookingAt', { seconds })} cancelLabel={common('cancel')} onCancel={cancel} />
      )}
      {message === undefined && state.kind === 'error' && (
        <CallFailure
          title={t('messageFailed', { sequence: formatCount(sequence) })}
          error={state.error}
          call="queues.message"
          onRetry={retry}
        />
      )}
    </section>
  );
}

function Head(props: { readonly queue: QueueInfo; readonly sequence: number; readonly message: QueueMessageView | undefined }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { sequence, message } = props;
  const facts =
    message === undefined
      ? []
      : [
          ...(message.key === null ? [] : [t('keyIs', { key: message.key })]),
          formatBytes(message.sizeBytes),
          formatTime(message.at, { milliseconds: true }),
          t('writtenBy', { client: message.clientId }),
        ];
  const copy = async () => {
    if (message === undefined) return;
    const { json, text } = contentOf(message);
    const copied = await copyText(json === undefined ? text : JSON.stringify(json.value, null, 2));
    showToast(copied ? { title: t(message.cut ? 'beginningCopied' : 'messageCopied') } : { title: t('messageNotCopied'), tone: 'error' });
  };
  return (
    <header className="sb-subbar qu-message-head">
      <h3 className="sb-h">{t('messageTitle', { sequence: formatCount(sequence) })}</h3>
      <span className="sb-3 sb-num sb-clip sb-select sb-grow" title={facts.join(' · ')}>
        {facts.join(' · ')}
      </span>
      <IconButton label={t('copyMessage')} disabled={message === undefined} onClick={() => void copy()}>
        <IconCopy size={16} stroke={1.5} />
      </IconButton>
      <IconButton label={common('close')} shortcut="Esc" onClick={() => showMessages({ message: undefined })}>
        <IconX size={16} stroke={1.5} />
      </IconButton>
    </header>
  );
}
