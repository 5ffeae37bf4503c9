/** Whether the rows of a block say what its author signed: every column, not only the bytes. */
import type { LedgerFault } from '../../../common/contract/ledger.ts';
import { sameBytes } from '../identity/index.ts';
import { toHex } from '../trust/digest.ts';
import { decodeBlock } from './block.ts';
import type { BlockRow, EntryRow } from './block-rows.ts';
import { faultAt } from './check-block.ts';
import { decodeEntry, detailsDigest, type EntryDetails } from './entry.ts';
import { leafHash, merkleRootOf } from './merkle.ts';
import type { Entry, SignedBlock } from './types.ts';

/** A row whose bytes are a block, and whose columns say the same as those. */
export type ReadRow =
  | { readonly fault: null; readonly block: SignedBlock }
  | { readonly fault: LedgerFault; readonly block: SignedBlock | null };

export function readBlockRow(row: BlockRow, chainId: string): ReadRow {
  const { height } = row;
  let block: SignedBlock;
  try {
    block = decodeBlock(new Uint8Array(row.bytes));
  } catch (error) {
    return { block: null, fault: faultAt(chainId, height, 'blockChanged', (error as Error).message, { expected: toHex(row.hash) }) };
  }
  const differs = (why: string, expected: string | number, found: string | number) => ({
    block,
    fault: faultAt(chainId, height, 'blockChanged', why, { expected, found }),
  });
  if (block.height !== height)
    return {
      block,
      fault: faultAt(chainId, height, 'order', 'another block stands in its place', { expected: height, found: block.height }),
    };
  if (!sameBytes(new Uint8Array(row.hash), block.hash))
    return differs('its bytes do not have its hash', toHex(row.hash), toHex(block.hash));
  if (row.at !== block.at) return differs('the column of its time does not say what was signed', block.at, row.at);
  if (row.first_number !== block.firstNumber)
    return differs('the column of its first number does not say what was signed', block.firstNumber, row.first_number);
  if (row.count !== block.count) return differs('the column of its count does not say what was signed', block.count, row.count);
  return { block, fault: null };
}

/** Compares the rows of the entries of a block, in order, with the block. */
export function checkEntryRows(rows: readonly EntryRow[], row: BlockRow, block: SignedBlock, chainId: string): LedgerFault | null {
  const { height, firstNumber, count } = block;
  for (let index = 0; index < Math.max(count, rows.length); index++) {
    const number = firstNumber + index;
    const found = rows[index];
    if (index >= count)
      return faultAt(chainId, height, 'entryChanged', 'it was put in later', {
        number: found?.number ?? null,
        expected: count,
        found: rows.length,
      });
    if (found === undefined || found.number > number)
      return faultAt(chainId, height, 'entryMissing', 'it is not there', { number, expected: number, found: found?.number ?? null });
    if (found.number < number)
      return faultAt(chainId, height, 'order', 'an entry stands twice or in another place', {
        number,
        expected: number,
        found: found.number,
      });
  }
  const leaves = rows.map(({ bytes }) => leafHash(new Uint8Array(bytes)));
  const root = merkleRootOf(leaves);
  if (!sameBytes(root, block.entriesRoot)) return changedEntry(rows, leaves, block, chainId, root);
  for (const [index, entry] of rows.entries()) {
    const fault = checkColumns(entry, leaves[index] as Uint8Array, height, chainId);
    if (fault !== null) return fault;
  }
  const sizeBytes = rows.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return sizeBytes === row.size_bytes
    ? null
    : faultAt(chainId, height, 'blockChanged', 'the column of its size is not right', { expected: sizeBytes, found: row.size_bytes });
}

/** Names the entry whose bytes are not those of its leaf, as long as the leaves are those that were signed. */
function changedEntry(
  rows: readonly EntryRow[],
  leaves: readonly Uint8Array[],
  block: SignedBlock,
  chainId: string,
  root: Uint8Array,
): LedgerFault {
  const kept = rows.map(({ leaf }) => new Uint8Array(leaf));
  const index = leaves.findIndex((leaf, at) => !sameBytes(leaf, kept[at] as Uint8Array));
  if (index >= 0 && sameBytes(merkleRootOf(kept), block.entriesRoot))
    return faultAt(chainId, block.height, 'entryChanged', 'it is not what was signed', {
      number: block.firstNumber + index,
      expected: toHex(kept[index] as Uint8Array),
      found: toHex(leaves[index] as Uint8Array),
    });
  return faultAt(chainId, block.height, 'entryChanged', 'its entries are not those that were signed', {
    number: index >= 0 || rows.length === 1 ? block.firstNumber + Math.max(index, 0) : null,
    expected: toHex(block.entriesRoot),
    found: toHex(root),
  });
}

function checkColumns(row: EntryRow, leaf: Uint8Array, height: number, chainId: string): LedgerFault | null {
  const { number } = row;
  let entry: Entry;
  try {
    entry = decodeEntry(new Uint8Array(row.bytes));
  } catch (error) {
    return faultAt(chainId, height, 'unreadable', (error as Error).message, { number });
  }
  if (!sameBytes(leaf, new Uint8Array(row.leaf)))
    return faultAt(chainId, height, 'entryChanged', 'its hash in the table is another', {
      number,
      expected: toHex(leaf),
      found: toHex(row.leaf),
    });
  for (const column of ['number', 'at', 'kind', 'actor', 'act', 'target', 'outcome'] as const)
    if (entry[column] !== row[column])
      return faultAt(chainId, height, 'entryChanged', `the column ${column} does not say what was signed`, {
        number,
        expected: entry[column],
        found: row[column],
      });
  return null;
}

/**
 * Compares what stays at the node with what the entry says of it.
 *
 * @param isOwnWriting the block was written here, so that what was passed must be here too
 */
export function checkDetails(
  entry: Pick<Entry, 'number' | 'details'>,
  details: EntryDetails | undefined,
  isOwnWriting: boolean,
  height: number,
  chainId: string,
): LedgerFault | null {
  const { number, details: expected } = entry;
  if (details === undefined)
    return expected !== null && isOwnWriting
      ? faultAt(chainId, height, 'entryMissing', 'what was passed to the act is no longer kept', { number, expected })
      : null;
  const found = detailsDigest(details.salt, details.params);
  return found === expected
    ? null
    : faultAt(chainId, height, 'entryChanged', 'what was passed to the act is not what was signed', { number, expected, found });
}
