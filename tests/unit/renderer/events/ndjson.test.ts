import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../../../src/common/contract/feeds.ts';
import { compileFilter } from '../../../../src/renderer/features/events/model/filter.ts';
import { type ExportProgress, exportEvents, exportFileName } from '../../../../src/renderer/features/events/model/ndjson.ts';

const event = (id: number): FeedEvent => ({
  id,
  timestamp: id,
  topic: `/t/${id % 2}`,
  origin: 'n1',
  seq: id,
  name: 'data_generated',
  status: 'data',
  dropped: 0,
  sizeBytes: 10,
  data: { id, text: 'line\nbreak' },
});

/** A node's ring that loses `lossPerRead` events each time it is read and goes on receiving. */
function ring(oldestId: number, newestId: number, options: { readonly lossPerRead?: number; readonly page?: number } = {}) {
  let oldest = oldestId;
  let newest = newestId;
  return (fromId: number, limit: number) => {
    const first = Math.max(fromId, oldest);
    const count = Math.min(limit, options.page ?? limit, newest - first + 1);
    const events = Array.from({ length: Math.max(0, count) }, (_, index) => event(first + index));
    const page = { events, oldestId: oldest, newestId: newest, more: first + count <= newest };
    oldest += options.lossPerRead ?? 0;
    newest += options.lossPerRead ?? 0;
    return Promise.resolve(page);
  };
}

const idsOf = (parts: readonly string[]) => parts.map((part) => (JSON.parse(part) as { seq: number }).seq);

describe('export', () => {
  it('writes every kept event once, one JSON text a line, over several pages', async () => {
    const progress: ExportProgress[] = [];
    const result = await exportEvents({
      read: ring(5, 14, { page: 4 }),
      fromId: 0,
      filter: undefined,
      onProgress: (now) => progress.push(now),
    });
    expect(idsOf(result.parts)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(result.parts.every((part) => part.endsWith('\n') && part.indexOf('\n') === part.length - 1)).toBe(true);
    expect(result).toMatchObject({ written: 10, read: 10, total: 10, lost: 0 });
    expect(progress.map(({ read }) => read)).toEqual([4, 8, 10]);
    expect(JSON.parse(result.parts[0] ?? '')).not.toHaveProperty('id');
  });

  it('begins after what was cleared and takes only what the filter lets through', async () => {
    const result = await exportEvents({ read: ring(1, 10), fromId: 7, filter: compileFilter('topic:/t/1'), onProgress: () => undefined });
    expect(idsOf(result.parts)).toEqual([7, 9]);
    expect(result).toMatchObject({ written: 2, read: 4, total: 4 });
  });

  it('ends with the newest event of its beginning, and counts what left before its turn', async () => {
    const result = await exportEvents({
      read: ring(1, 12, { page: 3, lossPerRead: 5 }),
      fromId: 0,
      filter: undefined,
      onProgress: () => undefined,
    });
    expect(idsOf(result.parts)).toEqual([1, 2, 3, 6, 7, 8, 11, 12]);
    expect(result).toMatchObject({ read: 8, total: 12, lost: 4 });
  });

  it('gives an empty file when nothing is kept', async () => {
    const result = await exportEvents({ read: ring(1, 0), fromId: 0, filter: undefined, onProgress: () => undefined });
    expect(result).toMatchObject({ parts: [], written: 0, total: 0 });
  });

  it('names the file by its time', () => {
    expect(exportFileName(Date.UTC(2026, 10, 21, 12, 1, 3))).toBe('events-2026-11-21T12-01-03.ndjson');
  });
});
