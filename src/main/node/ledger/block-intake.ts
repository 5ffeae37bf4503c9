import type { LedgerFault } from '../../../common/contract/ledger.ts';
import { sameBytes } from '../identity/index.ts';
import { isBlockSigned } from './block.ts';
import type { BlockRows } from './block-rows.ts';
import type { OwnBlock, TakenBlocks } from './chain-store.ts';
import type { ChainRow, ChainTable } from './chain-table.ts';
import { type BlockBefore, checkBlock, placeOf } from './check-block.ts';
import type { ForkTable } from './fork-table.ts';
import { ledgerLimits } from './limits.ts';
import type { FullBlock } from './types.ts';

type Refusal = NonNullable<TakenBlocks['refused']>;

export interface Arrival {
  /** Node that brought the blocks. */
  readonly from: string;
  /** Milliseconds since the epoch, by the corrected clock. */
  readonly nowMs: number;
  /** Height at which a chain of which nothing is held may begin, because what is older was sealed. */
  readonly startsAt: number;
}

/** Lets blocks into the file: each is checked before it is written (security.md row 34). Whoever calls holds a transaction. */
export class BlockIntake {
  readonly #table: ChainTable;
  readonly #rows: BlockRows;
  readonly #forks: ForkTable;

  constructor(table: ChainTable, rows: BlockRows, forks: ForkTable) {
    this.#table = table;
    this.#rows = rows;
    this.#forks = forks;
  }

  /** Writes a block that was checked, behind the newest. What was checked on its way in counts as verified. */
  add(row: ChainRow, block: FullBlock & Partial<Pick<OwnBlock, 'details' | 'auditId' | 'auditSeal'>>): void {
    const follows = (row.last?.height ?? block.block.height - 1) === row.verifiedHeight || row.first === null;
    row.sizeBytes += this.#rows.insert(row.id, block);
    row.first ??= { height: block.block.height, number: block.block.firstNumber };
    row.last = placeOf(block.block);
    if (follows && row.fault === null) row.verifiedHeight = block.block.height;
  }

  take(chainId: string, blocks: readonly FullBlock[], arrival: Arrival): TakenBlocks {
    const known = this.#table.get(chainId);
    let row = known;
    let added = 0;
    for (const block of blocks) {
      const refused = this.#refuse(chainId, row, block, arrival);
      if (refused !== null) {
        if (added > 0 && row !== undefined) this.#table.save(row);
        return { added, height: row?.last?.height ?? -1, refused };
      }
      if (row?.last !== null && row !== undefined && block.block.height <= (row.last?.height ?? -1)) continue;
      row ??= this.#table.open(chainId);
      if (row === undefined) return { added, height: -1, refused: fullRefusal(block.block.height) };
      this.add(row, block);
      added++;
    }
    if (added > 0 && row !== undefined) this.#table.save(row);
    return { added, height: row?.last?.height ?? -1, refused: null };
  }

  /** Each block takes the place of the one of its height, or of none, where it fits what is held before and behind it. */
  replace(row: ChainRow, blocks: readonly FullBlock[]): number {
    let replaced = 0;
    for (const full of blocks) {
      const { height } = full.block;
      const before = this.#held(row, height - 1);
      const behind = this.#held(row, height + 1);
      if (checkBlock(full, { chainId: row.chainId, before: height === 0 ? null : before }) !== null) continue;
      if (before === undefined && behind === undefined && row.first !== null) continue;
      if (behind !== undefined && !this.#leadsTo(full, row, behind)) continue;
      const [old] = this.#rows.blocks(row.id, height, 1);
      const kept = old?.height === height ? { auditId: old.audit_id, auditSeal: old.audit_seal } : undefined;
      this.#rows.delete(row.id, height);
      this.#rows.insert(row.id, {
        ...full,
        ...(kept?.auditId != null && { auditId: kept.auditId }),
        ...(kept?.auditSeal != null && { auditSeal: new Uint8Array(kept.auditSeal) }),
      });
      replaced++;
    }
    return replaced;
  }

  #refuse(chainId: string, row: ChainRow | undefined, full: FullBlock, arrival: Arrival): Refusal | null {
    const { height, at } = full.block;
    const last = row?.last ?? null;
    if (last !== null && height <= last.height) return this.#refuseOlder(chainId, row as ChainRow, full, arrival);
    const next = last === null ? 0 : last.height + 1;
    const mayStart = last === null && height === arrival.startsAt;
    if (height > next && !mayStart)
      return { reason: 'gap', height, fault: null, message: `Blocks ${next} to ${height - 1} are missing before it.` };
    const fault = checkBlock(full, { chainId, before: mayStart && height > 0 ? undefined : last });
    if (fault !== null) return { reason: 'invalid', height, fault, message: fault.message };
    if (at > arrival.nowMs + ledgerLimits.blockAheadMs)
      return {
        reason: 'notYet',
        height,
        fault: null,
        message: `Its time lies ${Math.round((at - arrival.nowMs) / 1_000)} s in the future.`,
      };
    return null;
  }

  /** A block of a height that is held: the same one is nothing new, another is a fork if it is signed, and invalid if not. */
  #refuseOlder(chainId: string, row: ChainRow, full: FullBlock, { from, nowMs }: Arrival): Refusal | null {
    const { block } = full;
    const [held] = this.#rows.blocks(row.id, block.height, 1);
    if (held === undefined || held.height !== block.height || sameBytes(new Uint8Array(held.hash), block.hash)) return null;
    const fault: LedgerFault | null = checkBlock(full, { chainId, before: undefined });
    if (fault !== null) return { reason: 'invalid', height: block.height, fault, message: fault.message };
    this.#forks.keep(row, block.height, this.#rows.read(row.id, block.height, { blocks: 1 }).blocks[0], full, from, nowMs);
    return {
      reason: 'fork',
      height: block.height,
      fault: null,
      message: `Two blocks ${block.height} are signed by the same node. Both are kept as evidence.`,
    };
  }

  #held(row: ChainRow, height: number): BlockBefore | undefined {
    const [found] = height < 0 ? [] : this.#rows.blocks(row.id, height, 1);
    if (found === undefined || found.height !== height) return undefined;
    return { height, hash: new Uint8Array(found.hash), at: found.at, lastNumber: found.first_number + found.count - 1 };
  }

  /** True when the block behind names this one, or is damaged itself. */
  #leadsTo({ block }: FullBlock, row: ChainRow, behind: BlockBefore): boolean {
    try {
      const next = this.#rows.read(row.id, behind.height, { blocks: 1 }).blocks[0]?.block;
      return next === undefined || !isBlockSigned(next) || sameBytes(next.prevHash, block.hash);
    } catch {
      return true;
    }
  }
}

function fullRefusal(height: number): Refusal {
  return { reason: 'full', height, fault: null, message: `No more than ${ledgerLimits.chains} chains are held here.` };
}
