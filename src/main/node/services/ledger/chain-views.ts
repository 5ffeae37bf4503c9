import type { LedgerChain, LedgerEntry, LedgerFork } from '../../../../common/contract/ledger.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { ChainHead, KeptFork, ListedEntry } from '../../ledger/chain-store.ts';
import type { ChainMembers, LedgerSync } from '../../ledger/sync/index.ts';
import { toHex } from '../../trust/index.ts';

export interface ChainViewsOptions {
  readonly nodeId: string;
  readonly sync: Pick<LedgerSync, 'held' | 'forks'>;
  readonly members: ChainMembers;
}

/** Chains, entries and forks with the names and states that people see. */
export class ChainViews {
  readonly #options: ChainViewsOptions;

  constructor(options: ChainViewsOptions) {
    this.#options = options;
  }

  /**
   * The node that a person named.
   *
   * @param chain node id or name; undefined: this node
   * @throws SignalboxError `NOT_FOUND`, `CONFLICT` when the name is that of several
   */
  chainId(chain: string | undefined): string {
    const { nodeId, members, sync } = this.#options;
    if (chain === undefined || chain === nodeId) return nodeId;
    if (sync.held.get(chain) !== undefined || members.standing(chain) !== 'stranger') return chain;
    const ids = new Set([
      ...members.idsOf(chain),
      ...sync.held.all().flatMap((head) => (members.nameOf(head.chainId) === chain ? [head.chainId] : [])),
    ]);
    const [only] = ids;
    if (only === undefined)
      throw new SignalboxError(
        'NOT_FOUND',
        `No node of the cluster is called ${chain}, and no chain of it is held here. See signalbox ledger chains.`,
        {
          executed: 'no',
        },
      );
    if (ids.size > 1)
      throw new SignalboxError('CONFLICT', `${ids.size} nodes are called ${chain}. Name the node id instead.`, {
        executed: 'no',
        data: { nodeIds: [...ids] },
      });
    return only;
  }

  /** The chain of a node, also when nothing of it is held. */
  chain(chainId: string): LedgerChain {
    const head = this.#options.sync.held.get(chainId);
    return head === undefined ? this.#nothingOf(chainId) : this.#view(head);
  }

  chains(): LedgerChain[] {
    const { sync, nodeId } = this.#options;
    const chains = sync.held.all().map((head) => this.#view(head));
    if (!chains.some(({ chainId }) => chainId === nodeId)) chains.push(this.#nothingOf(nodeId));
    return chains.toSorted((one, other) => Number(other.self) - Number(one.self) || one.name.localeCompare(other.name));
  }

  forks(): LedgerFork[] {
    return this.#options.sync.forks.forks.map((fork) => this.#fork(fork));
  }

  entry({ chainId, height, prevHash, entry, digest, verified }: ListedEntry): LedgerEntry {
    const { details, ...told } = entry;
    const fault = this.#options.sync.held.get(chainId)?.fault;
    const isWrong = fault?.height === height && (fault.number === null || fault.number === entry.number);
    return {
      chainId,
      chainName: this.#options.members.nameOf(chainId),
      height,
      prevHash,
      ...told,
      roles: [...told.roles],
      digest,
      detailsDigest: details,
      signature: isWrong ? 'invalid' : verified ? 'valid' : 'unchecked',
    };
  }

  #fork({ chainId, height, seenAt, blocks }: KeptFork): LedgerFork {
    return {
      chainId,
      name: this.#options.members.nameOf(chainId),
      height,
      seenAt,
      blocks: blocks.map(({ block, from }) => ({ hash: toHex(block.hash), at: block.at, entries: block.count, from })),
    };
  }

  #view({ firstNumber: _, overShare, ...head }: ChainHead): LedgerChain {
    const { nodeId, members } = this.#options;
    const { chainId } = head;
    return {
      ...head,
      name: members.nameOf(chainId),
      self: chainId === nodeId,
      state: this.#stateOf({ ...head, overShare }),
      overShare: overShare === null ? null : withoutHash(overShare),
    };
  }

  #stateOf({ chainId, height, fault, announcedHeight, overShare, begunBy }: Omit<ChainHead, 'firstNumber'>): LedgerChain['state'] {
    if (fault !== null) return 'damaged';
    if (this.#options.sync.forks.isForked(chainId)) return 'forked';
    if (overShare !== null) return 'overShare';
    if (height < 0) return 'empty';
    if (begunBy !== null) return 'unconfirmed';
    return announcedHeight !== null && announcedHeight > height ? 'behind' : 'whole';
  }

  #nothingOf(chainId: string): LedgerChain {
    return {
      chainId,
      name: this.#options.members.nameOf(chainId),
      self: chainId === this.#options.nodeId,
      height: -1,
      entries: 0,
      headHash: null,
      headAt: null,
      firstHeight: 0,
      announcedHeight: null,
      verifiedHeight: -1,
      verifiedAt: null,
      state: 'empty',
      fault: null,
      sizeBytes: 0,
      begunBy: null,
      overShare: null,
    };
  }
}

function withoutHash({ seenHash: _, ...shown }: NonNullable<ChainHead['overShare']>): NonNullable<LedgerChain['overShare']> {
  return shown;
}
