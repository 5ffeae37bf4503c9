/** Export: whole events from the node, page by page, as one JSON text a line. */
import type { FeedEvent } from '../../../../common/contract/feeds.ts';
import type { ResultOf } from '../../../../common/contract/index.ts';
import type { EventFilter } from '../../../state/feed-store.ts';

export interface ExportProgress {
  /** Events written so far. */
  readonly written: number;
  /** Events looked at so far. */
  readonly read: number;
  /** Events that were kept when the export began. */
  readonly total: number;
}

export interface ExportResult extends ExportProgress {
  /** Events that left the node's memory before their turn came. */
  readonly lost: number;
  readonly parts: readonly string[];
}

/** Events of one page (contract of `feeds.read`). */
const pageEvents = 500;

/** One line of the file, with its end. */
export function ndjsonLine(event: FeedEvent): string {
  const { id: _id, ...rest } = event;
  return `${JSON.stringify(rest)}\n`;
}

/**
 * Reads what the node keeps, from `fromId` to the newest event of the moment it began.
 *
 * @param read one page of `feeds.read`
 * @param filter looks at topic and whole payload; undefined takes all
 * @throws whatever `read` throws, `CANCELLED` included
 */
export async function exportEvents(options: {
  readonly read: (fromId: number, limit: number) => Promise<ResultOf<'feeds.read'>>;
  readonly fromId: number;
  readonly filter: EventFilter | undefined;
  readonly onProgress: (progress: ExportProgress) => void;
}): Promise<ExportResult> {
  const parts: string[] = [];
  let nextId = Math.max(0, options.fromId);
  let lastId: number | undefined;
  let written = 0;
  let read = 0;
  let lost = 0;
  let total = 0;
  for (;;) {
    const page = await options.read(nextId, pageEvents);
    if (lastId === undefined) {
      lastId = page.newestId;
      nextId = Math.max(nextId, page.oldestId);
      total = Math.max(0, lastId - nextId + 1);
    } else {
      lost += Math.max(0, Math.min(page.oldestId, lastId + 1) - nextId);
    }
    const last = lastId;
    for (const event of page.events) {
      if (event.id > last) break;
      read++;
      if (options.filter !== undefined && !options.filter(inputOf(event))) continue;
      parts.push(ndjsonLine(event));
      written++;
    }
    options.onProgress({ written, read, total });
    const newest = page.events.at(-1)?.id;
    if (newest === undefined || newest >= last || !page.more) return { written, read, total, lost, parts };
    nextId = newest + 1;
  }
}

function inputOf(event: FeedEvent): Parameters<EventFilter>[0] {
  return { topic: event.topic, origin: event.origin, preview: JSON.stringify(event.data) ?? '', isError: event.status === 'error' };
}

/** `events-2026-11-21T12-01-03.ndjson` */
export function exportFileName(nowMs: number): string {
  return `events-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '-')}.ndjson`;
}
