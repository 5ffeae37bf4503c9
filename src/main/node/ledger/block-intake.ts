import type { LedgerFault } from '../../../common/contract/ledger.ts';
import { importPublicKey, isSignedBy, sameBytes } from '../identity/index.ts';
import type { Arrival } from './arrival.ts';
import { isBlockSigned } from './block.ts';
import type { BlockRows } from './block-rows.ts';
import type { BroughtBlock, OwnBlock, TakenBlocks } from './chain-store.ts';
import { type ChainRow, type ChainTable, entriesOf } from './chain-table.ts';
import { auditSealBytes, type BlockBefore, checkBlock, placeOf } from './check-block.ts';
import { checkDetails } from './check-rows.ts';
import { decodeEntry } from './entry.ts';
import type { ForkTable } from './fork-table.ts';
import { ledgerLimits } from './limits.ts';
import type { ShareGate } from './share-gate.ts';
import type { FullBlock } from './types.ts';

type Refusal = NonNullable<TakenBlocks['refused']>;

export interface BlockIntakeOptions {
  /** Id of the node whose own chain is in the file. */
  readonly self: string;
  readonly table: ChainTable;
  readonly rows: BlockRows;
  readonly forks: ForkTable;
  readonly gate: ShareGate;
}

/** Lets blocks into the file: each is checked before it is written (security.md row 34). Whoever calls holds a transaction. */
export class BlockIntake {
  readonly #self: string;
  readonly #table: ChainTable;
  readonly #rows: BlockRows;
  readonly #forks: ForkTable;
  readonly #gate: ShareGate;

  constructor({ self, table, rows, forks, gate }: BlockIntakeOptions) {
    this.#self = self;
    this.#table = table;
    this.#rows = rows;
    this.#forks = forks;
    this.#gate = gate;
  }

  /** Writes a block that was checked, behind the newest. What was checked on its way in counts as verified. */
  add(row: ChainRow, block: FullBlock & Partial<Pick<OwnBlock, 'details' | 'auditId' | 'auditSeal'>>): void {
    const follows = (row.last?.height ?? block.block.height - 1) === row.verifiedHeight || row.first === null;
    row.sizeBytes += this.#rows.insert(row.id, block);
    row.first ??= { height: block.block.height, number: block.block.firstNumber };
    row.last = placeOf(block.block);
    if (follows && row.fault === null) row.verifiedHeight = block.block.height;
  }

  take(chainId: string, blocks: readonly BroughtBlock[], arrival: Arrival): TakenBlocks {
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
      const over = chainId === this.#self ? null : this.#gate.admit(row, block, arrival);
      if (over !== null) {
        this.#table.save(row);
        return { added, height: row.last?.height ?? -1, refused: over };
      }
      if (row.first === null && block.block.height > 0) row.begunBy = arrival.from;
      this.add(row, block);
      added++;
    }
    if (added > 0 && row !== undefined) this.#table.save(row);
    return { added, height: row?.last?.height ?? -1, refused: null };
  }

  /** Each block takes the place of the one of its height, or of none, where it fits what is held before and behind it. */
  replace(row: ChainRow, blocks: readonly BroughtBlock[]): number {
    let replaced = 0;
    const first = row.first?.height ?? 0;
    // What the copy takes before its first block; what is put in the place of others takes no more than those did.
    const held = { sizeBytes: row.sizeBytes, entries: entriesOf(row) };
    for (const full of blocks) {
      const { height } = full.block;
      const before = this.#held(row, height - 1);
      const behind = this.#held(row, height + 1);
      if (checkBlock(full, { chainId: row.chainId, before: height === 0 ? null : before }) !== null) continue;
      // The first block of all needs no other to show that it belongs there.
      if (height > 0 && before === undefined && behind === undefined && row.first !== null) continue;
      if (behind !== undefined && !this.#leadsTo(full, row, behind)) continue;
      if (height < first && row.chainId !== this.#self && !this.#gate.hasRoom(held, full)) continue;
      const marks = this.#marksOf(row, full);
      this.#rows.delete(row.id, full.block);
      const sizeBytes = this.#rows.insert(row.id, { ...full, ...marks });
      if (height < first) {
        held.sizeBytes += sizeBytes;
        held.entries += full.block.count;
      }
      this.#forks.mend(row, height);
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
    if (height > next && !mayStart && row !== undefined && row.followed !== null) return this.#gate.follow(row, full, arrival);
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
    // What is damaged here is no evidence against anybody.
    const [kept] = this.#rows.read(row.id, block.height, { blocks: 1 }).blocks;
    if (kept === undefined || sameBytes(kept.block.hash, block.hash) || checkBlock(kept, { chainId, before: undefined }) !== null)
      return null;
    return this.#forks.keep(row, block.height, kept, full, from, nowMs);
  }

  /** What the node has noted beside a block of its own stays where it is right; what is not goes with the damage. */
  #marksOf(row: ChainRow, { block, entries }: FullBlock): Pick<OwnBlock, 'auditId' | 'auditSeal'> | undefined {
    if (row.chainId !== this.#self) return undefined;
    const wrong = entries
      .map(decodeEntry)
      .filter((entry) => checkDetails(entry, this.#rows.details(entry.number), true, block.height, row.chainId) !== null);
    for (const { number } of wrong) this.#rows.deleteDetails(number);
    const [old] = this.#rows.blocks(row.id, block.height, 1);
    if (wrong.length > 0 || old?.height !== block.height || old.audit_id === null || old.audit_seal === null) return undefined;
    const marks = { auditId: old.audit_id, auditSeal: new Uint8Array(old.audit_seal) };
    const isRight = isSignedBy(importPublicKey(block.author), auditSealBytes(block.hash, marks.auditId), marks.auditSeal);
    return isRight ? marks : undefined;
  }

  #held(row: ChainRow, height: number): BlockBefore | undefined {
    const [found] = height < 0 ? [] : this.#rows.blocks(row.id, height, 1);
    if (found === undefined || found.height !== height) return undefined;
    return { height, hash: new Uint8Array(found.hash), at: found.at, lastNumber: found.first_number + found.count - 1 };
  }

  /** True when the block behind names this one, or is damaged itself. */
  #leadsTo({ block }: FullBlock, row: ChainRow, behind: BlockBefore): boolean {
    const next = this.#rows.read(row.id, behind.height, { blocks: 1 }).blocks[0]?.block;
    return next === undefined || !isBlockSigned(next) || sameBytes(next.prevHash, block.hash);
  }
}

function fullRefusal(height: number): Refusal {
  return { reason: 'full', height, fault: null, message: `No more than ${ledgerLimits.chains} chains are held here.` };
}
