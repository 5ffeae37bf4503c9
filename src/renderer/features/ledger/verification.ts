/** The check that this console asked for: one at a time, followed wherever a person goes meanwhile. */
import { create } from 'zustand';
import type { ParamsOf, ResultOf } from '../../../common/contract/index.ts';
import { asSignalboxError } from '../../state/as-signalbox-error.ts';
import { ledgerChanged } from '../../state/ledger.ts';
import { nodeClient } from '../../state/node.ts';
import { type Finding, type Round, verifyEach } from './verify-each.ts';

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
  | { readonly kind: 'failed'; readonly asked: Asked; readonly message: string }
  | { readonly kind: 'runningAll'; readonly round: Round | undefined; readonly abort: AbortController }
  | AllVerified
  | { readonly kind: 'failedAll'; readonly message: string };

/** What the check of all chains gave, also one that was cancelled: then not all of `chains` are among the findings. */
export interface AllVerified {
  readonly kind: 'doneAll';
  readonly findings: readonly Finding[];
  readonly chains: number;
}

export const useVerification = create<{ readonly state: Verification }>(() => ({ state: { kind: 'none' } }));

const show = (state: Verification) => useVerification.setState({ state });

/** Whether a check goes on. */
export function isVerifying({ kind }: Verification): boolean {
  return kind === 'running' || kind === 'runningAll';
}

/** Begins to check a chain or a part of it; one that is under way ends. */
export async function verifyChain(asked: Asked): Promise<void> {
  endVerification();
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

/** Begins to check every chain that is held here, one after another; a check that is under way ends. */
export async function verifyAllChains(): Promise<void> {
  endVerification();
  const abort = new AbortController();
  const { signal } = abort;
  show({ kind: 'runningAll', round: undefined, abort });
  try {
    const { chains } = await nodeClient().call('ledger.chains', {}, { signal });
    const findings = await verifyEach(chains, {
      signal,
      onRound: (round) => show({ kind: 'runningAll', round, abort }),
      verify: ({ chainId: chain }, onShare) =>
        nodeClient().call(
          'ledger.verify',
          { chain },
          { signal, timeoutMs, onProgress: ({ checked, total }) => onShare(total === 0 ? 0 : Math.min(1, checked / total)) },
        ),
    });
    if (!signal.aborted) show({ kind: 'doneAll', findings, chains: findings.length });
  } catch (error) {
    if (!signal.aborted) show({ kind: 'failedAll', message: asSignalboxError(error).message });
  }
  void ledgerChanged(nodeClient());
}

/** Ends the check. Of one of all chains, what was found until then stays to be read. */
export function cancelVerification(): void {
  const { state } = useVerification.getState();
  endVerification();
  if (state.kind === 'runningAll' && state.round !== undefined && state.round.findings.length > 0)
    show({ kind: 'doneAll', findings: state.round.findings, chains: state.round.chains });
}

/** Puts away what the last check has found. One that is under way ends; what it found so far is kept by the node, not here. */
export function endVerification(): void {
  const { state } = useVerification.getState();
  if (state.kind === 'running' || state.kind === 'runningAll') state.abort.abort();
  show({ kind: 'none' });
}
