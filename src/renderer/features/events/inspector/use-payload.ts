import { useEffect, useMemo, useState } from 'react';
import type { FeedEvent } from '../../../../common/contract/feeds.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { type FeedHeader, previewCharacters } from '../../../state/feed-ring.ts';
import { feed } from '../../../state/feed-store.ts';

/** A whole event, or what is left of it. */
export type Payload =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly event: FeedEvent }
  /** Not kept by the node any more: only the preview is here. */
  | { readonly kind: 'gone'; readonly why: 'evicted' | 'connection' }
  | { readonly kind: 'failed'; readonly error: SignalboxError };

/** Events read before, so that going up and down the list asks once. */
const remembered = new Map<string, FeedEvent>();
const mostRemembered = 40;

function keyOf(header: FeedHeader): string {
  return `${header.epoch} ${header.id}`;
}

function remember(header: FeedHeader, event: FeedEvent): void {
  if (remembered.size >= mostRemembered) {
    const [oldest] = remembered.keys();
    if (oldest !== undefined) remembered.delete(oldest);
  }
  remembered.set(keyOf(header), event);
}

/** Reads one whole event. @throws SignalboxError of the node */
export async function readEvent(header: FeedHeader, signal?: AbortSignal): Promise<Payload> {
  const known = remembered.get(keyOf(header));
  if (known !== undefined) return { kind: 'ready', event: known };
  if (header.epoch !== feed.epoch) return { kind: 'gone', why: 'connection' };
  const { events } = await feed.read(header.epoch, header.id, 1, signal);
  const [event] = events;
  if (event === undefined || event.id !== header.id) return { kind: 'gone', why: 'evicted' };
  remember(header, event);
  return { kind: 'ready', event };
}

const loading: Payload = { kind: 'loading' };

/** The whole event behind a row, read on demand; undefined when there is no row. */
export function usePayload(header: FeedHeader | undefined): Payload | undefined {
  const [payload, setPayload] = useState<{ readonly of: string; readonly value: Payload }>();
  const key = header === undefined ? undefined : keyOf(header);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the header
  useEffect(() => {
    if (header === undefined || key === undefined) return;
    const abort = new AbortController();
    readEvent(header, abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setPayload({ of: key, value });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const value: Payload =
          error instanceof SignalboxError
            ? error.code === 'NOT_FOUND' || error.code === 'NODE_LOST'
              ? { kind: 'gone', why: 'connection' }
              : { kind: 'failed', error }
            : { kind: 'failed', error: new SignalboxError('INTERNAL', String(error)) };
        setPayload({ of: key, value });
      },
    );
    return () => abort.abort();
  }, [key]);
  if (key === undefined) return undefined;
  return payload?.of === key ? payload.value : loading;
}

/** A value that may be anything, `undefined` included. */
export interface Known {
  readonly value: unknown;
}

/** What is known of a payload as a value: the whole of it, or the preview where that is all of it. */
export function useKnownValue(header: FeedHeader | undefined, payload: Payload | undefined): Known | undefined {
  return useMemo(() => {
    if (payload?.kind === 'ready') return { value: payload.event.data };
    if (header === undefined || header.preview.length >= previewCharacters) return undefined;
    try {
      return { value: JSON.parse(header.preview) as unknown };
    } catch {
      return undefined;
    }
  }, [header, payload]);
}
