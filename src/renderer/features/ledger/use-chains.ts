import { useEffect, useRef } from 'react';
import type { ResultOf } from '../../../common/contract/index.ts';
import type { LedgerChain, LedgerFork } from '../../../common/contract/ledger.ts';
import { useLedger } from '../../state/ledger.ts';
import { dataOf, useCall, type ViewCall } from '../../state/use-call.ts';

/** What no event tells of is not older than this. */
const readAgainMs = 10_000;
const noChains: readonly LedgerChain[] = [];
const noForks: readonly LedgerFork[] = [];

export interface ChainsData {
  readonly call: ViewCall<ResultOf<'ledger.chains'>>;
  readonly chains: readonly LedgerChain[];
  readonly forks: readonly LedgerFork[];
}

/** The chains that the console's own node holds, read again whenever it tells of something new. */
export function useChains(): ChainsData {
  const call = useCall('ledger.chains', {}, { pollMs: readAgainMs });
  const version = useLedger((state) => state.version);
  const seen = useRef(version);
  const { refresh } = call;
  useEffect(() => {
    if (seen.current === version) return;
    seen.current = version;
    refresh();
  }, [version, refresh]);
  const data = dataOf(call.state);
  return { call, chains: data?.chains ?? noChains, forks: data?.forks ?? noForks };
}
