import { randomUUID } from 'node:crypto';
import { SignalboxError } from '../../../../common/errors.ts';
import { isNodeId } from '../../../../common/ids.ts';
import type { Communicator, PeerContext, PeerMessage } from '../types.ts';
import { healthLimits } from './limits.ts';
import { readPeerQuery, readPeerSighting } from './messages.ts';

export interface SuspicionTimes {
  /** Milliseconds that somebody who is asked has to reach the suspect, and that whoever asks waits for the answer. */
  readonly askedProbeMs: number;
  readonly askMs: number;
}

export interface SuspectsOptions {
  readonly nodeId: string;
  readonly communicator: Pick<Communicator, 'request' | 'answer' | 'on' | 'reachable'>;
  /** Sends a heartbeat and waits until it is acknowledged. @throws SignalboxError `TIMEOUT`, `NODE_UNREACHABLE` */
  readonly probe: (nodeId: string, timeoutMs: number) => Promise<void>;
  /** Whether a peer acknowledges, so that it can be asked, and what it says of the suspect counts. */
  readonly canAsk: (nodeId: string, suspect: string) => boolean;
  readonly times: SuspicionTimes;
}

/** What came of asking. */
export interface Inquiry {
  /** The one that reaches the suspect; undefined: nobody does. */
  readonly seenBy: string | undefined;
  /** How many were asked. */
  readonly asked: number;
}

/**
 * Asks others after a peer that is silent, and looks for one when asked: between a node that died and a way that broke only a third can tell
 * (security.md 2.7; SWIM calls it an indirect probe).
 */
export class Suspects {
  readonly #options: SuspectsOptions;
  /** Probes under way for others, by suspect: several questions about one node cost one probe. */
  readonly #probes = new Map<string, Promise<boolean>>();
  /** Questions of others that wait for the end of a probe. */
  #lookingFor = 0;

  constructor(options: SuspectsOptions) {
    this.#options = options;
    options.communicator.on('PeerQuery', (message, context) => this.#takeQuery(message, context));
  }

  /** Asks up to two others, the best standing first. Never rejects. */
  async ask(suspect: string, signal: AbortSignal): Promise<Inquiry> {
    const { communicator, canAsk } = this.#options;
    // A node of the first system: others know it by nothing that they could be asked by.
    if (!isNodeId(suspect)) return { seenBy: undefined, asked: 0 };
    const asked = communicator
      .reachable()
      .filter((nodeId) => nodeId !== suspect && canAsk(nodeId, suspect))
      .slice(0, healthLimits.asked);
    const answers = await Promise.all(asked.map(async (nodeId) => ((await this.#isSeenBy(nodeId, suspect, signal)) ? nodeId : undefined)));
    return { seenBy: answers.find((nodeId) => nodeId !== undefined), asked: asked.length };
  }

  async #isSeenBy(nodeId: string, suspect: string, signal: AbortSignal): Promise<boolean> {
    const question = { type: 'PeerQuery', request_id: randomUUID(), node_id: suspect };
    const { communicator, times } = this.#options;
    try {
      const answer = await communicator.request(nodeId, question, {
        priority: 'High',
        ttlSeconds: Math.ceil(times.askMs / 1_000),
        timeoutMs: times.askMs,
        signal,
      });
      const { seen, node_id } = readPeerSighting(answer);
      return seen && node_id === suspect;
    } catch {
      // Whoever does not answer, or answers nonsense, has not seen it.
      return false;
    }
  }

  /** Acknowledged at once: a probe takes seconds, in which whoever asks would take its question for lost and blame this node for it. */
  #takeQuery(message: PeerMessage, context: PeerContext): void {
    const { request_id, node_id } = readPeerQuery(message);
    if (this.#lookingFor >= healthLimits.lookedFor)
      throw new SignalboxError('OVERLOADED', 'Too many ask this node for others already.', { executed: 'no' });
    this.#lookingFor++;
    void this.#lookFor(node_id).then((seen) => {
      this.#lookingFor--;
      this.#options.communicator.answer(message, context, { type: 'PeerSighting', request_id, node_id, seen });
    });
  }

  async #lookFor(nodeId: string): Promise<boolean> {
    return nodeId === this.#options.nodeId || (await this.#reaches(nodeId));
  }

  #reaches(nodeId: string): Promise<boolean> {
    let probe = this.#probes.get(nodeId);
    if (probe === undefined) {
      const { probe: send, times } = this.#options;
      probe = send(nodeId, times.askedProbeMs)
        .then(
          () => true,
          () => false,
        )
        .finally(() => this.#probes.delete(nodeId));
      this.#probes.set(nodeId, probe);
    }
    return probe;
  }
}
