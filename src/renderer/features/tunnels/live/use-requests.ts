import { useCallback, useEffect, useRef, useState } from 'react';
import type { TunnelInfo, TunnelRequest } from '../../../../common/contract/tunnels.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { RequestRing } from '../model/request-ring.ts';
import { atNode } from '../use-tunnels-data.ts';

/** How long the node waits for something new before it answers that there is nothing. */
const waitMs = 15_000;
const timeoutMs = waitMs + 10_000;
/** Between two questions: what comes meanwhile comes together. */
const beatMs = 250;
const afterFailureMs = 2_000;
const pageSize = 500;

export interface LiveRequests {
  /** Newest first. */
  readonly rows: readonly TunnelRequest[];
  readonly loading: boolean;
  /** Why they are not read now; the rows are those of before. */
  readonly error: SignalboxError | undefined;
  /** Requests that came while the list was held still. */
  readonly held: number;
  /** Requests that this list or the node no longer keeps. */
  readonly gone: number;
  /** More come than can be listed: the newest are shown. */
  readonly skipping: boolean;
  /** Asks again at once. */
  readonly retry: () => void;
}

type Shown = Omit<LiveRequests, 'retry'>;
const nothing: Shown = { rows: [], loading: true, error: undefined, held: 0, gone: 0, skipping: false };

/**
 * The requests through a tunnel as they come.
 *
 * @param filter the node's filter expression
 * @param hold true: no new rows; those that are there go on
 */
export function useRequests(tunnel: TunnelInfo, ownId: string | undefined, filter: string, hold: boolean): LiveRequests {
  const { tunnelId, nodeId } = tunnel;
  const key = `${tunnelId} ${filter}`;
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const [state, setState] = useState<{ readonly key: string; readonly live: Shown }>({ key, live: nothing });
  const [attempt, setAttempt] = useState(0);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  const ring = useRef(new RequestRing());
  const heldAt = useRef<number | undefined>(undefined);
  const told = useRef({ dropped: 0, skipping: false, error: undefined as SignalboxError | undefined, loading: true });

  const show = useRef(() => {});
  show.current = () => {
    const { current: kept } = ring;
    const { dropped, ...rest } = told.current;
    const upTo = heldAt.current;
    const held = upTo === undefined ? 0 : kept.arrivals - upTo;
    setState({ key, live: { ...rest, rows: kept.rows(upTo), held, gone: kept.left + dropped } });
  };

  useEffect(() => {
    heldAt.current = hold ? ring.current.arrivals : undefined;
    show.current();
  }, [hold]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks anew
  useEffect(() => {
    const abort = new AbortController();
    ring.current.clear();
    heldAt.current = heldAt.current === undefined ? undefined : 0;
    told.current = { dropped: 0, skipping: false, error: undefined, loading: true };
    if (connected) {
      void follow({ tunnelId, at: atNode(nodeId, ownId), filter, signal: abort.signal, ring: ring.current }, (news) => {
        told.current = { ...told.current, ...news };
        // The first answer is what is listed, even where the list is held still.
        if (told.current.loading && heldAt.current !== undefined) heldAt.current = ring.current.arrivals;
        told.current = { ...told.current, loading: false };
        show.current();
      });
    }
    return () => abort.abort();
  }, [tunnelId, nodeId, ownId, filter, connected, attempt]);

  return { ...(state.key === key ? state.live : nothing), retry };
}

interface Follow {
  readonly tunnelId: string;
  readonly at: { readonly serviceId?: string };
  readonly filter: string;
  readonly signal: AbortSignal;
  readonly ring: RequestRing;
}

interface News {
  readonly dropped?: number;
  readonly skipping?: boolean;
  readonly error: SignalboxError | undefined;
}

/** Asks for what is new until the signal ends it; waits while the window is hidden. */
async function follow({ tunnelId, at, filter, signal, ring }: Follow, tell: (news: News) => void): Promise<void> {
  let after = 0;
  let first = true;
  while (!signal.aborted) {
    try {
      const params = { tunnelId, after, limit: pageSize, waitMs: first ? 0 : waitMs, ...(filter !== '' && { filter }) };
      const answer = await nodeClient().call('tunnels.requests', params, { signal, timeoutMs, ...at });
      // The node has started again and counts from the beginning.
      if (answer.revision < after) ring.clear();
      const full = !first && answer.requests.length === pageSize;
      ring.take(answer.requests);
      // A page that is full leaves more behind: the next one begins with the newest.
      after = full ? 0 : answer.revision;
      first = false;
      tell({ dropped: answer.dropped, skipping: full, error: undefined });
      await pause(beatMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      const failure = asSignalboxError(error);
      tell({ error: failure });
      // What cannot be read stays so until the person writes another filter.
      if (failure.code === 'INVALID_PARAMS') return;
      await pause(afterFailureMs, signal);
    }
    await visible(signal);
  }
}

/** Resolves after a time, or when the signal ends. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

/** Resolves as soon as the window can be seen, or when the signal ends. */
function visible(signal: AbortSignal): Promise<void> {
  if (document.visibilityState === 'visible' || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      if (document.visibilityState !== 'visible' && !signal.aborted) return;
      document.removeEventListener('visibilitychange', done);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
