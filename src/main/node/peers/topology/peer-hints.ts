import { LRUCache } from 'lru-cache';
import { TokenBucket } from '../../trust/index.ts';
import type { Communicator, PeerContext, PeerMessage } from '../types.ts';
import { topologyLimits } from './limits.ts';
import { peerList, questionAbout, readJoin, readLeave, readPeerList } from './messages.ts';

export interface PeerHintsOptions {
  readonly communicator: Pick<Communicator, 'request' | 'answer' | 'send' | 'on' | 'reachable'>;
  /** Nodes that this one reaches now. */
  readonly reached: () => readonly string[];
  /** A node said that it leaves. */
  readonly onLeft: (nodeId: string) => void;
  /** A member that was asked reaches another one. */
  readonly onTestimony: (nodeId: string, by: string) => void;
  readonly answerMs: number;
  /** A clock that is never set. */
  readonly monotonicMs: () => number;
}

/**
 * What nodes say of who is there: asked of members when others are missing, answered to members, and to nodes without proof that join (wire.md 3).
 * A node without proof is told who is there and speaks for itself alone; nobody is dialled, believed or dropped at its word.
 */
export class PeerHints {
  readonly #options: PeerHintsOptions;
  /** By who asks: one that asks on and on takes no answer from the others. Nodes without proof, whose names anybody makes up, share one. */
  readonly #answers = new LRUCache<string, TokenBucket>({ max: topologyLimits.listed });

  constructor(options: PeerHintsOptions) {
    this.#options = options;
    const { communicator } = options;
    communicator.on('PeerList', (message, context) => this.#takeList(message, context));
    communicator.on('JoinNetwork', (message, context) => this.#takeJoin(message, context));
    communicator.on('LeaveNetwork', (message, context) => this.#takeLeave(message, context));
  }

  /** Asks those that are reached, the best standing first, whether they see others. Resolves when all have answered, or had time to; never rejects. */
  async ask(about: readonly string[]): Promise<void> {
    const witnesses = this.#options.communicator.reachable().filter((nodeId) => !about.includes(nodeId));
    await Promise.all(witnesses.slice(0, topologyLimits.witnesses).map((witness) => this.#askOne(witness, about)));
  }

  async #askOne(witness: string, about: readonly string[]): Promise<void> {
    const { communicator, answerMs, onTestimony } = this.#options;
    try {
      const answer = await communicator.request(witness, questionAbout(about), { priority: 'High', ttlSeconds: 10, timeoutMs: answerMs });
      for (const { id } of readPeerList(answer).peers) if (about.includes(id)) onTestimony(id, witness);
    } catch {
      // Who does not answer has seen nothing: the others were asked too.
    }
  }

  #takeList(message: PeerMessage, context: PeerContext): void {
    const { of } = readPeerList(message);
    // A list that nobody asked for tells nothing that the statuses of those nodes do not tell with proof.
    if (of === undefined || !context.origin.secure || !this.#mayAnswer(context.origin)) return;
    this.#options.communicator.answer(message, context, peerList(this.#reachedAmong(of)));
  }

  #takeJoin(message: PeerMessage, { origin }: PeerContext): void {
    const { nodeId, secure } = origin;
    const joining = readJoin(message);
    if ((joining !== undefined && joining !== nodeId) || !this.#mayAnswer(origin)) return;
    const list = peerList(this.#options.reached().filter((id) => id !== nodeId));
    // Nobody waits for it: one that cannot be sent is of no use later.
    void this.#options.communicator.send(nodeId, list, { priority: secure ? 'Medium' : 'Low', ttlSeconds: 30 }).catch(() => undefined);
  }

  #takeLeave(message: PeerMessage, { origin: { nodeId } }: PeerContext): void {
    const leaving = readLeave(message);
    if (leaving === undefined || leaving === nodeId) this.#options.onLeft(nodeId);
  }

  #reachedAmong(of: readonly string[]): readonly string[] {
    const reached = new Set(this.#options.reached());
    return of.filter((nodeId) => reached.has(nodeId));
  }

  #mayAnswer({ nodeId, secure }: PeerContext['origin']): boolean {
    const who = secure ? nodeId : 'without proof';
    const nowMs = this.#options.monotonicMs();
    const bucket = this.#answers.get(who) ?? new TokenBucket(topologyLimits.answersPerSecond, topologyLimits.answerBurst, nowMs);
    this.#answers.set(who, bucket);
    return bucket.take(nowMs);
  }
}
