import { type KeyObject, verify as verifySignature } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { LedgerFault } from '../../../common/contract/ledger.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { importPublicKey, publicKeyOf } from '../identity/index.ts';
import { nodeIdOf } from '../identity/node-id.ts';
import { toHex } from '../trust/digest.ts';
import { blockHeadBytes } from './block.ts';
import type { BlockRow, EntryRow } from './block-rows.ts';
import type { ChainDatabase } from './chain-database.ts';
import type { VerifyProgress, VerifyResult } from './chain-store.ts';
import type { ChainRow } from './chain-table.ts';
import { auditSealBytes, type BlockBefore, checkFollows, faultAt, placeOf } from './check-block.ts';
import { checkDetails, checkEntryRows, readBlockRow } from './check-rows.ts';
import { isSealedBefore } from './checkpoint-entry.ts';
import { decodeEntry } from './entry.ts';
import { ledgerLimits } from './limits.ts';
import { takenSealBytes } from './taken-back.ts';
import type { SignedBlock } from './types.ts';

export interface VerifyRun {
  readonly fromHeight?: number | undefined;
  readonly toHeight?: number | undefined;
  readonly onProgress?: (progress: VerifyProgress) => void;
  readonly isCancelled: () => boolean;
}

/** One row with what was found out about its signatures. */
interface SignedRow {
  readonly row: BlockRow;
  readonly block: SignedBlock | null;
  readonly fault: LedgerFault | null;
  readonly signed: boolean;
  readonly sealed: boolean;
}

/** The rows of a step. */
interface LoadedStep {
  readonly rows: readonly SignedRow[];
  readonly entries: ReadonlyMap<number, readonly EntryRow[]>;
  /** Why there are none. */
  readonly fault: LedgerFault | null;
}

/**
 * Recomputes what is kept of a chain and compares it with what was signed. Works in steps, between which the thread does what else was asked
 * of it; signatures are checked by the threads of the runtime.
 */
export class Verifier {
  readonly #chains: ChainDatabase;
  readonly #self: string;
  readonly #indices: readonly (readonly [name: string, find: Database.Statement<unknown[]>])[];

