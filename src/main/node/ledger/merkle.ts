/** Merkle trees of RFC 6962, section 2.1: one hash for all entries of a block, and short proofs that an entry is among them. */
import { sameBytes } from '../identity/index.ts';
import { sha256 } from '../trust/digest.ts';

const leafTag = Uint8Array.of(0);
const nodeTag = Uint8Array.of(1);

/** A sibling on the way from an entry to the root. */
export interface ProofStep {
  /** On which side of what was hashed so far it stands. */
  readonly side: 'left' | 'right';
  /** 32 bytes. */
  readonly hash: Uint8Array;
}

/** Hash of an entry: of 0x00 and its bytes. */
export function leafHash(bytes: Uint8Array): Uint8Array {
  return sha256(leafTag, bytes);
}

/** Merkle tree hash of the entries, in order. */
export function merkleRoot(entries: readonly Uint8Array[]): Uint8Array {
  return merkleRootOf(entries.map(leafHash));
}

/** The same of hashes of entries. */
export function merkleRootOf(leaves: readonly Uint8Array[]): Uint8Array {
  return rootOf(leaves);
}

/**
 * Siblings from an entry up to the root.
 *
 * @param index of the entry, from 0
 * @throws RangeError when there is no such entry
 */
export function inclusionProof(entries: readonly Uint8Array[], index: number): readonly ProofStep[] {
  if (!Number.isInteger(index) || index < 0 || index >= entries.length) throw new RangeError(`there is no entry ${index}`);
  return pathTo(entries.map(leafHash), index);
}

/** True when the proof leads from the entry to the root. */
export function isIncluded(entry: Uint8Array, proof: readonly ProofStep[], root: Uint8Array): boolean {
  const reached = proof.reduce(
    (hash, step) => (step.side === 'left' ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash)),
    leafHash(entry),
  );
  return sameBytes(reached, root);
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) return sha256(new Uint8Array(0));
  if (hashes.length === 1) return only;
  const split = largestPowerBelow(hashes.length);
  return nodeHash(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

function pathTo(hashes: readonly Uint8Array[], index: number): ProofStep[] {
  if (hashes.length === 1) return [];
  const split = largestPowerBelow(hashes.length);
  const [left, right] = [hashes.slice(0, split), hashes.slice(split)];
  return index < split
    ? [...pathTo(left, index), { side: 'right', hash: rootOf(right) }]
    : [...pathTo(right, index - split), { side: 'left', hash: rootOf(left) }];
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(nodeTag, left, right);
}

/** Largest power of two smaller than `count`, which is at least 2. */
function largestPowerBelow(count: number): number {
  return 2 ** (31 - Math.clz32(count - 1));
}
