import { useEffect, useState } from 'react';
import { feed } from '../../../state/feed-store.ts';
import { valueAt } from '../../shared/payload/json-lines.ts';
import { numberIn, pointsOfTopic, type SeriesPoint } from '../model/series.ts';
import { readEvent } from './use-payload.ts';

interface Series {
  readonly timesMs: readonly number[];
  readonly values: readonly (number | null)[];
}

/** Charts are drawn four times a second at most (ui.md 3.4). */
const drawEveryMs = 250;
/** Payloads too large for the preview are read one by one; this many at once, the newest first. */
const readsAtOnce = 4;

/** One numeric field over the events of a topic that the list holds; null where the field is missing. */
export function useSeries(topic: string, pointer: string): Series {
  const [series, setSeries] = useState<Series>({ timesMs: [], values: [] });
  useEffect(() => {
    const known = new Map<number, number | null>();
    const reading = new Set<number>();
    let drawnVersion = -1;
    let changed = true;
    const read = async (sequence: number) => {
      const header = feed.ring.headerOf(sequence);
      if (header === undefined) return;
      reading.add(sequence);
      const payload = await readEvent(header).catch(() => undefined);
      reading.delete(sequence);
      const value = payload?.kind === 'ready' ? valueAt(payload.event.data, pointer) : undefined;
      known.set(sequence, typeof value === 'number' ? value : null);
      changed = true;
    };
    const complete = (points: readonly SeriesPoint[]) => {
      for (const { sequence, wholeText } of points.toReversed()) {
        if (known.has(sequence) || reading.has(sequence)) continue;
        if (wholeText !== undefined) known.set(sequence, numberIn(wholeText, pointer));
        else if (reading.size < readsAtOnce) void read(sequence);
      }
      for (const sequence of known.keys()) if (!feed.ring.has(sequence)) known.delete(sequence);
    };
    const draw = () => {
      if (drawnVersion === feed.version() && !changed) return;
      drawnVersion = feed.version();
      changed = false;
      const points = pointsOfTopic(feed.ring, topic);
      complete(points);
      setSeries({
        timesMs: points.map(({ timestampMs }) => timestampMs),
        values: points.map(({ sequence }) => known.get(sequence) ?? null),
      });
    };
    draw();
    const timer = setInterval(draw, drawEveryMs);
    return () => clearInterval(timer);
  }, [topic, pointer]);
  return series;
}