  /** @param self id of the node whose own chain is in the file */
  constructor(chains: ChainDatabase, self: string) {
    this.#chains = chains;
    this.#self = self;
    this.#indices = ['entry_time', 'entry_number'].map((name) => [
      name,
      chains.database.prepare(
        `SELECT 1 FROM entry INDEXED BY ${name} WHERE at = ? AND chain = ? AND number = ? AND actor = ? AND act = ? AND outcome = ? AND target IS ?`,
      ),
    ]);
  }

  /** @throws SignalboxError `NOT_FOUND`, `CANCELLED` */
  async verify(chainId: string, run: VerifyRun): Promise<VerifyResult> {
    const startedAt = performance.now();
    const chain = this.#chains.table.require(chainId);
    const first = chain.first?.height ?? 0;
    const last = chain.last?.height ?? -1;
    const from = Math.max(run.fromHeight ?? first, Math.min(first, run.toHeight ?? first));
    const to = Math.min(run.toHeight ?? last, last);
    const total = Math.max(0, to - from + 1);
    let checkedBlocks = 0;
    let checkedEntries = 0;
    let fault = from <= first ? this.#checkStart(chain) : null;
    let before = this.#placeBefore(chain, from);
    let loading = this.#load(chain, from, to);
    while (fault === null && from + checkedBlocks <= to) {
      if (run.isCancelled()) throw new SignalboxError('CANCELLED', 'The verification was stopped.', { executed: 'no' });
      const loaded = await loading;
      // The signatures of the next step are checked by other threads while this one looks at the rows of this step.
      const next = from + checkedBlocks + loaded.rows.length;
      if (next <= to) loading = this.#load(chain, next, to);
      const step = this.#check(chain, from + checkedBlocks, loaded, before);
      checkedBlocks += step.blocks;
      checkedEntries += step.entries;
      before = step.before;
      fault = step.fault;
      run.onProgress?.({ checked: checkedBlocks, total });
      await nextTurn();
    }
    const now = this.#chains.table.get(chainId);
    // What was sealed and taken out meanwhile is not missing.
    if (fault !== null && fault.height < (now?.first?.height ?? 0) && fault.height >= first) fault = null;
    else if (fault === null && now !== undefined && from <= first && to >= last)
      fault = this.#checkStrays(now) ?? this.#chains.forkFault(now);
    this.#remember(chainId, from, from + checkedBlocks - 1, fault);
    return { checkedBlocks, checkedEntries, durationMs: Math.round(performance.now() - startedAt), fault };
  }

  /** Reads the rows of a step and has their signatures checked. Never rejects for what stands in the file. */
  async #load(chain: ChainRow, from: number, to: number): Promise<LoadedStep> {
    const { chainId } = chain;
    try {
      const rows = this.#chains.rows.blocks(chain.id, from, Math.min(ledgerLimits.verifyStepBlocks, to - from + 1));
      const entries = byHeight(this.#chains.rows.entries(chain.id, from, rows.at(-1)?.height ?? from));
      const key = importPublicKey(publicKeyOf(chainId));
      const fault = rows.length === 0 ? faultAt(chainId, from, 'gap', `blocks ${from} to ${to} are missing`, { expected: from }) : null;
      return { rows: await Promise.all(rows.map((row) => this.#readSigned(row, chainId, key))), entries, fault };
    } catch (error) {
      const why = `it cannot be read (${(error as Error).message})`;
      return { rows: [], entries: new Map(), fault: faultAt(chainId, from, 'unreadable', why) };
    }
  }

  #check(chain: ChainRow, from: number, loaded: LoadedStep, before: BlockBefore | null | undefined) {
    let place = before;
    let blocks = 0;
    let entries = 0;
    for (const signed of loaded.rows) {
      const fault = this.#checkRow(signed, chain, from + blocks, place, loaded.entries);
      if (fault !== null) return { blocks, entries, before: place, fault };
      place = placeOf(signed.block as SignedBlock);
      blocks++;
      entries += signed.row.count;
    }
    return { blocks, entries, before: place, fault: loaded.fault };
  }

  async #readSigned(row: BlockRow, chainId: string, key: KeyObject): Promise<SignedRow> {
    const { block, fault } = readBlockRow(row, chainId);
    if (block === null) return { row, block, fault, signed: false, sealed: false };
    const { audit_id: auditId, audit_seal: seal } = row;
    const sealBytes = auditId === null ? takenSealBytes(block.hash) : auditSealBytes(block.hash, auditId);
    const [signed, sealed] = await Promise.all([
      isSigned(key, row.bytes.subarray(0, blockHeadBytes), block.signature),
      seal !== null && isSigned(key, sealBytes, new Uint8Array(seal)),
    ]);
    return { row, block, fault, signed, sealed };
  }

  #checkRow(
    { row, block, fault, signed, sealed }: SignedRow,
    chain: ChainRow,
    height: number,
    before: BlockBefore | null | undefined,
    entryRows: ReadonlyMap<number, readonly EntryRow[]>,
  ): LedgerFault | null {
    const { chainId } = chain;
    if (row.height !== height)
      return faultAt(chainId, height, 'gap', `blocks ${height} to ${row.height - 1} are missing`, { expected: height, found: row.height });
    if (fault !== null || block === null) return fault;
    const author = nodeIdOf(block.author);
    if (author !== chainId) return faultAt(chainId, height, 'signature', 'it is of another author', { expected: chainId, found: author });
    const follows = checkFollows(block, chainId, before);
    if (follows !== null) return follows;
    if (!signed)
      return faultAt(chainId, height, 'signature', 'its signature is not of the node whose chain it is', {
        expected: author,
        found: toHex(block.signature),
      });
    const rows = entryRows.get(height) ?? [];
    const wrong = checkEntryRows(rows, row, block, chainId) ?? this.#checkIndices(rows, chain, height);
    if (wrong !== null) return wrong;
    if (chainId !== this.#self) return null;
    if (!sealed)
      return faultAt(chainId, height, 'blockChanged', 'the record of the audit table up to which it goes is not the one that was signed', {
        found: row.audit_id,
      });
    return this.#checkOwn(rows, row, height);
  }

  /** A search must find what is there. */
  #checkIndices(rows: readonly EntryRow[], chain: ChainRow, height: number): LedgerFault | null {
    for (const { at, number, actor, act, outcome, target } of rows)
      for (const [index, statement] of this.#indices)
        if (statement.get(at, chain.id, number, actor, act, outcome, target) === undefined)
          return faultAt(chain.chainId, height, 'entryMissing', 'a search does not find it', { number, expected: index });
    return null;
  }

  #checkOwn(rows: readonly EntryRow[], row: BlockRow, height: number): LedgerFault | null {
    for (const { bytes } of rows) {
      const entry = decodeEntry(new Uint8Array(bytes));
      const fault = checkDetails(entry, this.#chains.details(entry.number), row.audit_id !== null, height, this.#self);
      if (fault !== null) return fault;
    }
    return null;
  }

  /** Blocks before the oldest one may be missing only when the chain itself says that they were sealed. */
  #checkStart(chain: ChainRow): LedgerFault | null {
    const first = chain.first?.height ?? 0;
    if (first === 0 || isSealedBefore(this.#chains, chain)) return null;
    return faultAt(chain.chainId, 0, 'gap', `blocks 0 to ${first - 1} are missing, and no checkpoint seals them`, {
      expected: 0,
      found: first,
    });
  }

  /** Rows that belong to no block. */
  #checkStrays({ id, chainId, first, last }: ChainRow): LedgerFault | null {
    const stray = this.#chains.database
      .prepare<[number, number, number], { number: number; height: number }>(
        'SELECT number, height FROM entry WHERE chain = ? AND (height < ? OR height > ?) LIMIT 1',
      )
      .get(id, first?.height ?? 0, last?.height ?? -1);
    if (stray !== undefined)
      return faultAt(chainId, stray.height, 'entryChanged', 'it belongs to no block', { number: stray.number, found: stray.height });
    if (chainId !== this.#self) return null;
    const details = this.#chains.database
      .prepare<[number], { number: number }>(
        'SELECT number FROM details WHERE number NOT IN (SELECT number FROM entry WHERE chain = ?) LIMIT 1',
      )
      .get(id);
    return details === undefined
      ? null
      : faultAt(chainId, last?.height ?? 0, 'entryChanged', 'details are kept of an entry that is not there', { number: details.number });
  }

  #placeBefore(chain: ChainRow, from: number): BlockBefore | null | undefined {
    if (from === 0) return null;
    const [row] = this.#chains.rows.blocks(chain.id, from - 1, 1);
    const block = row?.height === from - 1 ? readBlockRow(row, chain.chainId).block : null;
    return block === null ? undefined : placeOf(block);
  }

  #remember(chainId: string, from: number, to: number, fault: LedgerFault | null): void {
    // Blocks may have been added or replaced since the verification began.
    const chain = this.#chains.table.get(chainId);
    if (chain === undefined) return;
    if (fault !== null) {
      chain.fault = fault;
      chain.verifiedHeight = Math.min(chain.verifiedHeight, fault.height - 1);
    } else {
      if (chain.fault !== null && chain.fault.height >= from && chain.fault.height <= to) chain.fault = null;
      if (from <= Math.max(chain.verifiedHeight + 1, chain.first?.height ?? 0)) chain.verifiedHeight = Math.max(chain.verifiedHeight, to);
    }
    chain.verifiedAt = Date.now();
    this.#chains.table.save(chain);
  }
}

function isSigned(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verifySignature(null, bytes, key, signature, (error, valid) => (error === null ? resolve(valid) : reject(error)));
  });
}

function byHeight(rows: readonly EntryRow[]): ReadonlyMap<number, readonly EntryRow[]> {
  const groups = new Map<number, EntryRow[]>();
  for (const row of rows) {
    const group = groups.get(row.height);
    if (group === undefined) groups.set(row.height, [row]);
    else group.push(row);
  }
  return groups;
}
