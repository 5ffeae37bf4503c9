import type { ResultOf } from '../../../../../common/contract/index.ts';
import { IconButton } from '../../../../design/controls/icon-button.tsx';
import { Loading } from '../../../../design/feedback/states.tsx';
import { IconX } from '../../../../design/icons/index.ts';
import { ScrollArea } from '../../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatAge, formatBytes, formatCount } from '../../../../state/format.ts';
import { CallFailure } from '../../../shared/call-failure.tsx';
import { StaleStrip } from '../../../shared/stale-strip.tsx';
import { focusTable } from '../../../shared/table/table-order.ts';
import { useStale } from '../../use-known-nodes.ts';
import { urgentFirst } from '../model/backlog.ts';
import { hasPassed, namedCounts, trafficCounts } from '../model/traffic.ts';
import { selectNoPeer } from '../peers-route.ts';
import { peerTableId } from '../peers-store.ts';
import { usePeersCall } from '../use-peers-data.ts';
import { CountList } from './count-list.tsx';

type Statistics = ResultOf<'peers.statistics'>;

/** Figures that grow with every message are read again so often. */
const everyMs = 2_000;

/** What passed between this node and all its peers since it started, beside the table. */
export function Traffic() {
  const { t } = useTranslation('peers');
  const { t: common } = useTranslation('common');
  const stale = useStale();
  const close = () => {
    selectNoPeer();
    focusTable(peerTableId);
  };
  return (
    <aside className="sb-col sb-grow" aria-label={t('traffic')} data-region="inspector">
      <header className="sb-insp-head">
        <h2 className="nd-title sb-clip">{t('traffic')}</h2>
        <span className="sb-3 sb-clip sb-grow">{t('trafficSince')}</span>
        <IconButton label={common('close')} shortcut="Esc" onClick={close}>
          <IconX size={16} stroke={1.5} />
        </IconButton>
      </header>
      <div className="sb-col sb-grow nd-panel" {...(stale && { 'data-stale': true })}>
        <Content />
      </div>
    </aside>
  );
}

function Content() {
  const { t } = useTranslation('peers');
  const { t: common } = useTranslation('common');
  const { state, retry, cancel } = usePeersCall('peers.statistics', {}, { pollMs: everyMs });
  if (state.kind === 'loading') {
    const asking = (seconds: string) => common('asking', { node: common('thisNode'), seconds });
    return <Loading rows={8} asking={asking} cancelLabel={common('cancel')} onCancel={cancel} />;
  }
  if (state.kind === 'error') return <CallFailure title={t('trafficFailed')} error={state.error} call="peers.statistics" onRetry={retry} />;
  return (
    <>
      <StaleStrip state={state} onRetry={retry} />
      <ScrollArea label={t('traffic')}>
        {!hasPassed(state.data) && <p className="sb-sec sb-2 pe-text">{t('trafficNone')}</p>}
        <ByPriority statistics={state.data} />
        <Counts statistics={state.data} />
        <Named id="refused" counts={state.data.refused} />
        <Named id="recoveries" counts={state.data.recoveries} />
      </ScrollArea>
    </>
  );
}

/** What was sent and what waits, the most urgent first. */
function ByPriority({ statistics: { sent, queued, durable } }: { readonly statistics: Statistics }) {
  const { t } = useTranslation('peers');
  return (
    <section className="sb-sec" aria-labelledby="pe-by-priority">
      <h3 id="pe-by-priority" className="sb-h">
        {t('trafficByPriority')}
      </h3>
      <table className="pe-table sb-num" aria-labelledby="pe-by-priority">
        <thead>
          <tr>
            <th scope="col">{t('priority')}</th>
            <th scope="col">{t('count_sent')}</th>
            <th scope="col">{t('trafficWaits')}</th>
            <th scope="col">{t('sizeHead')}</th>
            <th scope="col">{t('oldestHead')}</th>
          </tr>
        </thead>
        <tbody>
          {urgentFirst.map((priority) => {
            const { messages, sizeBytes, oldestMs } = queued[priority];
            return (
              <tr key={priority}>
                <th scope="row">{t(`priority_${priority}`)}</th>
                <td>{formatCount(sent[priority])}</td>
                <td>{formatCount(messages)}</td>
                <td>{messages === 0 ? '–' : formatBytes(sizeBytes)}</td>
                <td>{messages === 0 ? '–' : formatAge(oldestMs)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="sb-3 pe-more">
        {durable.messages === 0
          ? t('trafficDurableNone')
          : t('trafficDurable', { count: durable.messages, amount: formatCount(durable.messages), size: formatBytes(durable.sizeBytes) })}
      </p>
    </section>
  );
}

function Counts({ statistics }: { readonly statistics: Statistics }) {
  const { t } = useTranslation('peers');
  return (
    <section className="sb-sec" aria-labelledby="pe-traffic-counts">
      <h3 id="pe-traffic-counts" className="sb-h">
        {t('trafficCounts')}
      </h3>
      <CountList
        labelledBy="pe-traffic-counts"
        counts={trafficCounts(statistics).map(({ id, value, trouble }) => ({
          id,
          value,
          trouble,
          label: t(`total_${id}`),
          hint: t(`totalHint_${id}`),
        }))}
      />
    </section>
  );
}

/** Counts by what the node names them: codes of refusals, kinds of errors. */
function Named({ id, counts }: { readonly id: 'refused' | 'recoveries'; readonly counts: Readonly<Record<string, number>> }) {
  const { t } = useTranslation('peers');
  const named = namedCounts(counts);
  if (named.length === 0) return null;
  return (
    <section className="sb-sec" aria-labelledby={`pe-by-${id}`}>
      <h3 id={`pe-by-${id}`} className="sb-h">
        {t(`trafficBy_${id}`)}
      </h3>
      <table className="pe-table sb-num" aria-labelledby={`pe-by-${id}`}>
        <tbody>
          {named.map(([name, count]) => (
            <tr key={name}>
              <th scope="row" className="sb-mono">
                {name}
              </th>
              <td>{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
