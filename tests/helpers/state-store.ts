import { onTestFinished } from 'vitest';
import { encodeMessages } from '../../src/main/node/broker/machine/records.ts';
import { SegmentBuilder } from '../../src/main/node/broker/machine/segment.ts';
import type { Applied, Segment } from '../../src/main/node/broker/machine/types.ts';
import { createStateStore, type StateStore } from '../../src/main/node/broker/state/index.ts';
import { recordingLogger } from './router-fixture.ts';

export const queueOne = 'Q-AAAAA00001';
export const queueTwo = 'Q-AAAAA00002';

/** A store over real files and threads, closed when the test ends. */
export function stateStore(folder: string): StateStore {
  const store = createStateStore({ folder, resourcesPath: undefined, logger: recordingLogger() });
  onTestFinished(() => store.close().catch(() => undefined));
  return store;
}

/** What a queue gets by one append: messages whose data are their sequences as text, or so many bytes. */
export function segment(queueId: string, firstSequence: number, count: number, timeMs: number, sizeBytes?: number): Segment {
  const messages = Array.from({ length: count }, (_, offset) => ({
    key: offset % 2 === 0 ? null : `key ${offset}`,
    headers: { number: `${firstSequence + offset}` },
    encoding: 'bytes' as const,
    data: sizeBytes === undefined ? Buffer.from(`${firstSequence + offset}`) : Buffer.alloc(sizeBytes, firstSequence + offset),
  }));
  const builder = new SegmentBuilder(queueId);
  builder.add(firstSequence, timeMs, 'C-00001', count, encodeMessages(messages).data);
  return builder.build();
}

export function applied(index: number, what: Partial<Applied>): Applied {
  return { index, term: 1, results: [], deleted: [], segments: [], trims: [], rows: [], ...what };
}

export const at = (index: number) => ({ index, term: 1, checksum: index * 7 });
