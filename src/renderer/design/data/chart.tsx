import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import type { ColorToken } from '../theme.ts';
import { onSchemeChange, readToken } from './tokens.ts';

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
  /** Highest value of the axis when it is fixed, as 100 for percents. */
  readonly max?: number;
  /** The axis fits the values: for physical values, where the distance to zero says nothing. */
  readonly fit?: boolean;
  /** Lines of one view move their cursors together. */
  readonly syncKey?: string;
  readonly heightPx?: number;
}

const font = "10.5px 'Inter Variable'";

/** A live line chart on canvas (look.md section 8) with a hidden table for screen readers. At most four series. */
export function Chart(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = useMemo(
    () => [props.timesMs.map((timeMs) => timeMs / 1000), ...props.series.map((series) => series.values)] as uPlot.AlignedData,
    [props.timesMs, props.series],
  );
  const latest = useRef({ data, format: props.format });
  latest.current = { data, format: props.format };
  const shape = props.series.map((series) => `${series.label}:${series.color}`).join('|');
  const { heightPx = 84, max, syncKey, fit = false } = props;

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const make = () => {
      plot.current?.destroy();
      const text = readToken('text-3');
      plot.current = new uPlot(
        {
          width: Math.max(element.clientWidth, 50),
          height: heightPx,
          legend: { show: false },
          padding: [6, 8, 0, 0],
          cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false }, ...(syncKey !== undefined && { sync: { key: syncKey } }) },
          scales: { y: { range: (_plot, low, high) => (fit ? fitted(low, high) : [0, max ?? niceCeiling(high)]) } },
          axes: [
            {
              size: 18,
              gap: 2,
              space: 70,
              grid: { show: false },
              ticks: { show: false },
              font,
              stroke: text,
              values: (_plot, splits) => splits.map(clock),
            },
            {
              size: 44,
              gap: 4,
              space: 24,
              grid: { stroke: readToken('grid'), width: 1 },
              ticks: { show: false },
              font,
              stroke: text,
              values: (_plot, splits) => splits.map((split) => latest.current.format(split)),
            },
          ],
          series: [
            {},
            ...shape.split('|').map((part, index) => {
              const color = readToken(part.slice(part.lastIndexOf(':') + 1) as ColorToken);
              return { width: 1.25, stroke: color, spanGaps: false, points: { show: false }, ...(index === 0 && { fill: `${color}1c` }) };
            }),
          ],
        },
        latest.current.data,
        element,
      );
    };
    // The scheme attribute is set after child effects have run: colours are read in the next frame.
    let frame = requestAnimationFrame(make);
    const stopScheme = onSchemeChange(make);
    const observer = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (plot.current === undefined) make();
        else plot.current.setSize({ width: Math.max(element.clientWidth, 50), height: heightPx });
      });
    });
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      stopScheme();
      observer.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape, heightPx, max, syncKey, fit]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  return (
    <figure className="sb-chart" aria-label={`${props.title}. ${props.summary}`}>
      <figcaption className="sb-flex">
        <span>{props.title}</span>
        <span className="sb-grow" />
        {props.series.length > 1 &&
          props.series.map((series) => (
            <span key={series.label} className="sb-flex sb-cap" style={{ gap: 4 }}>
              <i className="sb-swatch" style={{ background: `var(--sb-${series.color})` }} />
              {series.label}
            </span>
          ))}
        <span className="sb-num">{props.current}</span>
      </figcaption>
      <div ref={host} style={{ height: heightPx }} aria-hidden="true" />
    </figure>
  );
}

function clock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** A tenth of room above and below; a value that never changes stands in the middle. */
function fitted(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = high === low ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.1;
  return [low - room, high + room];
}

function niceCeiling(high: number | null): number {
  if (high === null || high <= 0) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(high));
  const steps = [1, 2, 2.5, 5, 10];
  return magnitude * (steps.find((step) => step * magnitude >= high * 1.05) ?? 10);
}
