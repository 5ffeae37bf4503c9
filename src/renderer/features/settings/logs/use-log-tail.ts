import { useEffect, useReducer, useState } from 'react';
import type { LogEntry } from '../../../../common/contract/logs.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { asSignalboxError } from '../node/setting-acts.ts';
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
  readonly retry: () => void;
}

/**
 * A log, followed live.
 *
 * @param name of `logs.list`, or `all`
 * @param paused lines still come and are counted, the screen stays
 */
export function useLogTail(name: string, paused: boolean): LiveTail {
  const [tail, setTail] = useState(() => new LogTail());
  const [shown, setShown] = useState({ version: -1, lines: [] as readonly LogLine[], gone: 0, missed: 0 });
  const [attempt, retry] = useReducer((count: number) => count + 1, 0);
  const [state, setState] = useState<{ readonly loading: boolean; readonly failure: SignalboxError | undefined }>({
    loading: true,
    failure: undefined,
  });
  const connected = useNode(({ connection }) => connection.kind === 'connected');

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt begins anew
  useEffect(() => {
    if (!connected) return;
    const fresh = new LogTail();
    setTail(fresh);
    setState({ loading: true, failure: undefined });
    const abort = new AbortController();
    const topic = `/logging/${name === 'all' ? '+' : name}`;
    const subscription = nodeClient().subscribe(topic);
    void follow(subscription, fresh);
    nodeClient()
      .call('logs.tail', { name, lines: firstLines }, { signal: abort.signal })
      .then(
        ({ entries }) => {
          fresh.begin(entries);
          setState({ loading: false, failure: undefined });
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setState({ loading: false, failure: asSignalboxError(error) });
        },
      );
    return () => {
      abort.abort();
      subscription.dispose();
    };
  }, [name, connected, attempt]);

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
