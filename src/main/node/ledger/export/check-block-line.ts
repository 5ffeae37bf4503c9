/** Whether a block of an export is what its node signed: signature, links, entries. */
import type { KeyObject } from 'node:crypto';
import { isSignedBy, publicKeyOf, sameBytes, toBase64url } from '../../identity/index.ts';
import { toHex } from '../../trust/digest.ts';
import { encodeHead } from '../block.ts';
import { decodeEntry } from '../entry.ts';
import { leafHash, merkleRootOf } from '../merkle.ts';
import type { Entry, SignedBlock } from '../types.ts';
import type { BlockLine, HeaderLine } from './lines.ts';
import { checked, wrong } from './wrong-place.ts';

/** Whether a block is signed by the node of the chain, and follows the one before it. @throws WrongPlace */
export function checkSignedBlock(
  block: SignedBlock,
  { header, key, before }: { readonly header: HeaderLine; readonly key: KeyObject | undefined; readonly before: SignedBlock | undefined },
): void {
  const { height } = block;
  if (!sameBytes(block.author, publicKeyOf(header.chain)))
    throw wrong('signature', `Block ${height} is of another node than the chain.`, { height, field: 'block' });
  if (key === undefined || !isSignedBy(key, encodeHead(block), block.signature))
    throw wrong('signature', `Block ${height} does not bear the signature of its node.`, { height, field: 'block' });
  if (before === undefined) return;
  if (height !== before.height + 1)
    throw wrong('gap', `This file goes on with block ${height}; the one before it ended with block ${before.height}.`, {
      height,
      field: 'height',
      expected: String(before.height + 1),
      found: String(height),
    });
  if (!sameBytes(block.prevHash, before.hash))
    throw wrong('prevHash', `Block ${height} does not follow the block before it.`, {
      height,
      field: 'block',
      expected: toHex(before.hash),
      found: toHex(block.prevHash),
    });
  const number = before.firstNumber + before.count;
  if (block.firstNumber !== number)
    throw wrong('order', `The entries of block ${height} begin with number ${block.firstNumber} instead of ${number}.`, {
      height,
      field: 'block',
      expected: String(number),
      found: String(block.firstNumber),
    });
  if (block.at < before.at)
    throw wrong('order', `Block ${height} is older than the block before it.`, {
      height,
      field: 'block',
      expected: String(before.at),
      found: String(block.at),
    });
}

/** The entries of a line, each of which is what was signed. @throws WrongPlace */
export function entriesOf(line: BlockLine, block: SignedBlock): Entry[] {
  const { height } = block;
  if (line.entries.length !== block.count)
    throw wrong('entryMissing', `Block ${height} has ${line.entries.length} entries in the file, ${block.count} were signed.`, {
      height,
      field: 'entries',
      expected: String(block.count),
      found: String(line.entries.length),
    });
  if (line.leaves.length !== block.count)
    throw wrong('line', `Block ${height} has another number of leaves than of entries.`, { height, field: 'leaves' });
  const bytes = line.entries.map((text) => new Uint8Array(Buffer.from(text, 'utf8')));
  const hashes = bytes.map(leafHash);
  const root = merkleRootOf(hashes);
  const isRight = sameBytes(root, block.entriesRoot);
  const leaves = hashes.map(toBase64url);
  const changed = leaves.findIndex((leaf, index) => leaf !== line.leaves[index]);
  if (changed !== -1) {
    const field = isRight ? `leaves[${changed}]` : `entries[${changed}]`;
    throw wrong(
      'entryChanged',
      isRight
        ? `The leaf hash of entry ${block.firstNumber + changed} in block ${height} was changed.`
        : `Entry ${block.firstNumber + changed} in block ${height} was changed.`,
      {
        height,
        number: block.firstNumber + changed,
        field,
        expected: line.leaves[changed] ?? null,
        found: leaves[changed] ?? null,
      },
    );
  }
  if (!isRight)
    throw wrong('entryChanged', `The entries of block ${height} are not those that were signed.`, {
      height,
      field: 'entries',
      expected: toHex(block.entriesRoot),
      found: toHex(root),
    });
  return bytes.map((entryBytes, index) => {
    const number = block.firstNumber + index;
    const field = `entries[${index}]`;
    const entry = checked(field, () => decodeEntry(entryBytes), 'unreadable', height, number);
    if (entry.number !== number)
      throw wrong('order', `An entry of block ${height} says that it is number ${entry.number}; its place is ${number}.`, {
        height,
        number,
        field,
      });
    return entry;
  });
}
