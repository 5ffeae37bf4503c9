import type { GroupConfiguration, LogPosition } from '../core/types.ts';
import type { Applied, QueueId, Segment } from '../machine/types.ts';
import type { PackedApply, PackedSegment } from './state-protocol.ts';

/**
 * What many entries did, as one: the data of all segments in one block that moves to the thread, one trim for each queue, and without the
 * messages that came and went in between.
 */
export function packApplied(
  applied: readonly Applied[],
  position: LogPosition,
  configuration: GroupConfiguration | undefined,
): PackedApply {
  const { deleted, segments: kept, trims } = merge(applied);
  const memory = new ArrayBuffer(kept.reduce((sum, { data }) => sum + data.byteLength, 0));
  const bytes = new Uint8Array(memory);
  let offset = 0;
  const segments: PackedSegment[] = kept.map(({ data, ...segment }) => {
    bytes.set(data, offset);
    offset += data.byteLength;
    return { ...segment, offset: offset - data.byteLength, sizeBytes: data.byteLength };
  });
  return { deleted, memory, segments, trims, rows: applied.flatMap(({ rows }) => rows), position, configuration };
}

/** Entries in their order as if they were one. A queue that is deleted takes with it what the entries before gave it, and nothing after. */
function merge(applied: readonly Applied[]): Pick<Applied, 'deleted' | 'segments' | 'trims'> {
  const deleted = new Set<QueueId>();
  const segments = new Map<QueueId, Segment[]>();
  const trims = new Map<QueueId, number>();
  for (const entry of applied) {
    for (const queueId of entry.deleted) {
      deleted.add(queueId);
      segments.delete(queueId);
      trims.delete(queueId);
    }
    for (const segment of entry.segments) {
      const before = segments.get(segment.queueId);
      if (before === undefined) segments.set(segment.queueId, [segment]);
      else before.push(segment);
    }
    for (const { queueId, upTo } of entry.trims) trims.set(queueId, Math.max(trims.get(queueId) ?? 0, upTo));
  }
  return {
    deleted: [...deleted],
    segments: [...segments].flatMap(([queueId, all]) =>
      all.filter(({ firstSequence, count }) => firstSequence + count - 1 > (trims.get(queueId) ?? 0)),
    ),
    trims: [...trims].map(([queueId, upTo]) => ({ queueId, upTo })),
  };
}
