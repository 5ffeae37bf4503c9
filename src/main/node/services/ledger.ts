import type { ResultOf } from '../../../common/contract/index.ts';
import type { LedgerConfirmation, LedgerEntry, LedgerFault, ledgerContract } from '../../../common/contract/ledger.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { allows, type Principal } from '../../../common/roles.ts';
import { type Signer, toBase64url } from '../identity/index.ts';
import type { ChainStore } from '../ledger/chain-store.ts';
import { decodeEntry, type EntryDraft } from '../ledger/entry.ts';
import { inclusionProof } from '../ledger/merkle.ts';
import {
  type ChainMembers,
  describeBlock,
  differenceOf,
  heldHash,
  isWhole,
  type LedgerSync,
  type SignedConfirmation,
} from '../ledger/sync/index.ts';
import type { Entry, FullBlock } from '../ledger/types.ts';
import type { Communicator } from '../peers/types.ts';
import type { Handlers } from '../router/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { sha256, toHex } from '../trust/digest.ts';
import { ChainViews } from './ledger/chain-views.ts';
import { ExportPages } from './ledger/export-pages.ts';
import type { VerifyRuns } from './ledger/verify-runs.ts';

/** The part of the node that writes its own chain. */
export interface OwnLedger {
  readonly store: ChainStore;
  readonly recorder: { add(draft: EntryDraft): Promise<number> };
  /** Acts that are on the disk and not yet in a block. */
  readonly waiting: number;
  /** What is verified in the background; null: nothing. */
  readonly verifying: ResultOf<'ledger.status'>['verifying'];
  checkpoint(): Promise<ResultOf<'ledger.checkpoint'>>;
  retention(): Promise<ResultOf<'ledger.status'>['retention']>;
  /** Says that a chain was verified, and what was wrong; null: nothing. */
  verified(chainId: string, fault: LedgerFault | null): void;
}

export interface LedgerServiceOptions {
  readonly nodeId: string;
  readonly signer: Signer;
  readonly ledger: OwnLedger;
  readonly sync: LedgerSync;
  readonly communicator: Pick<Communicator, 'reachable'>;
  readonly members: ChainMembers;
  readonly runs: VerifyRuns;
  readonly nowMs: () => number;
  readonly logger: Logger;
}

