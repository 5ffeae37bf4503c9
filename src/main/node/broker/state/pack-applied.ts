import type { GroupConfiguration, LogPosition } from '../core/types.ts';
import type { Applied, QueueId } from '../machine/types.ts';
import type { PackedApply, PackedSegment, Trim } from './state-protocol.ts';

/**
 * What many entries did, as one: the data of all segments in one block that moves to the thread, one trim for each queue, and without the
 * messages that came and went in between.
 */
export function packApplied(
  applied: readonly Applied[],
  position: LogPosition,
  configuration: GroupConfiguration | undefined,
): PackedApply {
  const trims = new Map<QueueId, Trim>();
  for (const { queueId, upTo, deleted } of applied.flatMap((entry) => entry.trims)) {
    const before = trims.get(queueId);
    trims.set(queueId, { queueId, upTo: Math.max(before?.upTo ?? 0, upTo), deleted: deleted || before?.deleted === true });
  }
  const isKept = ({ queueId, firstSequence, count }: Applied['segments'][number]) => {
    const trim = trims.get(queueId);
    return trim === undefined || (!trim.deleted && firstSequence + count - 1 > trim.upTo);
  };
  const kept = applied.flatMap(({ segments }) => segments.filter(isKept));
  const memory = new ArrayBuffer(kept.reduce((sum, { data }) => sum + data.byteLength, 0));
  const bytes = new Uint8Array(memory);
  let offset = 0;
  const segments: PackedSegment[] = kept.map(({ data, ...segment }) => {
    bytes.set(data, offset);
    offset += data.byteLength;
    return { ...segment, offset: offset - data.byteLength, sizeBytes: data.byteLength };
  });
  return { memory, segments, trims: [...trims.values()], rows: applied.flatMap(({ rows }) => rows), position, configuration };
}
