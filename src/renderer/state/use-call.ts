import { useCallback, useEffect, useRef, useState } from 'react';
import type { MethodName, ParamsOf, ResultOf } from '../../common/contract/index.ts';
import { SignalboxError } from '../../common/errors.ts';
import { nodeClient, useNode } from './node.ts';

/** The four states of what a view shows (ui.md section 4). */
export type CallState<R> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly data: R; readonly atMs: number }
  | { readonly kind: 'stale'; readonly data: R; readonly atMs: number; readonly error: SignalboxError }
  | { readonly kind: 'error'; readonly error: SignalboxError };

/**
 * Calls a read method for a view: again on reconnection, when params change, and every `pollMs` while the window is
 * visible. The last good answer stays when a later one fails.
 */
export function useCall<M extends MethodName>(
  method: M,
  params: ParamsOf<M>,
  options: { readonly pollMs?: number; readonly enabled?: boolean } = {},
): { readonly state: CallState<ResultOf<M>>; readonly retry: () => void; readonly cancel: () => void } {
  const [state, setState] = useState<CallState<ResultOf<M>>>({ kind: 'loading' });
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const key = JSON.stringify(params);
  const abort = useRef<AbortController | undefined>(undefined);
  const { pollMs, enabled = true } = options;

  const run = useCallback(() => {
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    nodeClient()
      .call(method, JSON.parse(key) as ParamsOf<M>, { signal: mine.signal })
      .then(
        (data) => {
          if (!mine.signal.aborted) setState({ kind: 'ready', data, atMs: Date.now() });
        },
        (error: unknown) => {
          if (abort.current !== mine) return;
          const shown = error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error));
          setState((before) =>
            before.kind === 'ready' || before.kind === 'stale'
              ? { kind: 'stale', data: before.data, atMs: before.atMs, error: shown }
              : { kind: 'error', error: shown },
          );
        },
      );
  }, [method, key]);

  useEffect(() => {
    if (!enabled) return;
    // The connection is a dependency so that a view refreshes by itself when the node is back.
    if (connected || abort.current === undefined) run();
    const timer =
      pollMs === undefined
        ? undefined
        : setInterval(() => {
            if (document.visibilityState === 'visible' && connected) run();
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
    setState((before) => (before.kind === 'error' ? { kind: 'loading' } : before));
    run();
  }, [run]);
  const cancel = useCallback(() => abort.current?.abort(), []);
  return { state, retry, cancel };
}
