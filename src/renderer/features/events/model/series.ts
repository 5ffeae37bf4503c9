/** Values of one numeric field over the events of a topic that are still in the ring. */
import { type FeedRing, previewCharacters } from '../../../state/feed-ring.ts';
import { valueAt } from '../../shared/payload/json-lines.ts';

/** Points of a chart at most: one a pixel is enough. */
export const maxSeriesPoints = 300;

export interface SeriesPoint {
  readonly sequence: number;
  readonly timestampMs: number;
  /** The payload as JSON text when the ring has all of it. */
  readonly wholeText: string | undefined;
}

/** The newest events of a topic, oldest first, at most {@link maxSeriesPoints}. */
export function pointsOfTopic(ring: FeedRing, topic: string): readonly SeriesPoint[] {
  const points: SeriesPoint[] = [];
  for (let sequence = ring.end - 1; sequence >= ring.first && points.length < maxSeriesPoints; sequence--) {
    if (ring.topicOf(sequence) !== topic || ring.kindOf(sequence) === 'gap') continue;
    const preview = ring.previewOf(sequence);
    points.push({ sequence, timestampMs: ring.timestampOf(sequence), wholeText: preview.length < previewCharacters ? preview : undefined });
  }
  return points.reverse();
}

/** The number at a pointer of a JSON text, or null. */
export function numberIn(text: string, pointer: string): number | null {
  try {
    const value = valueAt(JSON.parse(text), pointer);
    return typeof value === 'number' ? value : null;
  } catch {
    return null;
  }
}
