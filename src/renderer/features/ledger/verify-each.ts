/** The check of many chains, one after another: what each gave is kept, and one that cannot be checked does not end the others. */
import type { ResultOf } from '../../../common/contract/index.ts';
import type { LedgerChain } from '../../../common/contract/ledger.ts';
import { asSignalboxError } from '../../state/as-signalbox-error.ts';

type Verified = ResultOf<'ledger.verify'>;

/** What the check of one chain gave. */
export type Finding = { readonly chainId: string; readonly name: string } & (
  | { readonly kind: 'whole'; readonly checkedBlocks: number; readonly checkedEntries: number }
  | { readonly kind: 'broken'; readonly fault: NonNullable<Verified['fault']> }
  | { readonly kind: 'unchecked'; readonly message: string }
);

/** How far the check of all chains has come. Blocks are counted over all of them. */
export interface Round {
  /** The chain that is checked now. */
  readonly name: string;
  /** Its place among all, from 1. */
  readonly place: number;
  readonly chains: number;
  readonly checked: number;
  readonly total: number;
  readonly findings: readonly Finding[];
}

type Chain = Pick<LedgerChain, 'chainId' | 'name' | 'height' | 'firstHeight'>;

export interface VerifyEachOptions {
  /** Checks one chain; tells the share that is done, 0 to 1. @throws SignalboxError */
  readonly verify: (chain: Chain, onShare: (share: number) => void) => Promise<Verified>;
  readonly onRound: (round: Round) => void;
  readonly signal: AbortSignal;
}

/** Checks each chain that holds a block, in the order given. Ended by the signal, it returns what was found until then. */
export async function verifyEach(chains: readonly Chain[], options: VerifyEachOptions): Promise<readonly Finding[]> {
  const { verify, onRound, signal } = options;
  const held = chains.filter(({ height }) => height >= 0);
  const total = held.reduce((sum, chain) => sum + blocksOf(chain), 0);
  const findings: Finding[] = [];
  let before = 0;
  for (const [index, chain] of held.entries()) {
    const tell = (share: number) => {
      const checked = before + Math.floor(share * blocksOf(chain));
      if (!signal.aborted) onRound({ name: chain.name, place: index + 1, chains: held.length, checked, total, findings: [...findings] });
    };
    tell(0);
    const found = await findingOf(chain, () => verify(chain, tell));
    if (signal.aborted) break;
    findings.push(found);
    before += blocksOf(chain);
  }
  return findings;
}

async function findingOf({ chainId, name }: Chain, verify: () => Promise<Verified>): Promise<Finding> {
  try {
    const { fault, checkedBlocks, checkedEntries } = await verify();
    return fault === null ? { chainId, name, kind: 'whole', checkedBlocks, checkedEntries } : { chainId, name, kind: 'broken', fault };
  } catch (error) {
    return { chainId, name, kind: 'unchecked', message: asSignalboxError(error).message };
  }
}

function blocksOf({ height, firstHeight }: Chain): number {
  return height - firstHeight + 1;
}

const urgency: Readonly<Record<Finding['kind'], number>> = { broken: 0, unchecked: 1, whole: 2 };

/** What needs a person first, then by name. */
export function byUrgency(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => urgency[a.kind] - urgency[b.kind] || a.name.localeCompare(b.name));
}
