/** The check that this console asked for: one at a time, followed wherever a person goes meanwhile. */
import { create } from 'zustand';
import type { ParamsOf, ResultOf } from '../../../common/contract/index.ts';
import { asSignalboxError } from '../../state/as-signalbox-error.ts';
import { ledgerChanged } from '../../state/ledger.ts';
import { nodeClient } from '../../state/node.ts';

/** A hundred thousand entries take seconds; a slow machine may take minutes. */
const timeoutMs = 600_000;

interface Asked {
  readonly chainId: string;
  readonly name: string;
  readonly fromHeight: number | undefined;
  readonly toHeight: number | undefined;
}

export type Verification =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly asked: Asked; readonly checked: number; readonly total: number; readonly abort: AbortController }
  | { readonly kind: 'done'; readonly asked: Asked; readonly result: ResultOf<'ledger.verify'> }
  | { readonly kind: 'failed'; readonly asked: Asked; readonly message: string };

export const useVerification = create<{ readonly state: Verification }>(() => ({ state: { kind: 'none' } }));

const show = (state: Verification) => useVerification.setState({ state });

/** Begins to check a chain or a part of it; one that is under way ends. */
export async function verifyChain(asked: Asked): Promise<void> {
  cancelVerification();
  const abort = new AbortController();
  show({ kind: 'running', asked, checked: 0, total: 0, abort });
  const { chainId: chain, fromHeight, toHeight } = asked;
  const params: ParamsOf<'ledger.verify'> = {
    chain,
    ...(fromHeight !== undefined && { fromHeight }),
    ...(toHeight !== undefined && { toHeight }),
  };
  try {
    const result = await nodeClient().call('ledger.verify', params, {
      signal: abort.signal,
      timeoutMs,
      onProgress: ({ checked, total }) => {
        if (!abort.signal.aborted) show({ kind: 'running', asked, checked, total, abort });
      },
    });
    if (!abort.signal.aborted) show({ kind: 'done', asked, result });
  } catch (error) {
    if (!abort.signal.aborted) show({ kind: 'failed', asked, message: asSignalboxError(error).message });
  }
  void ledgerChanged(nodeClient());
}

/** Ends the check; what it found so far is kept by the node, not here. */
export function cancelVerification(): void {
  const { state } = useVerification.getState();
  if (state.kind === 'running') state.abort.abort();
  show({ kind: 'none' });
}
