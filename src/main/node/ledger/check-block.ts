/** Whether a block is what its author signed, and follows the one before it. Used for what others bring, for what is kept, and for files. */
import type { LedgerFault } from '../../../common/contract/ledger.ts';
import { nodeIdOf } from '../identity/index.ts';
import { toHex } from '../trust/digest.ts';
import { isBlockSigned } from './block.ts';
import { decodeEntry } from './entry.ts';
import { ledgerLimits } from './limits.ts';
import { merkleRoot } from './merkle.ts';
import type { Entry, FullBlock, SignedBlock } from './types.ts';

/** The block that another must follow. */
export interface BlockBefore {
  readonly height: number;
  readonly hash: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Number of its last entry. */
  readonly lastNumber: number;
}

export interface CheckedPlace {
  readonly chainId: string;
  /** null: it must be the first of the chain. Undefined: what is before it is not known, and not looked at. */
  readonly before: BlockBefore | null | undefined;
  /** Whether the signature is right, when somebody has found out already. */
  readonly signed?: boolean;
}

/** What of a block the next one refers to. */
export function placeOf({ height, hash, at, firstNumber, count }: SignedBlock): BlockBefore {
  return { height, hash, at, lastNumber: firstNumber + count - 1 };
}

/** The first thing that is wrong with a block; null: nothing. Its time against the clock is not looked at. */
export function checkBlock({ block, entries }: FullBlock, { chainId, before, signed }: CheckedPlace): LedgerFault | null {
  const author = nodeIdOf(block.author);
  if (author !== chainId)
    return faultAt(chainId, block.height, 'signature', 'it is of another author', { expected: chainId, found: author });
  return (
    checkFollows(block, chainId, before) ??
    ((signed ?? isBlockSigned(block))
      ? checkEntries(block, entries, chainId)
      : faultAt(chainId, block.height, 'signature', 'its signature is not of the node whose chain it is', {
          expected: author,
          found: toHex(block.signature),
        }))
  );
}

/** Whether a block follows the one before it: height, hash, numbers, time. */
export function checkFollows(block: SignedBlock, chainId: string, before: BlockBefore | null | undefined): LedgerFault | null {
  if (before === undefined) return null;
  const expectedHeight = (before?.height ?? -1) + 1;
  if (block.height !== expectedHeight)
    return faultAt(chainId, expectedHeight, block.height > expectedHeight ? 'gap' : 'order', `block ${block.height} stands in its place`, {
      expected: expectedHeight,
      found: block.height,
    });
  if (before === null) return null;
  if (Buffer.compare(block.prevHash, before.hash) !== 0)
    return faultAt(chainId, block.height, 'prevHash', `it does not follow block ${before.height}: the hash that it names is another`, {
      expected: toHex(before.hash),
      found: toHex(block.prevHash),
    });
  if (block.firstNumber !== before.lastNumber + 1)
    return faultAt(chainId, block.height, 'order', 'its entries are not numbered on', {
      expected: before.lastNumber + 1,
      found: block.firstNumber,
    });
  if (block.at < before.at)
    return faultAt(chainId, block.height, 'order', 'it is older than the block before it', { expected: before.at, found: block.at });
  return null;
}

/** Whether the entries are those of the block. */
export function checkEntries(block: SignedBlock, entries: readonly Uint8Array[], chainId: string): LedgerFault | null {
  const { height, firstNumber, count } = block;
  if (entries.length !== count)
    return faultAt(
      chainId,
      height,
      entries.length < count ? 'entryMissing' : 'entryChanged',
      'it does not hold as many entries as it says',
      {
        expected: count,
        found: entries.length,
        number: firstNumber + Math.min(entries.length, count),
      },
    );
  const size = entries.reduce((sum, { length }) => sum + length, 0);
  if (size > ledgerLimits.blockBytes)
    return faultAt(chainId, height, 'unreadable', 'its entries are larger than a block may be', {
      expected: ledgerLimits.blockBytes,
      found: size,
    });
  const root = merkleRoot(entries);
  if (Buffer.compare(root, block.entriesRoot) !== 0)
    return faultAt(chainId, height, 'entryChanged', 'its entries are not those that were signed', {
      expected: toHex(block.entriesRoot),
      found: toHex(root),
      number: firstWrong(entries, firstNumber),
    });
  return checkNumbers(entries, block, chainId);
}

function checkNumbers(entries: readonly Uint8Array[], { height, firstNumber }: SignedBlock, chainId: string): LedgerFault | null {
  for (const [index, bytes] of entries.entries()) {
    const number = firstNumber + index;
    let entry: Entry;
    try {
      entry = decodeEntry(bytes);
    } catch (error) {
      return faultAt(chainId, height, 'unreadable', (error as Error).message, { number });
    }
    if (entry.number !== number)
      return faultAt(chainId, height, 'order', 'an entry has the number of another', { expected: number, found: entry.number, number });
  }
  return null;
}

/** The entry that gives itself away by its form or number; null: only the root tells that one was changed. */
function firstWrong(entries: readonly Uint8Array[], firstNumber: number): number | null {
  for (const [index, bytes] of entries.entries())
    try {
      if (decodeEntry(bytes).number !== firstNumber + index) return firstNumber + index;
    } catch {
      return firstNumber + index;
    }
  return entries.length === 1 ? firstNumber : null;
}

/** A fault in words: what is wrong with which block, and by which values it shows. */
export function faultAt(
  chainId: string,
  height: number,
  fault: LedgerFault['fault'],
  why: string,
  found: { readonly expected?: string | number | null; readonly found?: string | number | null; readonly number?: number | null } = {},
): LedgerFault {
  const number = found.number ?? null;
  const place = number === null ? `Block ${height}` : `Entry ${number} in block ${height}`;
  return {
    chainId,
    height,
    number,
    fault,
    message: `${place}: ${why}.`.replace('..', '.'),
    expected: found.expected === undefined || found.expected === null ? null : String(found.expected),
    found: found.found === undefined || found.found === null ? null : String(found.found),
  };
}

const sealTag = Buffer.from('SGBX/auditmark/v1', 'latin1');

/** What the node signs beside a block of its own: up to which record of the audit table the chain goes. */
export function auditSealBytes(hash: Uint8Array, auditId: number): Uint8Array {
  const id = Buffer.alloc(8);
  id.writeBigUInt64BE(BigInt(auditId));
  return new Uint8Array(Buffer.concat([sealTag, hash, id]));
}
