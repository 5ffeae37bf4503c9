import { randomUUID } from 'node:crypto';
import { SignalboxError } from '../../../../common/errors.ts';
import type { PeerContext, PeerMessage } from '../../peers/types.ts';
import { syncLimits } from './limits.ts';
import { readMessage, transactionMessage } from './messages.ts';
import { NodeRates } from './node-rates.ts';
import { requireMember, type SyncContext } from './sync-context.ts';
import { isTransactionSigned, signTransaction, type Transaction } from './transaction.ts';

/**
 * Notes that one node offers to the chain of another (wire.md 3, `Transaction`). What another node says of itself gets into the chain with
 * the name of that node, and as a note, never as an act: nobody can write acts into the chain of somebody else.
 */
export class Offers {
  readonly #context: SyncContext;
  readonly #rates = new NodeRates(syncLimits.offeredPerSecond, syncLimits.offeredBurst);

  constructor(context: SyncContext) {
    this.#context = context;
  }

  /** Notes of other nodes that came faster than one node may offer them. */
  get refused(): number {
    return this.#rates.refused;
  }

  start(): void {
    this.#context.communicator.on('Transaction', (message, context) => this.#take(message, context));
  }

  /**
   * Offers a note to the chain of another node; waits there while the node is away, also over a restart.
   *
   * @throws SignalboxError what `Communicator.send` throws
   */
  async offer(chainId: string, note: Pick<Transaction, 'actor' | 'text' | 'target'>): Promise<void> {
    const { nodeId, signer, nowMs, communicator } = this.#context;
    const transaction: Transaction = { transaction_id: randomUUID(), author: nodeId, chain_id: chainId, at: nowMs(), ...note };
    const message = { type: 'Transaction', ...transaction, signature: signTransaction(transaction, signer) };
    await communicator.send(chainId, message, { priority: 'Medium', ttlSeconds: 86_400, durable: true });
  }

  async #take(message: PeerMessage, context: PeerContext): Promise<void> {
    const { type: _, ...offered } = readMessage(transactionMessage, message);
    requireMember(this.#context, context);
    const { nodeId, record, members } = this.#context;
    if (offered.chain_id !== nodeId || offered.author !== context.origin.nodeId)
      throw new SignalboxError('INVALID_PARAMS', 'An offered note is for another chain, or in the name of another node.', {
        executed: 'no',
      });
    if (context.origin.role === undefined || context.origin.role === 'viewer')
      throw new SignalboxError('FORBIDDEN', 'Only a node with the role operator may offer a note to this chain.', { executed: 'no' });
    if (!this.#rates.take(context.origin.nodeId))
      throw new SignalboxError('OVERLOADED', 'This node offers notes faster than they are taken.', { executed: 'no' });
    if (!isTransactionSigned(offered))
      throw new SignalboxError('BAD_SIGNATURE', 'An offered note does not bear the signature of its node.', { executed: 'no' });
    await record({
      at: this.#context.nowMs(),
      kind: 'note',
      actor: `${offered.actor}@${members.nameOf(offered.author)}`,
      roles: [context.origin.role],
      via: 'node',
      act: 'ledger.note',
      target: offered.target,
      outcome: 'done',
      code: null,
      text: offered.text,
    });
  }
}
