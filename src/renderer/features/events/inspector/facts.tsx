import type { ReactNode } from 'react';
import { goTo } from '../../../app/routes.ts';
import { useTranslation } from '../../../i18n/index.ts';
import type { FeedHeader } from '../../../state/feed-ring.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { clockOf } from '../model/clock.ts';
import type { Payload } from './use-payload.ts';

/** When, from whom, which number, how large. */
export function Facts({ header, payload }: { readonly header: FeedHeader; readonly payload: Payload | undefined }) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const status = useNode((state) => state.status);
  const nameOf = useNodeNames();
  const isOwn = status?.nodeId === header.origin;
  const event = payload?.kind === 'ready' ? payload.event : undefined;
  return (
    <dl className="sb-sec sb-kv sb-events-facts">
      <Fact label={t('received')}>
        <time title={new Date(header.timestamp).toString()}>{clockOf(header.timestamp)}</time>
      </Fact>
      <Fact label={t('topic')}>
        <span className="sb-mono" title={header.topic}>
          {header.topic}
        </span>
      </Fact>
      <Fact label={t('origin')}>
        {isOwn ? (
          <span title={header.origin}>{t('thisNode', { name: status.name })}</span>
        ) : (
          <button type="button" className="sb-link" title={header.origin} onClick={() => goTo('nodes', { node: header.origin })}>
            {nameOf(header.origin)}
          </button>
        )}
      </Fact>
      <Fact label={t('sequence')}>
        <span title={t('sequenceHelp')}>{event === undefined ? common('unknown') : formatCount(event.seq)}</span>
      </Fact>
      {(event?.dropped ?? 0) > 0 && (
        <Fact label={t('lostBefore')}>
          <span className="sb-warn" title={t('lostBeforeHelp')}>
            {formatCount(event?.dropped ?? 0)}
          </span>
        </Fact>
      )}
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
