import { useEffect, useState } from 'react';
import { StateLabel } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useNode } from '../../state/node.ts';

/** Where the connection to the node stands, in shape and word. */
export function ConnectionLabel() {
  const { t } = useTranslation('frame');
  const connection = useNode((state) => state.connection);
  const nowMs = useNow(connection.kind === 'waiting');
  switch (connection.kind) {
    case 'connected':
      return <StateLabel kind="online">{t('connected')}</StateLabel>;
    case 'connecting':
      return <StateLabel kind="running">{t('connecting')}</StateLabel>;
    case 'waiting':
      return (
        <StateLabel kind="warn">
          {t('reconnecting', { attempt: connection.attempt + 1, seconds: Math.max(0, Math.ceil((connection.retryAtMs - nowMs) / 1000)) })}
        </StateLabel>
      );
    case 'closed':
      return <StateLabel kind="failed">{t('closed')}</StateLabel>;
  }
}

/** The time, twice a second, while it is wanted. */
export function useNow(wanted: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!wanted) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, [wanted]);
  return nowMs;
}
