import { IconChartDots, StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { feed } from '../../../state/feed-store.ts';
import { formatCount } from '../../../state/format.ts';
import { focusFilter } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { useFeedVersion } from '../use-events-screen.ts';

/** What changes how the list is to be read: paused, sampled, refused, an export under way. */
export function Strips() {
  const exporting = useEvents((state) => state.exporting !== undefined);
  return (
    <>
      {exporting && <ExportStrip />}
      <ModeStrip />
    </>
  );
}

function ExportStrip() {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const exporting = useEvents((state) => state.exporting);
  if (exporting === undefined) return null;
  return (
    <Strip
      tone="mode"
      icon={<StateShape kind="running" />}
      fact={t('exporting')}
      act={
        <button type="button" className="sb-link" onClick={exporting.cancel}>
          {common('cancel')}
        </button>
      }
    >
      {t('exportingDetail', {
        read: formatCount(exporting.read),
        total: formatCount(exporting.total),
        written: formatCount(exporting.written),
      })}
    </Strip>
  );
}

function ModeStrip() {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  useFeedVersion();
  const { state, counters, rates } = feed;
  const filtered = useEvents((events) => events.filterText.trim() !== '');
  const paused = useEvents((events) => events.paused);
  if (state.kind === 'failed' && feed.ring.count > 0) {
    return (
      <Strip
        tone="crit"
        icon={<StateShape kind="failed" />}
        fact={t('refusedFact')}
        act={
          <button type="button" className="sb-link" onClick={() => feed.retry()}>
            {common('tryAgain')}
          </button>
        }
      >
        {state.error.message}
      </Strip>
    );
  }
  if (paused) {
    return (
      <Strip tone="mode" icon={<StateShape kind="paused" />} fact={t('pausedFact')}>
        {t('pausedDetail', { count: counters.sinceFrozen, amount: formatCount(counters.sinceFrozen) })}
      </Strip>
    );
  }
  if (!feed.sampled) return null;
  const numbers = { shown: formatCount(rates.shown), received: formatCount(rates.received), announced: formatCount(rates.announced) };
  return (
    <Strip
      tone="mode"
      icon={<IconChartDots size={14} stroke={1.6} />}
      fact={t('sampledFact')}
      act={
        <button type="button" className="sb-link" onClick={focusFilter}>
          {t('narrow')}
        </button>
      }
    >
      {filtered ? t('sampledFiltered', numbers) : t('sampledDetail', numbers)}
    </Strip>
  );
}
