import { sameBytes } from '../identity/index.ts';
import type { Arrival } from './arrival.ts';
import type { TakenBlocks } from './chain-store.ts';
import { type ChainRow, type ChainTable, entriesOf } from './chain-table.ts';
import { checkBlock, checkFollows, placeOf } from './check-block.ts';
import { type CopyHeld, type CopyShares, fitsTotal, noShares, takeShare, type UsedUp } from './copy-share.ts';
import type { ForkTable } from './fork-table.ts';
import { ledgerLimits } from './limits.ts';
import type { FullBlock } from './types.ts';

type Refusal = NonNullable<TakenBlocks['refused']>;

/**
 * Keeps copies within their share of the disk. A copy that is over it ends where it is; of what its node goes on to write only the newest block
 * is kept, so that a second past still comes to light. Whoever calls holds a transaction.
 */
export class ShareGate {
  readonly #table: ChainTable;
  readonly #forks: ForkTable;
  #shares: CopyShares = noShares;

  constructor(table: ChainTable, forks: ForkTable) {
    this.#table = table;
    this.#forks = forks;
  }

  /** Sets the bounds from now on. Copies that were over them are tried again. @returns their chains */
  setShares(shares: CopyShares): readonly string[] {
    this.#shares = shares;
    const over = this.#table.all().filter(({ followed }) => followed !== null);
    for (const row of over) if (row.followed !== null) this.#table.follow(row, { ...row.followed, untilMs: 0 });
    return over.map(({ chainId }) => chainId);
  }

  /** Lets in a checked block that follows the newest one held, and counts it. @returns why not; null: it may be added */
  admit(row: ChainRow, full: FullBlock, arrival: Arrival): Refusal | null {
    const { followed, sizeBytes, day } = row;
    if (followed !== null && followed.full.block.height === full.block.height && isOther(followed.full, full)) {
      this.#table.follow(row, null);
      return this.#fork(row, followed.full, full, arrival);
    }
    const use = takeShare({ sizeBytes, entries: entriesOf(row), day }, full, this.#shares, arrival.nowMs);
    if (typeof use === 'string') {
      const newest = followed !== null && followed.full.block.height > full.block.height ? followed.full : full;
      this.#table.follow(row, { full: newest, share: use, untilMs: arrival.nowMs + ledgerLimits.shareAgainMs });
      return overShare(full, use);
    }
    row.day = use;
    if (followed !== null && followed.full.block.height <= full.block.height) this.#table.follow(row, null);
    return null;
  }

  /** Whether a copy may take one more block before its first one. The share of a day is for what its node goes on to write. */
  hasRoom(held: Omit<CopyHeld, 'day'>, full: FullBlock): boolean {
    return fitsTotal(held, full, this.#shares);
  }

  /** Looks at a block far above a copy that is over its share. @returns why it was not taken, always */
  follow(row: ChainRow, full: FullBlock, arrival: Arrival): Refusal {
    const { followed, chainId } = row;
    const { height } = full.block;
    const fault = checkBlock(full, { chainId, before: undefined });
    if (fault !== null) return { reason: 'invalid', height, fault, message: fault.message };
    if (followed === null || height < followed.full.block.height) return overShare(full, followed?.share ?? 'total');
    if (height === followed.full.block.height)
      return isOther(followed.full, full) ? this.#fork(row, followed.full, full, arrival) : overShare(full, followed.share);
    const parted = height === followed.full.block.height + 1 ? checkFollows(full.block, chainId, placeOf(followed.full.block)) : null;
    if (parted === null) this.#table.follow(row, { ...followed, full });
    return { ...overShare(full, followed.share), fault: parted };
  }

  #fork(row: ChainRow, seen: FullBlock, full: FullBlock, { from, nowMs }: Arrival): Refusal {
    const { height } = full.block;
    // What is damaged here is no evidence against anybody.
    if (checkBlock(seen, { chainId: row.chainId, before: undefined }) !== null) return overShare(full, row.followed?.share ?? 'total');
    return this.#forks.keep(row, height, seen, full, from, nowMs);
  }
}

function isOther(one: FullBlock, other: FullBlock): boolean {
  return !sameBytes(one.block.hash, other.block.hash);
}

function overShare({ block: { height } }: FullBlock, share: UsedUp): Refusal {
  const message = `The copy is over its share ${share === 'day' ? 'of a day' : 'of the disk'}: block ${height} is not kept.`;
  return { reason: 'overShare', height, fault: null, message };
}
