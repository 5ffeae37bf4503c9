/** What a chain is made of. Bytes that are signed: block.ts; bytes of an entry: entry.ts. */

/** One act, as its bytes say it. */
export interface Entry {
  /** Counts the entries of the chain, from 1. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: 'genesis' | 'act' | 'refusal' | 'note' | 'witness' | 'checkpoint' | 'fork';
  readonly actor: string;
  readonly roles: readonly string[];
  readonly via: string;
  readonly act: string;
  readonly target: string | null;
  readonly outcome: 'done' | 'failed' | 'refused';
  readonly code: string | null;
  readonly text: string | null;
  /** SHA-256(salt ‖ canonical JSON of the params), hex; null: none. */
  readonly details: string | null;
}

/** The head of a block: everything that its signature covers. */
export interface BlockHead {
  /** Public key of the node whose chain it is, 32 bytes. */
  readonly author: Uint8Array;
  /** The first is 0. */
  readonly height: number;
  /** 32 bytes; zero for the first. */
  readonly prevHash: Uint8Array;
  /** Milliseconds since the epoch; never before that of the block before it. */
  readonly at: number;
  /** Number of its first entry. */
  readonly firstNumber: number;
  /** Entries in it, 1 to 256. */
  readonly count: number;
  /** Merkle tree hash of the bytes of its entries (RFC 6962 2.1), 32 bytes. */
  readonly entriesRoot: Uint8Array;
}

export interface SignedBlock extends BlockHead {
  /** SHA-256 of the signed bytes, 32 bytes. */
  readonly hash: Uint8Array;
  /** Ed25519 by the author, 64 bytes. */
  readonly signature: Uint8Array;
}

/** A block with the exact bytes of its entries. */
export interface FullBlock {
  readonly block: SignedBlock;
  /** UTF-8 of canonical JSON, in order. */
  readonly entries: readonly Uint8Array[];
}
