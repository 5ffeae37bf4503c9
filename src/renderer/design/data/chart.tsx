import { useEffect, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import type { ColorToken } from '../theme.ts';
import type { Plot } from './chart-plot.ts';

export interface ChartSeries {
  readonly label: string;
  readonly color: Extract<ColorToken, 's1' | 's2' | 's3' | 's4' | 's5' | 's6'>;
  /** A gap is null: never joined across. */
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  readonly title: string;
  /** Current value with unit, at the right of the title. */
  readonly current: string;
  /** One sentence for screen readers. */
  readonly summary: string;
  readonly timesMs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** What the time axis shows, in ms since the epoch; the reach of the points when absent. */
  readonly rangeMs?: readonly [from: number, to: number];
  /** Highest value of the axis when it is fixed, as 100 for percents. */
  readonly max?: number;
  /** The axis fits the values: for physical values, where the distance to zero says nothing. */
  readonly fit?: boolean;
  /** The values are bytes: the axis has round binary numbers. */
  readonly binary?: boolean;
  /** Lines of one view move their cursors together. */
  readonly syncKey?: string;
  readonly heightPx?: number;
}

/** A live line chart (look.md section 8) with a hidden table for screen readers. At most four series. The canvas comes lazily. */
export function Chart(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const [cursor, setCursor] = useState<number | null>(null);
  const data = useMemo(
    () => [props.timesMs.map((timeMs) => timeMs / 1000), ...props.series.map((series) => series.values)] as uPlot.AlignedData,
    [props.timesMs, props.series],
  );
  const [fromMs, toMs] = props.rangeMs ?? [];
  const range = useMemo(
    () => (fromMs === undefined || toMs === undefined ? undefined : ([fromMs / 1000, toMs / 1000] as const)),
    [fromMs, toMs],
  );
  const latest = useRef({ data, range, format: props.format });
  latest.current = { data, range, format: props.format };
  const colors = props.series.map((series) => series.color).join(' ');
  const { heightPx = 84, max, syncKey, fit = false, binary = false } = props;

  useEffect(() => {
    let wanted = true;
    void import('./chart-plot.ts').then(({ createPlot }) => {
      if (!wanted || host.current === null) return;
      plot.current = createPlot(host.current, {
        series: colors.split(' ').map((color) => ({ color: color as ColorToken })),
        heightPx,
        max,
        fit,
        binary,
        syncKey,
        format: (value) => latest.current.format(value),
        onCursor: setCursor,
      });
      plot.current.setData(latest.current.data, latest.current.range);
    });
    return () => {
      wanted = false;
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [colors, heightPx, max, syncKey, fit, binary]);

  useEffect(() => {
    plot.current?.setData(data, range);
  }, [data, range]);

  const at = cursor !== null && cursor < props.timesMs.length ? cursor : undefined;
  return (
    <figure className="sb-chart" aria-label={`${props.title}. ${props.summary}`}>
      <figcaption className="sb-flex">
        <span className="sb-clip">{props.title}</span>
        <span className="sb-grow" />
        {props.series.length > 1 &&
          props.series.map((series) => (
            <span key={series.label} className="sb-flex sb-cap sb-chart-key">
              <i className="sb-swatch" style={{ background: `var(--sb-${series.color})` }} />
              {series.label}
            </span>
          ))}
        <span className="sb-num sb-2">{at === undefined ? props.current : valuesAt(props, at)}</span>
      </figcaption>
      <div ref={host} style={{ height: heightPx }} aria-hidden="true" />
      <PointTable {...props} />
    </figure>
  );
}

/** Time and values of one point: what the cursor stands on. */
function valuesAt(props: ChartProps, index: number): string {
  const values = props.series.map((series) => worded(series.values[index], props.format));
  return `${clock(props.timesMs[index] ?? 0)} · ${values.join(' · ')}`;
}

const tableRows = 8;

/** The last points in words, for those who do not see the lines. */
function PointTable(props: ChartProps) {
  const last = props.timesMs.length - 1;
  const step = Math.max(1, Math.floor(last / (tableRows - 1)));
  const shown = Array.from({ length: tableRows }, (_, row) => last - row * step).filter((index) => index >= 0);
  return (
    <table className="sb-hidden">
      <caption>{props.title}</caption>
      <thead>
        <tr>
          <td />
          {props.series.map((series) => (
            <th key={series.label} scope="col">
              {series.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((index, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place from the newest
          <tr key={row}>
            <th scope="row">{clock(props.timesMs[index] ?? 0)}</th>
            {props.series.map((series) => (
              <td key={series.label}>{worded(series.values[index], props.format)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function worded(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}

function clock(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString('en-GB');
}
