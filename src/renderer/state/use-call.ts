import { useCallback, useEffect, useRef, useState } from 'react';
import type { MethodName, ParamsOf, ResultOf } from '../../common/contract/index.ts';
import { SignalboxError } from '../../common/errors.ts';
import type { GatheredResults, Target } from '../../common/wire/messages.ts';
import { nodeClient, useNode } from './node.ts';

/** The four states of what a view shows (ui.md section 4). */
export type CallState<R> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly data: R; readonly atMs: number }
  | { readonly kind: 'stale'; readonly data: R; readonly atMs: number; readonly error: SignalboxError }
  | { readonly kind: 'error'; readonly error: SignalboxError };

/** The answer that is there, fresh or not. */
export function dataOf<R>(state: CallState<R>): R | undefined {
  return state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
}

export interface UseCallOptions {
  /** Asks again so often, while the window is visible. */
  readonly pollMs?: number;
  /** False: asks nothing for now. */
  readonly enabled?: boolean;
  /** Id of the node that is asked; the own one when absent. */
  readonly nodeId?: string | undefined;
  readonly timeoutMs?: number;
}

/** What a view shows of a call, and what a person may do about it. */
export interface ViewCall<R> {
  readonly state: CallState<R>;
  readonly retry: () => void;
  /** Asks again without giving up a call that is under way: then once that has ended. */
  readonly refresh: () => void;
  readonly cancel: () => void;
}

/**
 * Calls a read method for a view: again on reconnection, when params or node change, and every `pollMs` while the window is
 * visible. The last good answer stays until the next one, also when that fails; but not that of another node.
 */
export function useCall<M extends MethodName>(method: M, params: ParamsOf<M>, options: UseCallOptions = {}): ViewCall<ResultOf<M>> {
  const { nodeId, ...rest } = options;
  return useTargetCall<ResultOf<M>>(method, params, nodeId === undefined ? undefined : { node: nodeId }, rest);
}

/** The same of every node at once (wire.md 1, `all`): an answer or an error for each, and who did not answer in time. */
export function useGatheredCall<M extends MethodName>(
  method: M,
  params: ParamsOf<M>,
  options: Omit<UseCallOptions, 'nodeId'> = {},
): ViewCall<GatheredResults> {
  return useTargetCall<GatheredResults>(method, params, { all: true }, options);
}

function useTargetCall<R>(
  method: MethodName,
  params: unknown,
  target: Target | undefined,
  options: Omit<UseCallOptions, 'nodeId'>,
): ViewCall<R> {
  const [answer, setAnswer] = useState<{ readonly place: string | undefined; readonly state: CallState<R> }>();
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const key = JSON.stringify(params);
  const place = target === undefined ? undefined : JSON.stringify(target);
  const abort = useRef<AbortController | undefined>(undefined);
  const running = useRef(false);
  const wanted = useRef(false);
  const { pollMs, enabled = true, timeoutMs } = options;
  const state: CallState<R> = answer?.place === place && answer !== undefined ? answer.state : { kind: 'loading' };

  const run = useCallback(() => {
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    running.current = true;
    wanted.current = false;
    nodeClient()
      .callUnknown(method, JSON.parse(key), {
        signal: mine.signal,
        ...(place !== undefined && { target: JSON.parse(place) as Target }),
        ...(timeoutMs !== undefined && { timeoutMs }),
      })
      .then(
        (data) => {
          if (!mine.signal.aborted) setAnswer({ place, state: { kind: 'ready', data: data as R, atMs: Date.now() } });
        },
        (error: unknown) => {
          if (abort.current !== mine) return;
          const shown = error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error));
          setAnswer((before) => ({ place, state: failed(before?.place === place ? before?.state : undefined, shown) }));
        },
      )
      .then(() => {
        if (abort.current !== mine) return;
        running.current = false;
        if (wanted.current) run();
      });
  }, [method, key, place, timeoutMs]);

  const refresh = useCallback(() => {
    if (running.current) wanted.current = true;
    else run();
  }, [run]);

  useEffect(() => {
    if (!enabled) return;
    // The connection is a dependency so that a view refreshes by itself when the node is back.
    if (connected || abort.current === undefined) run();
    const timer =
      pollMs === undefined
        ? undefined
        : setInterval(() => {
            // A node that is slow is not asked faster than it answers: each question would be given up for the next.
            if (document.visibilityState === 'visible' && connected && !running.current) run();
          }, pollMs);
    return () => clearInterval(timer);
  }, [run, pollMs, enabled, connected]);

  useEffect(
    () => () => {
      const last = abort.current;
      abort.current = undefined;
      last?.abort();
    },
    [],
  );

  const retry = useCallback(() => {
    setAnswer((before) => (before?.state.kind === 'error' ? undefined : before));
    run();
  }, [run]);
  const cancel = useCallback(() => abort.current?.abort(), []);
  return { state, retry, refresh, cancel };
}

/** A failure after an answer leaves the answer, with its age. */
function failed<R>(before: CallState<R> | undefined, error: SignalboxError): CallState<R> {
  return before?.kind === 'ready' || before?.kind === 'stale'
    ? { kind: 'stale', data: before.data, atMs: before.atMs, error }
    : { kind: 'error', error };
}
