import { useMemo } from 'react';
import { Chart, type ChartSeries } from '../../design/data/chart.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { extent } from '../../state/metric-series.ts';

interface ValueChartProps {
  readonly title: string;
  readonly color: ChartSeries['color'];
  readonly timesMs: readonly number[];
  /** One a time; null where nothing is known. */
  readonly values: readonly (number | null)[];
  readonly format: (value: number) => string;
  /** Top of the scale. Absent: as high as the values. */
  readonly max?: number;
  /** Absent: from the first time to the last. */
  readonly rangeMs: readonly [fromMs: number, toMs: number] | undefined;
  /** Charts of one key move their cursors together. */
  readonly syncKey: string;
}

/** One value over time, as an inspector shows it: its latest beside the title, and the same in words for who does not see it. */
export function ValueChart({ title, color, timesMs, values, format, max, rangeMs, syncKey }: ValueChartProps) {
  const { t } = useTranslation('common');
  const series = useMemo((): readonly ChartSeries[] => [{ label: title, color, values }], [title, color, values]);
  const known = extent(values);
  return (
    <Chart
      title={title}
      current={known === null ? '–' : format(known.latest)}
      summary={
        known === null
          ? t('chartNone')
          : t('chartSummary', { latest: format(known.latest), low: format(known.low), high: format(known.high) })
      }
      timesMs={timesMs}
      series={series}
      format={format}
      syncKey={syncKey}
      {...(rangeMs !== undefined && { rangeMs })}
      {...(max !== undefined && { max })}
    />
  );
}
