import { useState } from 'react';
import type { PeerEvent } from '../../../../../common/contract/peers.ts';
import { type StateKind, StateShape } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatTime } from '../../../../state/format.ts';

const shapes: Record<PeerEvent['kind'], StateKind> = {
  appeared: 'online',
  healthChanged: 'lagging',
  wayChanged: 'running',
  circuitOpened: 'paused',
  circuitProbed: 'running',
  circuitClosed: 'online',
  graylisted: 'failed',
  recovered: 'online',
  removed: 'paused',
  refused: 'failed',
};

/** So many are shown before a person asks for all. */
const first = 6;

/** What happened to the peer and its ways, newest first. */
export function Events({ events }: { readonly events: readonly PeerEvent[] }) {
  const { t } = useTranslation('peers');
  const [all, setAll] = useState(false);
  const shown = all ? events : events.slice(0, first);
  return (
    <section className="sb-sec" aria-labelledby="pe-events">
      <h3 id="pe-events" className="sb-h">
        {t('events')}
      </h3>
      {events.length === 0 ? (
        <p className="sb-3">{t('eventsNone')}</p>
      ) : (
        <ol className="pe-events" aria-labelledby="pe-events">
          {shown.map((event, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: counted from the oldest, an event keeps its place
            <li key={`${event.at} ${events.length - index}`}>
              <time className="sb-3 sb-num" dateTime={new Date(event.at).toISOString()}>
                {formatTime(event.at)}
              </time>
              <StateShape kind={shapes[event.kind]} />
              <p>
                <b>{t(`event_${event.kind}`)}</b> <span className="sb-2">{event.detail}</span>
              </p>
            </li>
          ))}
        </ol>
      )}
      {events.length > first && (
        <button type="button" className="sb-link pe-more" onClick={() => setAll(!all)}>
          {all ? t('eventsFewer') : t('eventsAll', { count: events.length })}
        </button>
      )}
    </section>
  );
}
