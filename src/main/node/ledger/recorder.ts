import { SignalboxError } from '../../../common/errors.ts';
import { type AuditLog, canonicalJson } from '../audit/index.ts';
import { type NodeIdentity, sameBytes } from '../identity/index.ts';
import { RetryDelay } from '../retry-delay.ts';
import type { Startable } from '../startable.ts';
import type { Logger, Problems } from '../telemetry/index.ts';
import { fromHex } from '../trust/digest.ts';
import { isBlockSigned } from './block.ts';
import type { ChainHead, ChainPlace, ChainStore } from './chain-store.ts';
import { placeOf } from './check-block.ts';
import type { EntryDraft } from './entry.ts';
import { draftOf } from './from-audit.ts';
import type { HighWaterMark, Mark } from './high-water-mark.ts';
import { ledgerLimits } from './limits.ts';
import { type MadeBlock, makeBlock } from './next-block.ts';
import { RecorderProblems } from './recorder-problems.ts';
import type { FullBlock, SignedBlock } from './types.ts';

export interface RecorderOptions {
  readonly store: ChainStore;
  readonly audit: Pick<AuditLog, 'since' | 'lastId' | 'onWritten'>;
  readonly mark: Pick<HighWaterMark, 'read' | 'save'>;
  readonly identity: Pick<NodeIdentity, 'nodeId' | 'publicKey' | 'sign'>;
  /** Of this node, for the first entry. */
  readonly name: () => string;
  readonly software: string;
  readonly logger: Logger;
  readonly problems: Problems;
  readonly nowMs?: () => number;
  readonly retryDelay?: RetryDelay;
  /** Told when the disk or the file refuses a block; what is to be written is tried again. */
  readonly onFailed?: (error: unknown) => void;
}

interface Waiting {
  readonly draft: EntryDraft;
  resolve(number: number): void;
  reject(error: Error): void;
}

/**
 * Writes the own chain: every record of the audit table gets into exactly one entry, in order, whatever happens in between; beside them what
 * the node has to say itself. One block for what waits, so that a write alone has its block within milliseconds.
 */
