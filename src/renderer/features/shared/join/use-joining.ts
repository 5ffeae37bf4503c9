import { useEffect, useRef, useState } from 'react';
import type { AskProgress } from '../../../../common/contract/joining.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { nodeClient, refreshStatus } from '../../../state/node.ts';

/** What is asked of the node. */
export type JoinOrder =
  | { readonly way: 'code'; readonly code: string; readonly address: string | undefined }
  | { readonly way: 'file'; readonly file: string }
  | { readonly way: 'ask'; readonly address: string };

export interface Joined {
  readonly name: string;
  readonly members: number;
}

export type Joining =
  | { readonly kind: 'form' }
  | { readonly kind: 'working'; readonly order: JoinOrder }
  | { readonly kind: 'waits'; readonly expiresAt: number }
  | ({ readonly kind: 'asking' } & AskProgress)
  | { readonly kind: 'joined'; readonly joined: Joined }
  | { readonly kind: 'failed'; readonly order: JoinOrder; readonly error: SignalboxError };

/** Longer than a person may take on the other side. */
const timeoutMs = 150_000;

export interface UseJoining {
  readonly state: Joining;
  join(order: JoinOrder): void;
  /** Says that the admin has confirmed it was them. */
  accept(): void;
  /** Ends what runs, and goes back to the form. */
  back(): void;
}

/** One attempt to join at a time; it is given up when whoever shows it goes away. */
export function useJoining(onJoined: ((joined: Joined) => void) | undefined): UseJoining {
  const [state, setState] = useState<Joining>({ kind: 'form' });
  const running = useRef<AbortController | undefined>(undefined);
  const told = useRef(onJoined);
  told.current = onJoined;
  useEffect(() => () => running.current?.abort(), []);

  const join = (order: JoinOrder) => {
    const mine = new AbortController();
    running.current = mine;
    const show = (next: Joining) => {
      if (running.current === mine) setState(next);
    };
    show({ kind: 'working', order });
    call(order, mine.signal, show).then(
      (joined) => {
        void refreshStatus();
        told.current?.(joined);
        show({ kind: 'joined', joined });
      },
      (error: unknown) => show({ kind: 'failed', order, error: asSignalboxError(error) }),
    );
  };
  const back = () => {
    running.current?.abort();
    running.current = undefined;
    setState({ kind: 'form' });
  };
  const accept = () => {
    // What becomes of it is the answer of the call that runs.
    nodeClient()
      .call('membership.accept', {})
      .catch((error: unknown) => {
        if (state.kind === 'asking') setState({ kind: 'failed', order: { way: 'ask', address: '' }, error: asSignalboxError(error) });
      });
  };
  return { state, join, accept, back };
}

function call(order: JoinOrder, signal: AbortSignal, show: (next: Joining) => void): Promise<Joined> {
  const client = nodeClient();
  if (order.way === 'ask')
    return client.call(
      'membership.ask',
      { address: order.address },
      { signal, timeoutMs, onProgress: (progress) => show({ kind: 'asking', ...progress }) },
    );
  const params =
    order.way === 'file' ? { file: order.file } : { code: order.code, ...(order.address !== undefined && { address: order.address }) };
  return client.call('membership.join', params, {
    signal,
    timeoutMs,
    onProgress: ({ expiresAt }) => show({ kind: 'waits', expiresAt }),
  });
}
