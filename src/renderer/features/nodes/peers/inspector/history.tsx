import { useMemo } from 'react';
import { useNow } from '../../../../app/frame/connection-label.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatClock, formatCount } from '../../../../state/format.ts';
import { ValueChart } from '../../../shared/value-chart.tsx';
import { type HealthBand, type HealthSample, healthBands, healthColumns, healthShares, historyMs } from '../model/health-history.ts';
import { shareWords } from '../peer-words.ts';

const milliseconds = (value: number): string => (value >= 10 || Number.isInteger(value) ? formatCount(value) : value.toFixed(1));
const percent = (value: number): string => `${Math.round(value)}`;

/** Six hours of health, latency and success; the cursors move together. */
export function History({ history }: { readonly history: readonly HealthSample[] }) {
  const { t } = useTranslation('peers');
  const newestAt = history.at(-1)?.at;
  const nowMs = Math.max(newestAt ?? 0, Math.floor(useNow(newestAt !== undefined) / 10_000) * 10_000);
  const columns = useMemo(() => healthColumns(history), [history]);
  const rangeMs = useMemo(() => rangeOf(history, nowMs), [history, nowMs]);
  const bands = useMemo(() => healthBands(history, nowMs), [history, nowMs]);
  return (
    <section className="nd-charts" aria-labelledby="pe-history">
      <div className="sb-flex nd-charts-head">
        <h3 id="pe-history" className="sb-h">
          {t('history')}
        </h3>
        <span className="sb-grow" />
        {newestAt !== undefined && (
          <span className="sb-3 sb-num">
            {formatClock(rangeMs[0])} – {formatClock(rangeMs[1])}
          </span>
        )}
      </div>
      {newestAt === undefined ? (
        <p className="sb-3 pe-pad">{t('historyNone')}</p>
      ) : (
        <>
          <Bands bands={bands} rangeMs={rangeMs} />
          <ValueChart
            title={t('chartLatency')}
            color="s1"
            timesMs={columns.timesMs}
            values={columns.latencyMs}
            format={milliseconds}
            rangeMs={rangeMs}
            syncKey="peers.inspector"
          />
          <ValueChart
            title={t('chartSuccess')}
            color="s3"
            timesMs={columns.timesMs}
            values={columns.successPercent}
            format={percent}
            max={100}
            rangeMs={rangeMs}
            syncKey="peers.inspector"
          />
        </>
      )}
    </section>
  );
}

/** At least ten minutes, so that the first samples are no wall; at most what is kept. */
function rangeOf(history: readonly HealthSample[], nowMs: number): readonly [number, number] {
  const oldest = history[0]?.at ?? nowMs;
  return [Math.max(nowMs - historyMs, Math.min(oldest, nowMs - 600_000)), nowMs];
}

interface BandsProps {
  readonly bands: readonly HealthBand[];
  readonly rangeMs: readonly [fromMs: number, toMs: number];
}

/** The health over time: the worse, the taller, so that it is not told by colour alone. The shares in words are below. */
function Bands({ bands, rangeMs: [fromMs, toMs] }: BandsProps) {
  const { t } = useTranslation('peers');
  const place = (atMs: number) => ((Math.max(atMs, fromMs) - fromMs) / (toMs - fromMs)) * 100;
  const shares = healthShares(bands).map(([health, share]) => t('share', { state: t(`health_${health}`), share: shareWords(share) }));
  return (
    <div className="pe-bands">
      <div className="pe-band-line" aria-hidden="true">
        {bands.map(({ health, fromMs: from, toMs: to }) => (
          <i
            key={from}
            className={health === null ? 'unwatched' : health}
            style={{ left: `${place(from)}%`, width: `${place(to) - place(from)}%` }}
            title={t('bandHint', {
              state: health === null ? t('unwatched') : t(`health_${health}`),
              from: formatClock(from),
              to: formatClock(to),
            })}
          />
        ))}
      </div>
      <p className="sb-3 sb-num">{shares.join(' · ')}</p>
    </div>
  );
}
