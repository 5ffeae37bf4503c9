import { useCallback, useEffect, useRef, useState } from 'react';
import type { ParamsOf, ResultOf } from '../../../../common/contract/index.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { nodeClient } from '../../../state/node.ts';
import { type MessageRow, messageRow } from '../model/message.ts';
import { browseFrom, directionOf, startOf } from '../model/start.ts';
import { useChanges } from '../queues-store.ts';

/** Messages that one look brings. */
export const peekCount = 50;
/** Messages kept in the list; further ones are looked at from there. */
export const mostMessages = 2_000;
/** A filter that matches little makes the node look at many. */
const timeoutMs = 20_000;

type Direction = 'forward' | 'backward';
type Page = ResultOf<'queues.browse'>;

/** What was looked at so far. */
export interface Looked {
  readonly rows: readonly MessageRow[];
  readonly direction: Direction;
  readonly scannedFrom: number;
  readonly scannedTo: number;
  readonly scanned: number;
  readonly more: boolean;
  readonly atMs: number;
}

export interface Browse {
  readonly looked: Looked | undefined;
  /** What is under way: a first look, or going on. */
  readonly running: 'first' | 'more' | undefined;
  readonly error: SignalboxError | undefined;
  /** Looks again from the beginning. */
  readonly peek: () => void;
  /** Goes on in the same direction. */
  readonly goOn: () => void;
  readonly cancel: () => void;
}

/**
 * Looks at messages of a queue, which moves nobody's position: again whenever queue, beginning or filter change.
 *
 * @param from as the address has it; @param filter the node's filter expression
 */
export function useBrowse(queue: string, from: string, filter: string): Browse {
  const changes = useChanges(({ byQueue }) => byQueue[queue] ?? 0);
  const [state, setState] = useState<Pick<Browse, 'looked' | 'running' | 'error'>>({
    looked: undefined,
    running: 'first',
    error: undefined,
  });
  const abort = useRef<AbortController | undefined>(undefined);

  const run = useCallback(
    (place: Pick<ParamsOf<'queues.browse'>, 'from' | 'direction'>, before: Looked | undefined) => {
      abort.current?.abort();
      const mine = new AbortController();
      abort.current = mine;
      setState((now) => ({ ...now, running: before === undefined ? 'first' : 'more', error: undefined }));
      nodeClient()
        .call('queues.browse', { queue, limit: peekCount, filter, ...place }, { signal: mine.signal, timeoutMs })
        .then(
          (page) => setState({ looked: joined(before, page, place.direction ?? 'forward'), running: undefined, error: undefined }),
          (error: unknown) => {
            // What was cancelled by a person leaves what is there; what was overtaken says nothing.
            if (abort.current !== mine) return;
            const shown = asSignalboxError(error);
            setState((now) => ({ ...now, running: undefined, error: shown.code === 'CANCELLED' ? undefined : shown }));
          },
        );
    },
    [queue, filter],
  );

  const peek = useCallback(() => {
    const start = startOf(from);
    run({ from: browseFrom(start), direction: directionOf(start) }, undefined);
  }, [from, run]);
  useEffect(() => {
    setState({ looked: undefined, running: 'first', error: undefined });
    peek();
    return () => {
      const last = abort.current;
      abort.current = undefined;
      last?.abort();
    };
  }, [peek]);
  const { looked } = state;
  const seenChanges = useRef(changes);
  useEffect(() => {
    if (seenChanges.current === changes) return;
    seenChanges.current = changes;
    // What is there stays in sight until the answer comes.
    peek();
  }, [changes, peek]);

  const goOn = useCallback(() => {
    if (looked === undefined || !looked.more) return;
    const { direction, scannedFrom, scannedTo } = looked;
    run({ from: { sequence: direction === 'forward' ? scannedTo + 1 : Math.max(0, scannedFrom - 1) }, direction }, looked);
  }, [looked, run]);
  const cancel = useCallback(() => abort.current?.abort(), []);
  return { ...state, peek, goOn, cancel };
}

/** A page and what was there before; in the order of the direction, whatever the order of the answer. */
function joined(before: Looked | undefined, page: Page, direction: Direction): Looked {
  const sign = direction === 'forward' ? 1 : -1;
  const rows = page.messages.toSorted((a, b) => sign * (a.sequence - b.sequence)).map(messageRow);
  const atMs = Date.now();
  const { scannedFrom, scannedTo, scanned, more } = page;
  if (before === undefined) return { rows, direction, scannedFrom, scannedTo, scanned, more, atMs };
  return {
    rows: [...before.rows, ...rows],
    direction,
    scannedFrom: Math.min(before.scannedFrom, scannedFrom),
    scannedTo: Math.max(before.scannedTo, scannedTo),
    scanned: before.scanned + scanned,
    more,
    atMs,
  };
}
