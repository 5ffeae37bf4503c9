import { useMemo } from 'react';
import { Select } from '../../../design/controls/index.ts';
import { Chart } from '../../../design/data/chart.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { numericPointers, pointerLabel } from '../../shared/payload/json-lines.ts';
import { keepView } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { clockOf } from '../model/clock.ts';
import type { PayloadProps } from './payload-tabs.tsx';
import { useSeries } from './use-series.ts';

/** Fields that are offered. */
const mostFields = 200;

/** A numeric field of the topic over the events in the list. Picking one pins it: it then stands under the payload too. */
export function ChartTab({ header, known, pinnedOnly }: PayloadProps & { readonly pinnedOnly?: boolean }) {
  const { t } = useTranslation('events');
  const pointer = useEvents((state) => state.charts[header.topic]);
  const fields = useMemo(
    () => (known === undefined || pinnedOnly === true ? [] : numericPointers(known.value, mostFields)),
    [known, pinnedOnly],
  );
  const choose = (next: string | null) => {
    const { [header.topic]: _before, ...others } = useEvents.getState().charts;
    useEvents.setState({ charts: next === null ? others : { ...others, [header.topic]: next } });
    keepView();
  };
  if (pinnedOnly === true) return pointer === undefined ? null : <FieldChart topic={header.topic} pointer={pointer} />;
  const offered = pointer === undefined || fields.includes(pointer) ? fields : [pointer, ...fields];
  if (offered.length === 0) return <p className="sb-events-changes sb-3">{t('chartNone')}</p>;
  return (
    <div className="sb-events-chart">
      <Select
        label={t('chartPick')}
        data={offered.map((value) => ({ value, label: pointerLabel(value) }))}
        value={pointer ?? null}
        onChange={choose}
        clearable
        clearButtonProps={{ 'aria-label': t('chartStop') }}
        searchable
      />
      {pointer !== undefined && <FieldChart topic={header.topic} pointer={pointer} />}
    </div>
  );
}

function FieldChart({ topic, pointer }: { readonly topic: string; readonly pointer: string }) {
  const { t } = useTranslation('events');
  const { timesMs, values } = useSeries(topic, pointer);
  const series = useMemo(() => [{ label: pointerLabel(pointer), color: 's1' as const, values }], [pointer, values]);
  const numbers = values.filter((value) => value !== null);
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const format = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 6 });
  return (
    <Chart
      title={`${pointerLabel(pointer)} · ${t('chartRange', { points: numbers.length })}`}
      current={numbers.length === 0 ? '' : format(numbers.at(-1) ?? 0)}
      summary={
        numbers.length === 0
          ? t('nothing')
          : t('chartSummary', {
              points: numbers.length,
              from: clockOf(timesMs[0] ?? 0),
              to: clockOf(timesMs.at(-1) ?? 0),
              low: format(low),
              high: format(high),
            })
      }
      timesMs={timesMs}
      series={series}
      format={format}
      fit
      heightPx={112}
    />
  );
}
