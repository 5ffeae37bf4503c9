/** What the rest of the node sees of the file in which chains are kept. Everything behind it happens in the thread of the ledger. */
import type { LedgerChain, LedgerFault } from '../../../common/contract/ledger.ts';
import type { CopyShares } from './copy-share.ts';
import type { EntryDetails } from './entry.ts';
import type { ExportedLines, ExportPart } from './export/export-part.ts';
import type { Entry, FullBlock } from './types.ts';

/** A chain as it is held here. Its name and state are for whoever knows the members. */
export type ChainHead = Omit<LedgerChain, 'name' | 'self' | 'state' | 'overShare'> & {
  /** Number of the first entry held. */
  readonly firstNumber: number;
  /** The node on whose word alone the copy begins above the first block; null: it needs no word, or has more than one. */
  readonly begunBy: string | null;
  /** Of a copy over its share: what is known of the chain beyond it. */
  readonly overShare: null | (NonNullable<LedgerChain['overShare']> & { readonly seenHash: string });
};

/** A block of the own chain with what stays at this node. */
export interface OwnBlock extends FullBlock {
  readonly details: readonly EntryDetails[];
  /** Newest record of the audit table that is in it or in a block before it. */
  readonly auditId: number;
  /** Ed25519 over {@link auditSealBytes}: a changed `auditId` is found. */
  readonly auditSeal: Uint8Array;
}

/** A block that another node brought. */
export interface BroughtBlock extends FullBlock {
  /** Of a block of the own chain: this node has signed that it took it back. */
  readonly auditSeal?: Uint8Array;
}

/** What became of blocks that another node brought. */
export interface TakenBlocks {
  /** Blocks that were added. */
  readonly added: number;
  /** Newest block held now; -1: none. */
  readonly height: number;
  /**
   * Why the rest was not taken. `gap`: blocks before it are missing, ask for those from `height + 1`. `notYet`: its time lies in the future
   * by more than may be, bring it again later. `fork`: signed like the one held, and another; both are kept as evidence. `invalid`: row 34,
   * whoever brought it is to be scored. `full`: no further chain is held. `overShare`: right, and more than is kept of this chain; with the
   * fault `prevHash` it does not follow the newest block that was seen, and the one before it is worth asking for.
   */
  readonly refused: null | {
    readonly reason: 'gap' | 'notYet' | 'fork' | 'invalid' | 'full' | 'overShare';
    readonly height: number;
    readonly fault: LedgerFault | null;
    readonly message: string;
  };
}

/** An entry as it is listed: what it says, and where it stands. */
export interface ListedEntry {
  readonly chainId: string;
  readonly height: number;
  /** Hash that its block names, hex. */
  readonly prevHash: string;
  readonly entry: Entry;
  /** SHA-256 of its bytes, hex. */
  readonly digest: string;
  /** It stands below the height up to which the chain was verified. */
  readonly verified: boolean;
}

