import { useEffect, useRef } from 'react';
import type { MethodName, ParamsOf, ResultOf } from '../../../../common/contract/index.ts';
import { nodeClient } from '../../../state/node.ts';
import { type UseCallOptions, useCall, type ViewCall } from '../../../state/use-call.ts';

/** What no event tells of, such as how long a circuit stays open, is not older than this. */
const readAgainMs = 10_000;
/** However often the node says that something changed, it is asked no more often than this. */
const atMostEveryMs = 500;

/** A read method about peers for a view, as {@link useCall}; again soon after each change that the node tells of. */
export function usePeersCall<M extends MethodName>(method: M, params: ParamsOf<M>, options: UseCallOptions = {}): ViewCall<ResultOf<M>> {
  const call = useCall(method, params, { pollMs: readAgainMs, ...options });
  const refresh = useRef(call.refresh);
  refresh.current = call.refresh;
  const enabled = options.enabled !== false;
  useEffect(() => {
    if (!enabled) return;
    return onPeersChange(() => refresh.current());
  }, [enabled]);
  return call;
}

/** Calls back when something about peers is new: at once, and then no more often than twice a second. */
function onPeersChange(tell: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let toldAtMs = 0;
  const soon = () => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        toldAtMs = performance.now();
        tell();
      },
      Math.max(0, toldAtMs + atMostEveryMs - performance.now()),
    );
  };
  // Each event says no more than that there is something new to read: of those that wait one is enough.
  const events = nodeClient().subscribe('/cluster/peers', { maxQueuedEvents: 1 });
  void follow(events, soon);
  return () => {
    clearTimeout(timer);
    events.dispose();
  };
}

async function follow(events: AsyncIterable<unknown>, tell: () => void): Promise<void> {
  try {
    for await (const _event of events) tell();
  } catch {
    // The connection's own state tells the person; the views read again when it is back.
  }
}
