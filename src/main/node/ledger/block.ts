/** The signed head of a block: canonical bytes, signature, and how it must follow the one before it. Layout: docs/ledger.md. */
import { KnownKeys, type Signer, signatureBytes } from '../identity/index.ts';
import { ByteReader, u32, u64 } from '../trust/byte-reader.ts';
import { sha256 } from '../trust/digest.ts';
import { ledgerLimits } from './limits.ts';
import type { BlockHead, SignedBlock } from './types.ts';

const tag = Buffer.from('SGBX/block/v1\0\0\0', 'latin1');
const hashBytes = 32;

/** Bytes that a signature of a block covers. */
export const blockHeadBytes = 140;
/** Where in those the hash of the block before it stands. */
export const prevHashRange = [56, 88] as const;
/** Bytes of a block as it is kept and sent: those, then the signature. */
export const signedBlockBytes = blockHeadBytes + signatureBytes;
/** What the first block of a chain names as the hash before it. */
export const noHash: Uint8Array = new Uint8Array(hashBytes);

/** The canonical bytes of a head, 140. */
export function encodeHead(head: BlockHead): Uint8Array {
  const { author, height, prevHash, at, firstNumber, count, entriesRoot } = head;
  return new Uint8Array(Buffer.concat([tag, author, u64(height), prevHash, u64(at), u64(firstNumber), u32(count), entriesRoot]));
}

/** Signs a head: Ed25519 over its bytes. The author is the signer. */
export function signBlock(head: Omit<BlockHead, 'author'>, signer: Signer): SignedBlock {
  const full = { ...head, author: signer.publicKey };
  const bytes = encodeHead(full);
  return { ...full, hash: sha256(bytes), signature: signer.sign(bytes) };
}

/** Head and signature, 204 bytes. */
export function encodeBlock(block: SignedBlock): Uint8Array {
  return new Uint8Array(Buffer.concat([encodeHead(block), block.signature]));
}

/**
 * Reads a block that came from outside. Its signature is not checked here: see {@link isBlockSigned}.
 *
 * @throws SignalboxError `INVALID_PARAMS` for a layout or numbers that cannot be, `KEY_WEAK`
 */
export function decodeBlock(bytes: Uint8Array): SignedBlock {
  const reader = new ByteReader(bytes, 'block');
  if (Buffer.compare(reader.take(tag.length), tag) !== 0) throw reader.invalid('it is not a block of this version');
  const head: BlockHead = {
    author: reader.take(hashBytes).slice(),
    height: reader.u64(),
    prevHash: reader.take(hashBytes).slice(),
    at: reader.u64(),
    firstNumber: reader.u64(),
    count: reader.u32(),
    entriesRoot: reader.take(hashBytes).slice(),
  };
  const signature = reader.take(signatureBytes).slice();
  reader.end();
  if (head.count < 1 || head.count > ledgerLimits.blockEntries) throw reader.invalid(`it cannot hold ${head.count} entries`);
  if (head.firstNumber < head.height + 1) throw reader.invalid('its entries are numbered below its height');
  const isFirst = head.height === 0;
  if (isFirst !== (Buffer.compare(head.prevHash, noHash) === 0)) throw reader.invalid('only the first block names no hash before it');
  if (isFirst && head.firstNumber !== 1) throw reader.invalid('the first entry of a chain is number 1');
  return { ...head, hash: sha256(bytes.subarray(0, blockHeadBytes)), signature };
}

/** Authors are few and blocks are many. */
const authors = new KnownKeys();

/** True when the author signed the head. @throws SignalboxError `KEY_WEAK` */
export function isBlockSigned(block: SignedBlock): boolean {
  return authors.isSigned(block.author, encodeHead(block), block.signature);
}
