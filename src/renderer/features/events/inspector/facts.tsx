import type { ReactNode } from 'react';
import { useTranslation } from '../../../i18n/index.ts';
import type { FeedHeader } from '../../../state/feed-ring.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { clockOf } from '../model/clock.ts';
import type { Payload } from './use-payload.ts';

/** When, from whom, which number, how large. */
export function Facts({ header, payload }: { readonly header: FeedHeader; readonly payload: Payload | undefined }) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const status = useNode((state) => state.status);
  const isOwn = status?.nodeId === header.origin;
  const event = payload?.kind === 'ready' ? payload.event : undefined;
  return (
    <dl className="sb-sec sb-kv sb-events-facts">
      <Fact label={t('received')}>
        <time title={new Date(header.timestamp).toString()}>{clockOf(header.timestamp)}</time>
      </Fact>
      <Fact label={t('topic')}>
        <span className="sb-mono">{header.topic}</span>
      </Fact>
      <Fact label={t('origin')}>
        {isOwn ? (
          <span title={header.origin}>{t('thisNode', { name: status.name })}</span>
        ) : (
          <span className="sb-mono">{header.origin}</span>
        )}
      </Fact>
      <Fact label={t('sequence')}>
        <span title={t('sequenceHelp')}>{event === undefined ? common('unknown') : formatCount(event.seq)}</span>
      </Fact>
      <Fact label={t('kind')}>{event === undefined ? header.status : event.name}</Fact>
      <Fact label={t('size')}>{t('sizeComplete', { size: formatBytes(header.sizeBytes) })}</Fact>
    </dl>
  );
}

function Fact(props: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{props.label}</dt>
      <dd className="sb-select">{props.children}</dd>
    </>
  );
}