export class Recorder implements Startable {
  readonly #options: RecorderOptions;
  readonly #problems: RecorderProblems;
  readonly #nowMs: () => number;
  readonly #retryDelay: RetryDelay;
  readonly #listeners = new Set<(block: FullBlock) => void>();
  readonly #waiting: Waiting[] = [];
  #place: ChainPlace | undefined;
  /** Newest record of the audit table that is in a block. */
  #auditId = 0;
  #auditWaiting = 0;
  /** The block that was given to the disk last, until it has answered, with how many of what it was offered nobody waits for. */
  #attempted: { readonly made: MadeBlock; readonly unawaited: number } | undefined;
  #prepared = false;
  #unlisten: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #retry: NodeJS.Timeout | undefined;
  #hold: NodeJS.Timeout | undefined;
  /** How far the backup went from which this node was made. */
  #restoredHeight = -1;
  #started = false;
  #stopped = false;
  /** What peers hold is known, or was waited for long enough. */
  #released = false;
  /** Newest block of the own chain that a peer has shown. */
  #shown: SignedBlock | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#problems = new RecorderProblems(options.problems);
    this.#nowMs = options.nowMs ?? Date.now;
    this.#retryDelay = options.retryDelay ?? new RetryDelay();
  }

  /** Does not wait for the disk: what is to be written waits. */
  start(): Promise<void> {
    this.#started = true;
    this.#unlisten ??= this.#options.audit.onWritten((records) => {
      this.#auditWaiting += records;
      this.#wake();
    });
    this.#wake();
    return Promise.resolve();
  }

  /** Writes what waits, as far as the disk takes it; the next start goes on from there. */
  async stop(): Promise<void> {
    this.#unlisten?.();
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#wake();
    await this.#running;
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#hold);
    for (const { reject } of this.#waiting.splice(0)) reject(notWritten());
  }

  /** Records of the audit table and entries of the node that are not in a block yet. */
  get waiting(): number {
    return this.#auditWaiting + this.#waiting.length;
  }

  /** Told of each block of the own chain once it is on the disk. @returns stops it */
  onBlock(listener: (block: FullBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Writes an entry of the node itself: a note, heads of other chains, a fork, a checkpoint.
   *
   * @returns its number, once it is on the disk
   * @throws SignalboxError `OVERLOADED`, `STORAGE_FULL`
   */
  add(draft: EntryDraft): Promise<number> {
    if (this.#stopped) return Promise.reject(notWritten());
    if (this.#waiting.length >= ledgerLimits.waitingEntries)
      return Promise.reject(
        new SignalboxError('OVERLOADED', 'The ledger of this node has too much to write. Try again.', { executed: 'no' }),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ draft, resolve, reject });
      this.#wake();
    });
  }

  /**
   * A peer holds this block of the own chain. While the own copy ends before it, nothing is written: that would be a second chain from the
   * same key (security.md row 39).
   */
  peersHold(block: SignedBlock): void {
    const { nodeId, publicKey } = this.#options.identity;
    if (Buffer.compare(block.author, publicKey) !== 0 || block.height <= (this.#shown?.height ?? -1) || !isBlockSigned(block)) return;
    this.#shown = block;
    if (this.#prepared && block.height > (this.#place?.height ?? -1)) {
      this.#options.logger.warn('ledger.behindPeers', 'Peers hold more of the chain of this node than the node itself.', {
        nodeId,
        height: block.height,
        own: this.#place?.height ?? -1,
      });
      this.ownChainChanged();
    }
  }

  /** Blocks of the own chain were taken back from peers, or replaced: the recorder looks anew where it stands. */
  ownChainChanged(): void {
    this.#prepared = false;
    this.#wake();
  }

  /**
   * A peer has said how far it holds the own chain, and it is no further than this node: a node made from a backup need not wait any longer,
   * unless that peer knows less than the backup.
   *
   * @param height of the newest block it holds; -1: none
   */
  peersAnswered(height: number): void {
    if (height >= this.#restoredHeight) this.#release();
  }

  #release(): void {
    clearTimeout(this.#hold);
    if (this.#hold === undefined) return;
    this.#hold = undefined;
    this.#released = true;
    this.#problems.answered();
    this.#wake();
  }

  #wake(): void {
    this.#again = true;
    if (!this.#started || this.#stopped || this.#retry !== undefined) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      // Somebody may have asked between the last look and now.
      if (this.#again) this.#wake();
    });
  }

  async #run(): Promise<void> {
    // What is recorded in one turn shares a block.
    await Promise.resolve();
    try {
      while (this.#again) {
        this.#again = false;
        if (!this.#prepared && !(await this.#prepare())) return;
        await this.#writeAll();
      }
      this.#retryDelay.reset();
      this.#problems.written();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Finds out where the chain goes on. @returns false while it must not */
  async #prepare(): Promise<boolean> {
    const { store, mark: marks, audit, identity } = this.#options;
    const [head, mark, storedAuditId, lastAuditId] = await Promise.all([
      store.chain(identity.nodeId),
      marks.read(),
      store.auditId(),
      audit.lastId(),
    ]);
    const held = heldPlace(head, storedAuditId);
    if (this.#attempted !== undefined) this.#settleAttempted(held);
    const place = mark !== undefined && mark.height > (held?.height ?? -1) ? await this.#rolledBack(mark, held) : held;
    if (place === held) this.#problems.complete();
    if (this.#shown !== undefined && this.#shown.height > (place?.height ?? -1) && !(await this.#isForked()))
      return this.#waitForPeers(this.#shown, place);
    this.#problems.abreast();
    if (mark?.restored === true && !this.#released) return this.#waitForAnswer(mark);
    this.#place = place;
    // An audit table that ends before what the ledger has of it is another one: node.db was reset, or an older one took its place. The mark
    // lies beside the table, and knows of blocks that were taken back from peers, which say nothing of it.
    this.#auditId = Math.min(Math.max(storedAuditId <= lastAuditId ? storedAuditId : 0, mark?.auditId ?? 0), lastAuditId);
    this.#prepared = true;
    if (place === undefined) await this.#append([this.#genesis()], 1);
    this.#again = true;
    return true;
  }

  /** What peers hold cannot be taken back once another block was written in its place: the chain goes on in the past that is held here. */
  async #isForked(): Promise<boolean> {
    const { store, identity } = this.#options;
    return (await store.forks()).some(({ chainId }) => chainId === identity.nodeId);
  }

  /** The file ends before what this node has written: it goes on behind that, and never writes a height twice. */
  async #rolledBack(mark: Mark, held: ChainPlace | undefined): Promise<ChainPlace> {
    await this.#options.store.continueAfter(mark);
    this.#problems.rolledBack((held?.height ?? -1) + 1, mark.height);
    return mark;
  }

  #waitForPeers(shown: SignedBlock, place: ChainPlace | undefined): false {
    this.#problems.behindPeers(shown.height, place?.height);
    return false;
  }

  #waitForAnswer(mark: Mark): false {
    if (this.#hold !== undefined) return false;
    this.#problems.restored(mark.height);
    this.#restoredHeight = mark.height;
    this.#hold = setTimeout(() => this.#release(), ledgerLimits.restoredWaitMs).unref();
    return false;
  }

  async #writeAll(): Promise<void> {
    const { audit, identity, name } = this.#options;
    for (;;) {
      const records = await audit.since(this.#auditId, ledgerLimits.feedRecords);
      const own = this.#waiting.slice(0, ledgerLimits.blockEntries);
      if (records.length === 0) this.#auditWaiting = 0;
      const drafts = records.flatMap((record) => {
        const draft = draftOf(record, (chain) => chain === identity.nodeId || chain === name());
        return draft === undefined ? [] : [{ draft, id: record.id }];
      });
      const last = records.at(-1)?.id ?? this.#auditId;
      if (drafts.length === 0) this.#passOver(last, records.length);
      if (drafts.length + own.length === 0 && records.length === 0) return;
      if (drafts.length + own.length === 0) continue;
      const taken = await this.#append(
        [...drafts.map(({ draft }) => draft), ...own.map(({ draft }) => draft)],
        drafts.length,
        drafts.map(({ id }) => id),
        last,
      );
      const recordsTaken = Math.min(taken, drafts.length);
      this.#auditWaiting = Math.max(0, this.#auditWaiting - recordsTaken);
    }
  }

  #passOver(auditId: number, records: number): void {
    this.#auditId = auditId;
    this.#auditWaiting = Math.max(0, this.#auditWaiting - records);
  }

  /**
   * @param unawaited so many drafts come first that nobody waits for: records of the audit table, or the first entry
   * @param ids of the records of the audit table among them
   * @returns drafts taken
   */
  async #append(drafts: readonly EntryDraft[], unawaited: number, ids: readonly number[] = [], lastId = this.#auditId): Promise<number> {
    const auditIdOf = (taken: number) => (taken >= ids.length ? lastId : (ids[taken - 1] ?? this.#auditId));
    const made = makeBlock(drafts, { before: this.#place, auditIdOf, nowMs: this.#nowMs(), signer: this.#options.identity });
    this.#attempted = { made, unawaited };
    await this.#options.store.append(made.own);
    this.#appended(made, unawaited);
    return made.taken;
  }

  #appended({ own, taken }: MadeBlock, unawaited: number): void {
    this.#attempted = undefined;
    this.#auditId = own.auditId;
    this.#place = { ...placeOf(own.block), auditId: own.auditId };
    const settled = this.#waiting.splice(0, Math.max(0, taken - unawaited));
    for (const [index, { resolve }] of settled.entries()) resolve(own.block.firstNumber + unawaited + index);
    void this.#saveMark(this.#place);
    for (const listener of this.#listeners) listener({ block: own.block, entries: own.entries });
  }

  /** The answer to the last block was lost. If it stands in the chain, nothing of it is written again. */
  #settleAttempted(held: ChainPlace | undefined): void {
    const attempted = this.#attempted;
    this.#attempted = undefined;
    if (attempted === undefined || held === undefined || !sameBytes(held.hash, attempted.made.own.block.hash)) return;
    this.#appended(attempted.made, attempted.unawaited);
  }

  async #saveMark(place: ChainPlace): Promise<void> {
    try {
      await this.#options.mark.save(place);
    } catch (error) {
      this.#options.logger.warn(
        'ledger.markNotSaved',
        'How far the ledger goes could not be noted beside it. The next block tries again.',
        {
          height: place.height,
          error,
        },
      );
    }
  }

  #failed(error: unknown): void {
    const { logger } = this.#options;
    this.#prepared = false;
    logger.error('ledger.notWritten', 'The ledger could not be written.', { waiting: this.waiting, error });
    this.#problems.notWritten(error);
    if (this.#stopped) return;
    this.#options.onFailed?.(error);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#wake();
    }, this.#retryDelay.nextMs()).unref();
  }

  #genesis(): EntryDraft {
    const { identity, name, software } = this.#options;
    return {
      at: this.#nowMs(),
      kind: 'genesis',
      actor: identity.nodeId,
      roles: [],
      via: 'node',
      act: 'ledger.genesis',
      target: null,
      outcome: 'done',
      code: null,
      text: canonicalJson({ name: name(), nodeId: identity.nodeId, software }),
    };
  }
}

/** The newest block as its row tells of it: one whose bytes are damaged keeps nobody from going on, and verification names it. */
function heldPlace(head: ChainHead | undefined, auditId: number): ChainPlace | undefined {
  if (head === undefined || head.headHash === null || head.headAt === null) return undefined;
  const { height, headHash, headAt, firstNumber, entries } = head;
  return { height, hash: fromHex(headHash), at: headAt, lastNumber: firstNumber + entries - 1, auditId };
}

function notWritten(): SignalboxError {
  return new SignalboxError('STORAGE_FULL', 'The ledger of this node does not run, and nothing was written. Restart the node.', {
    executed: 'no',
  });
}