export interface EntryQuery {
  readonly chainId?: string | undefined;
  readonly actor?: string | undefined;
  /** Beginning of the act. */
  readonly act?: string | undefined;
  /** Part of the target. */
  readonly target?: string | undefined;
  readonly outcome?: Entry['outcome'] | undefined;
  /** Milliseconds since the epoch, both included. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** One page of entries, newest first. */
export interface EntryPage {
  readonly entries: readonly ListedEntry[];
  /** Cursor of the next page; null: that was all. */
  readonly next: string | null;
  /** Entries that match, on all pages, as far as was looked through. */
  readonly total: number;
  /** Milliseconds since the epoch down to which was looked through, newest first; null: all was. The next page goes on from there. */
  readonly searchedTo: number | null;
}

export interface KeptFork {
  readonly chainId: string;
  readonly height: number;
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
  readonly blocks: readonly (FullBlock & { readonly from: string })[];
}

export interface VerifyProgress {
  /** Blocks. */
  readonly checked: number;
  readonly total: number;
}

export interface VerifyResult {
  readonly checkedBlocks: number;
  readonly checkedEntries: number;
  readonly durationMs: number;
  /** The first place that is not right; null: all is. */
  readonly fault: LedgerFault | null;
}

/** Where the own chain goes on after blocks that are not held: after a damaged or older file took the place of what was written. */
export interface ChainPlace {
  readonly height: number;
  readonly hash: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Number of the last entry. */
  readonly lastNumber: number;
  readonly auditId: number;
}

/** Everything that rejects does so with SignalboxError `STORAGE_FULL`, `STORAGE_CORRUPT`, `OVERLOADED` or `INTERNAL`. */
export interface ChainStore {
  /** Adds a block of the own chain with what stays here, in one transaction; durable when it resolves. */
  append(block: OwnBlock): Promise<void>;
  /**
   * Checks blocks that another node brought, in order, and adds those that follow what is held, in one transaction: hash, signature, author,
   * link, root, numbers, every entry, times (security.md row 34). Blocks that are held already are passed over.
   *
   * @param from node that brought them
   * @param nowMs milliseconds since the epoch by the corrected clock
   * @param startsAt height at which a chain of which nothing is held may begin, because its author sealed what is older; without: 0
   */
  take(chainId: string, blocks: readonly BroughtBlock[], from: string, nowMs: number, startsAt?: number): Promise<TakenBlocks>;
  /**
   * Puts whole blocks in the place of damaged or missing ones: each must be signed, and fit what is held before and behind it. Those before the
   * first block of a copy are taken as far as its share goes.
   *
   * @param from node on whose word alone a copy begins where these let it begin; without: it begins where it did
   * @returns how many took a place; those that do not fit are left out
   */
  replace(chainId: string, blocks: readonly BroughtBlock[], from?: string): Promise<number>;
  /** Blocks from a height on, as far as the bounds go. What cannot be read ends the list. */
  blocks(
    chainId: string,
    fromHeight: number,
    most?: { readonly blocks?: number; readonly bytes?: number },
  ): Promise<{ readonly blocks: readonly FullBlock[]; readonly more: boolean }>;
  /** Hashes of blocks, hex; null for those that are not held. */
  hashes(chainId: string, heights: readonly number[]): Promise<readonly (string | null)[]>;
  /** Hashes of blocks with the entries that really stand in them, hex: see `heldHash`; null for those that are not held or cannot be read. */
  heldHashes(chainId: string, heights: readonly number[]): Promise<readonly (string | null)[]>;
  /** Lines of an export, made in the thread of the ledger; undefined: the first block is not held, or cannot be read. */
  exportBlocks(chainId: string, part: ExportPart): Promise<ExportedLines | undefined>;
  /** The block that holds an entry. */
  blockOf(chainId: string, number: number): Promise<FullBlock | undefined>;
  /** Every chain held, the newest block of each. */
  chains(): Promise<readonly ChainHead[]>;
  chain(chainId: string): Promise<ChainHead | undefined>;
  /** Newest first: of one chain by number, of all by time. A page that was searched for may hold few entries though more follow. */
  list(query: EntryQuery): Promise<EntryPage>;
  /** What was passed to an act of the own chain; undefined: nothing, or no longer kept. */
  details(number: number): Promise<EntryDetails | undefined>;
  /** Last record of the audit table that is in a block; 0: none. */
  auditId(): Promise<number>;
  /** Notes the newest height that anybody told of. */
  announce(chainId: string, height: number): Promise<void>;
  /** Evidence of forks, newest first. */
  forks(): Promise<readonly KeptFork[]>;
  /**
   * Recomputes bytes of entries, roots, hashes, signatures and links, and compares every column with what was signed. Yields to other work
   * of the thread between steps.
   *
   * @param toHeight included
   * @throws SignalboxError `NOT_FOUND`, `CANCELLED`
   */
  verify(
    chainId: string,
    range?: { readonly fromHeight?: number | undefined; readonly toHeight?: number | undefined },
    options?: { readonly onProgress?: (progress: VerifyProgress) => void; readonly signal?: AbortSignal },
  ): Promise<VerifyResult>;
  /** Takes sealed blocks out, once they are safe elsewhere. @param toHeight included @returns entries that are no longer held */
  prune(chainId: string, toHeight: number): Promise<number>;
  /** Bounds what copies may take, from now on. @returns chains whose copies were over their share, and are tried again */
  setShares(shares: CopyShares): Promise<readonly string[]>;
  /** A second node has said that a copy begins where it has to. */
  confirmStart(chainId: string): Promise<void>;
  /** Says after which block the own chain goes on, though it is not held here. */
  continueAfter(place: ChainPlace): Promise<void>;
}