/** The ledger for people and programs: what stands in the chains, whether they are whole, and what other nodes say of them. */
export function createLedgerService(options: LedgerServiceOptions): Handlers<keyof typeof ledgerContract> {
  const { nodeId, signer, ledger, sync, communicator, members, runs, nowMs } = options;
  const { store } = ledger;
  const views = new ChainViews({ nodeId, sync, members });
  const confirmations = async (chainId: string, height: number): Promise<readonly SignedConfirmation[]> => {
    const [block] = (await store.blocks(chainId, height, { blocks: 1 })).blocks;
    if (block === undefined) return [];
    const place = { height, hash: heldHash(block) };
    const answers = await Promise.allSettled(otherNodes().map((peer) => sync.questions.places(peer, chainId, [place])));
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  };
  const pages = new ExportPages({ nodeId, signer, store, nameOf: (id) => members.nameOf(id), nowMs, confirmations });

  const otherNodes = () => communicator.reachable().filter((peer) => members.standing(peer) === 'member');
  const nodesOf = (named: readonly string[] | undefined) =>
    named === undefined ? otherNodes() : [...new Set(named.map((node) => views.chainId(node)))].filter((peer) => peer !== nodeId);

  /** @throws SignalboxError `NOT_FOUND` */
  const blockOf = async (chainId: string, number: number): Promise<FullBlock> => {
    const block = await store.blockOf(chainId, number);
    if (block !== undefined) return block;
    throw new SignalboxError('NOT_FOUND', `This node holds no entry ${number} of the chain of ${members.nameOf(chainId)}.`, {
      executed: 'no',
    });
  };
  const entryOf = (chainId: string, block: FullBlock, number: number): { entry: LedgerEntry; bytes: Uint8Array } => {
    const bytes = block.entries[number - block.block.firstNumber];
    if (bytes === undefined)
      throw new SignalboxError('STORAGE_CORRUPT', `Entry ${number} is missing in its block. Repair the chain: signalbox ledger repair`, {
        executed: 'no',
      });
    const { height, prevHash } = block.block;
    const verified = (sync.held.get(chainId)?.verifiedHeight ?? -1) >= height;
    const listed = { chainId, height, prevHash: toHex(prevHash), entry: readEntry(bytes, number), digest: toHex(sha256(bytes)), verified };
    // Verified some time ago does not say what stands there now, and these are the bytes that are shown.
    return { entry: isWhole(block) ? views.entry(listed) : { ...views.entry(listed), signature: 'invalid' }, bytes };
  };

  return {
    'ledger.status': () => ledgerStatus(options),
    'ledger.chains': () => ({ chains: views.chains(), forks: views.forks() }),
    'ledger.list': async ({ chain, ...query }) => {
      const { entries, ...rest } = await store.list({ ...query, chainId: chain === undefined ? undefined : views.chainId(chain) });
      return { entries: entries.map((entry) => views.entry(entry)), ...rest };
    },
    'ledger.get': async ({ chain, number }, { principal }) => {
      const chainId = views.chainId(chain);
      const block = await blockOf(chainId, number);
      const { entry, bytes } = entryOf(chainId, block, number);
      return {
        entry,
        block: describeBlock(block.block),
        proof: inclusionProof(block.entries, number - block.block.firstNumber).map(({ side, hash }) => ({ side, hash: toHex(hash) })),
        details: await detailsFor(chainId, number, principal),
        text: Buffer.from(bytes).toString('utf8'),
      };
    },
    'ledger.verify': async ({ chain, fromHeight, toHeight }, { signal, progress }) => {
      const chainId = views.chainId(chain);
      const result = await runs.run(chainId, { fromHeight, toHeight }, signal, progress);
      await sync.held.refresh(chainId);
      ledger.verified(chainId, result.fault);
      return { chain: views.chain(chainId), ...result };
    },
    'ledger.compare': async ({ chain, nodes }, { signal }) => {
      const chainId = views.chainId(chain);
      const { height, headHash } = views.chain(chainId);
      const compared = await Promise.all(nodesOf(nodes).map((peer) => sync.questions.compare(peer, chainId, signal)));
      return { chainId, height, headHash, nodes: compared };
    },
    'ledger.confirm': async ({ chain, number, nodes }, { signal }) => {
      const chainId = views.chainId(chain);
      const block = await blockOf(chainId, number);
      const place = { height: block.block.height, hash: heldHash(block) };
      const answers: LedgerConfirmation[] = await Promise.all(
        nodesOf(nodes).map((peer) => sync.questions.confirm(peer, chainId, place, signal)),
      );
      return { entry: entryOf(chainId, block, number).entry, confirmations: answers };
    },
    'ledger.difference': async ({ chain, height, node }, { signal }) => {
      const chainId = views.chainId(chain);
      const [ours] = (await store.blocks(chainId, height, { blocks: 1 })).blocks;
      const [theirs] = (await sync.questions.blocks(views.chainId(node), chainId, height, 1, signal)).blocks;
      return differenceOf(atHeight(ours, height), atHeight(theirs, height));
    },
    'ledger.export': async (params, { principal }) => {
      if (params.withDetails && !allows(principal.roles, 'admin'))
        throw new SignalboxError('FORBIDDEN', 'Only an admin may open what was passed to acts. Export without details.', {
          executed: 'no',
        });
      return pages.page(views.chainId(params.chain), params);
    },
    'ledger.note': async ({ chain, text, target = null }, { principal }) => {
      const chainId = views.chainId(chain);
      if (chainId !== nodeId) {
        await sync.offers.offer(chainId, { actor: principal.user, text, target });
        return { number: null };
      }
      const { user, roles, via } = principal;
      const note = { at: nowMs(), kind: 'note', act: 'ledger.note', outcome: 'done', code: null } as const;
      return { number: await ledger.recorder.add({ ...note, actor: user, roles, via, target, text }) };
    },
    'ledger.checkpoint': () => ledger.checkpoint(),
    'ledger.repair': async ({ chain }, { signal }) => {
      const chainId = views.chainId(chain);
      const { replacedBlocks, from, fault } = await sync.repair.run(chainId, signal);
      await sync.held.refresh(chainId);
      ledger.verified(chainId, fault);
      return { chain: views.chain(chainId), replacedBlocks, from: from.map((peer) => members.nameOf(peer)) };
    },
  };

  /** What was passed to an act: kept at the node where it was done, told to its admins alone. */
  async function detailsFor(chainId: string, number: number, { roles }: Principal): Promise<ResultOf<'ledger.get'>['details']> {
    if (chainId !== nodeId || !allows(roles, 'admin')) return null;
    const details = await store.details(number);
    if (details === undefined) return null;
    return { params: JSON.parse(details.params) as unknown, salt: toBase64url(details.salt) };
  }
}

/** The ledger in one look. */
export async function ledgerStatus({ nodeId, ledger, sync, members, runs }: LedgerServiceOptions): Promise<ResultOf<'ledger.status'>> {
  const views = new ChainViews({ nodeId, sync, members });
  const chains = views.chains();
  return {
    chain: views.chain(nodeId),
    chains: chains.length,
    forks: sync.forks.forks.length,
    damaged: chains.filter(({ state }) => state === 'damaged').length,
    waiting: ledger.waiting,
    verifying: runs.current ?? ledger.verifying,
    retention: await ledger.retention(),
  };
}

/** @throws SignalboxError `STORAGE_CORRUPT` */
function readEntry(bytes: Uint8Array, number: number): Entry {
  try {
    return decodeEntry(bytes);
  } catch (error) {
    throw new SignalboxError('STORAGE_CORRUPT', `Entry ${number} cannot be read. Repair the chain: signalbox ledger repair`, {
      cause: error,
      executed: 'no',
    });
  }
}

function atHeight(block: FullBlock | undefined, height: number): FullBlock | null {
  return block?.block.height === height ? block : null;
}
