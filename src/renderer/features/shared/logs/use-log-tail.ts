import { useEffect, useReducer, useState } from 'react';
import type { LogEntry } from '../../../../common/contract/logs.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { type LogLine, LogTail } from './log-tail.ts';

/** Lines are drawn on this beat, however fast they come (ui.md section 3.4). */
const beatMs = 250;
const firstLines = 500;

export interface LiveTail {
  /** Oldest first, as of the last beat. */
  readonly lines: readonly LogLine[];
  readonly gone: number;
  readonly missed: number;
  readonly clear: () => void;
  readonly loading: boolean;
  readonly failure: SignalboxError | undefined;
  /** Why lines do not come live although the log can be read. */
  readonly liveFailure: SignalboxError | undefined;
  readonly retry: () => void;
}

interface Reading {
  readonly loading: boolean;
  readonly failure: SignalboxError | undefined;
  readonly liveFailure: SignalboxError | undefined;
}
const reading: Reading = { loading: true, failure: undefined, liveFailure: undefined };

export interface LogTailOptions {
  /** Of `logs.list`, or `all`. */
  readonly name: string;
  /** Lines still come and are counted, the screen stays. */
  readonly paused: boolean;
  /** Id of the node whose log it is; the own one when absent. */
  readonly nodeId?: string | undefined;
  /** False: the node is away. What was read stays, and the log is read anew when it is back. Default true. */
  readonly enabled?: boolean;
}

/** A log of a node, followed live. */
export function useLogTail({ name, paused, nodeId, enabled = true }: LogTailOptions): LiveTail {
  const [tail, setTail] = useState(() => new LogTail());
  const [shown, setShown] = useState({ version: -1, lines: [] as readonly LogLine[], gone: 0, missed: 0 });
  const [attempt, retry] = useReducer((count: number) => count + 1, 0);
  const [state, setState] = useState<Reading>(reading);
  const connected = useNode(({ connection }) => connection.kind === 'connected');

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt begins anew
  useEffect(() => {
    if (!connected || !enabled) return;
    const fresh = new LogTail();
    setTail(fresh);
    setState(reading);
    const abort = new AbortController();
    const subscription = nodeClient().subscribe(`${nodeId ?? ''}/logging/${name === 'all' ? '+' : name}`);
    void follow(subscription, fresh);
    subscription.ready.catch((error: unknown) => {
      if (!abort.signal.aborted) setState((before) => ({ ...before, liveFailure: asSignalboxError(error) }));
    });
    nodeClient()
      .call('logs.tail', { name, lines: firstLines }, { signal: abort.signal, ...(nodeId !== undefined && { target: { node: nodeId } }) })
      .then(
        ({ entries }) => {
          fresh.begin(entries);
          setState((before) => ({ ...before, loading: false }));
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setState((before) => ({ ...before, loading: false, failure: asSignalboxError(error) }));
        },
      );
    return () => {
      abort.abort();
      subscription.dispose();
    };
  }, [name, nodeId, connected, enabled, attempt]);

  useEffect(() => {
    if (paused) return;
    const draw = () => {
      if (document.visibilityState !== 'visible') return;
      const { version, gone, missed } = tail;
      setShown((before) => (before.version === version ? before : { version, lines: tail.snapshot(), gone, missed }));
    };
    draw();
    const timer = setInterval(draw, beatMs);
    return () => clearInterval(timer);
  }, [paused, tail]);

  const clear = () => {
    tail.clear();
    setShown({ version: tail.version, lines: [], gone: 0, missed: 0 });
  };
  return { lines: shown.lines, gone: shown.gone, missed: shown.missed, clear, ...state, retry };
}

async function follow(events: AsyncIterable<{ readonly data: unknown; readonly meta: { readonly dropped?: number } }>, tail: LogTail) {
  try {
    for await (const { data, meta } of events) {
      const entry = data as LogEntry & { readonly skippedBefore?: number };
      tail.push(entry, (entry.skippedBefore ?? 0) + (meta.dropped ?? 0));
    }
  } catch {
    // The frame tells of a lost connection; the log is read anew when it is back.
  }
}
