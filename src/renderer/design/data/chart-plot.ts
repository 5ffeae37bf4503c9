import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { binaryIncrements, fitted, lonePoints, niceBinaryCeiling, niceCeiling } from './chart-scale.ts';
import { onSchemeChange, readToken } from './tokens.ts';

export interface PlotSeries {
  readonly color: Parameters<typeof readToken>[0];
}

export interface PlotOptions {
  readonly series: readonly PlotSeries[];
  readonly heightPx: number;
  readonly max: number | undefined;
  readonly fit: boolean;
  /** The axis is in bytes. */
  readonly binary: boolean;
  readonly syncKey: string | undefined;
  /** Words of the vertical axis; may change between calls. */
  readonly format: (value: number) => string;
  /** Told which point the cursor is at, and null when it leaves. */
  readonly onCursor: (index: number | null) => void;
}

/** Seconds since the epoch. */
export type TimeRange = readonly [from: number, to: number];

/** A chart on canvas (look.md section 8) that follows the size of its host and the colour scheme. */
export interface Plot {
  /** @param range what the time axis shows; the data's own reach when absent */
  setData(data: uPlot.AlignedData, range: TimeRange | undefined): void;
  destroy(): void;
}

const font = "10.5px 'Inter Variable'";

/** Draws into `host` from now on. */
export function createPlot(host: HTMLElement, options: PlotOptions): Plot {
  let plot: uPlot | undefined;
  let data: uPlot.AlignedData = [[], ...options.series.map(() => [])];
  let range: TimeRange | undefined;

  const make = () => {
    plot?.destroy();
    plot = new uPlot(
      plotOptions(host, options, () => range),
      data,
      host,
    );
  };
  // The scheme attribute is set after child effects have run: colours are read in the next frame.
  let frame = requestAnimationFrame(make);
  const stopScheme = onSchemeChange(make);
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      if (plot === undefined) make();
      else plot.setSize({ width: widthOf(host), height: options.heightPx });
    });
  });
  observer.observe(host);
  return {
    setData: (next, nextRange) => {
      data = next;
      range = nextRange;
      plot?.setData(next);
    },
    destroy: () => {
      cancelAnimationFrame(frame);
      stopScheme();
      observer.disconnect();
      plot?.destroy();
      plot = undefined;
    },
  };
}

function plotOptions(host: HTMLElement, options: PlotOptions, range: () => TimeRange | undefined): uPlot.Options {
  const text = readToken('text-3');
  const ceiling = options.binary ? niceBinaryCeiling : niceCeiling;
  const axis = { ticks: { show: false }, font, stroke: text };
  return {
    width: widthOf(host),
    height: options.heightPx,
    legend: { show: false },
    padding: [6, 8, 0, 0],
    cursor: {
      y: false,
      points: { size: 6 },
      drag: { x: false, y: false },
      ...(options.syncKey !== undefined && { sync: { key: options.syncKey } }),
    },
    hooks: { setCursor: [(plot) => options.onCursor(plot.cursor.idx ?? null)] },
    scales: {
      x: { range: (_plot, low, high) => [...(range() ?? ([low, high] as const))] as [number, number] },
      y: { range: (_plot, low, high) => (options.fit ? fitted(low, high) : [0, options.max ?? ceiling(high)]) },
    },
    axes: [
      { ...axis, size: 18, gap: 2, space: 70, grid: { show: false }, values: (_plot, splits) => splits.map(clock) },
      {
        ...axis,
        size: 44,
        gap: 4,
        space: 24,
        ...(options.binary && { incrs: [...binaryIncrements] }),
        grid: { stroke: readToken('grid'), width: 1 },
        values: (_plot, splits) => splits.map((split) => options.format(split)),
      },
    ],
    series: [
      {},
      ...options.series.map((series, index) => {
        const color = readToken(series.color);
        return { width: 1.25, stroke: color, spanGaps: false, points: loners(color), ...(index === 0 && { fill: `${color}1c` }) };
      }),
    ],
  };
}

function widthOf(host: HTMLElement): number {
  return Math.max(host.clientWidth, 50);
}

function clock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** Dots where a value stands alone between gaps. */
function loners(color: string): uPlot.Series.Points {
  return { show: true, size: 3, stroke: color, fill: color, filter: (plot, series) => lonePoints(plot.data[series] ?? []) };
}
