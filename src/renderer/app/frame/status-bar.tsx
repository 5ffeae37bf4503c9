import { StateShape } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { formatCount, formatRate } from '../../state/format.ts';
import { useNode } from '../../state/node.ts';
import { ConnectionLabel } from './connection-label.tsx';
import { LedgerHead } from './ledger-head.tsx';

/** The activity bar: ledger head, rates, drops, loop delay, which node this is. */
export function StatusBar() {
  const { t } = useTranslation('frame');
  const status = useNode((state) => state.status);
  const metrics = useNode((state) => state.metrics);
  const away = useNode(({ connection }) => connection.kind !== 'connected');
  const dropped = status?.events.dropped ?? 0;
  return (
    <footer className="sb-status" data-region="status" {...(away && { 'data-stale': true })}>
      {away && (
        <span>
          <ConnectionLabel />
        </span>
      )}
      <LedgerHead />
      {metrics !== undefined && (
        <>
          <span>{t('rpcRate', { rate: formatRate(metrics.rpcPerSecond) })}</span>
          <span>{t('eventRate', { rate: formatRate(metrics.eventsPerSecond) })}</span>
        </>
      )}
      <span className={dropped > 0 ? 'sb-warn' : undefined}>
        {dropped > 0 && <StateShape kind="warn" />}
        {t('dropped', { amount: formatCount(dropped) })}
      </span>
      <span className="sb-grow" />
      {metrics?.eventLoopDelayP99Ms != null && <span>{t('loopDelay', { ms: metrics.eventLoopDelayP99Ms.toFixed(1) })}</span>}
      {status !== undefined && <span>{t('thisNodeIs', { name: status.name })}</span>}
    </footer>
  );
}
