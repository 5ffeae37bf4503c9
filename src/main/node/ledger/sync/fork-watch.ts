import { toErrorShape } from '../../../../common/errors.ts';
import { canonicalJson } from '../../audit/canonical-json.ts';
import { toHex } from '../../trust/digest.ts';
import type { KeptFork } from '../chain-store.ts';
import { textOfBlock } from './messages.ts';
import type { SyncContext } from './sync-context.ts';
import { tellMembers } from './tell-members.ts';

const problemId = 'ledger.forked';

/**
 * Two blocks that one node signed for one place (security.md row 35): both are kept, a problem says so, the own chain records it, and the
 * other nodes are shown both. Nobody is expelled for it: the key may have been copied, or an old backup restored.
 */
export class ForkWatch {
  readonly #context: SyncContext;
  readonly #known = new Set<string>();
  #forks: readonly KeptFork[] = [];

  constructor(context: SyncContext) {
    this.#context = context;
  }

  /** Evidence, newest first. */
  get forks(): readonly KeptFork[] {
    return this.#forks;
  }

  isForked(chainId: string): boolean {
    return this.#forks.some((fork) => fork.chainId === chainId);
  }

  /** @throws SignalboxError what the store throws */
  async load(): Promise<void> {
    await this.#read();
    for (const fork of this.#forks) this.#known.add(keyOf(fork));
    this.#raise();
  }

  /** Looks for forks that the store found since the last time, and makes them known. @throws SignalboxError what the store throws */
  async look(): Promise<void> {
    await this.#read();
    for (const fork of this.#forks) {
      if (this.#known.has(keyOf(fork))) continue;
      this.#known.add(keyOf(fork));
      this.#raise();
      this.#show(fork);
      // Not waited for: the own chain may be the one that cannot be written now, and blocks of others come in meanwhile.
      void this.#record(fork);
    }
  }

  async #read(): Promise<void> {
    this.#forks = await this.#context.store.forks();
  }

  /** Whoever holds one of the two sees the other, and keeps both. */
  #show({ chainId, blocks }: KeptFork): void {
    const { logger } = this.#context;
    for (const block of blocks)
      tellMembers(
        this.#context,
        { type: 'Block', chain_id: chainId, ...textOfBlock(block) },
        { priority: 'High', ttlSeconds: 300 },
        (nodeId, error) => logger.warn('ledger.forkNotShown', 'The evidence of a fork could not be sent.', { chainId, nodeId, error }),
      );
  }

  async #record({ chainId, height, blocks, seenAt }: KeptFork): Promise<void> {
    const { record, members, logger, nodeId } = this.#context;
    const evidence = { chain: chainId, height, blocks: blocks.map(({ block, from }) => ({ hash: toHex(block.hash), from })) };
    try {
      await record({
        at: seenAt,
        kind: 'fork',
        actor: nodeId,
        roles: [],
        via: 'node',
        act: 'ledger.fork',
        target: members.nameOf(chainId),
        outcome: 'done',
        code: null,
        text: canonicalJson(evidence),
      });
    } catch (error) {
      logger.error('ledger.forkNotRecorded', 'A fork was found and could not be written into the chain of this node.', {
        chainId,
        height,
        error: toErrorShape(error),
      });
    }
  }

  #raise(): void {
    const { problems, members } = this.#context;
    const [newest] = this.#forks;
    if (newest === undefined) return;
    const names = [...new Set(this.#forks.map(({ chainId }) => members.nameOf(chainId)))];
    problems.raise({
      id: problemId,
      severity: 'crit',
      title: names.length === 1 ? `The ledger of ${names[0]} has two pasts` : `The ledgers of ${names.length} nodes have two pasts`,
      detail: `${members.nameOf(newest.chainId)} signed two different blocks ${newest.height}. Its key was copied, or its data folder was restored from an older backup. Both blocks are kept as evidence: signalbox ledger chains. Find out which machine has the key, and revoke the node if you do not know it.`,
      view: '/ledger',
    });
  }
}

function keyOf({ chainId, height }: KeptFork): string {
  return `${chainId} ${height}`;
}
