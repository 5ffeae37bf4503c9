/** Peers within one process: messages go as JSON text from one to the other, and links can be cut. */
import { randomUUID } from 'node:crypto';
import { SignalboxError, toErrorShape } from '../../src/common/errors.ts';
import type { Communicator, Delivery, PeerContext, PeerHandler, PeerMessage } from '../../src/main/node/peers/types.ts';

export interface MemoryPeer extends Communicator {
  /** What was held against other peers, or in their favour. */
  readonly conducts: { readonly nodeId: string; readonly kind: string; readonly why: string }[];
  /** Types of the messages that came, in order. */
  readonly received: string[];
}

export class MemoryNetwork {
  readonly #peers = new Map<
    string,
    { readonly peer: MemoryPeer; take(from: string, text: string): void; appeared(nodeId: string): void }
  >();
  readonly #cut = new Set<string>();
  /** Changes the text of messages on their way; a test sets it. */
  tamper: (text: string, from: string, to: string) => string = (text) => text;

  join(nodeId: string): MemoryPeer {
    const handlers = new Map<string, PeerHandler>();
    const pending = new Map<string, (message: PeerMessage) => void>();
    const listeners = new Set<(nodeId: string) => void>();
    const conducts: MemoryPeer['conducts'] = [];
    const received: string[] = [];
    const reachable = () => [...this.#peers.keys()].filter((other) => other !== nodeId && !this.#cut.has(pairOf(nodeId, other)));
    const post = (to: string, message: PeerMessage) => {
      const text = this.tamper(JSON.stringify(message), nodeId, to);
      setImmediate(() => {
        if (!this.#cut.has(pairOf(nodeId, to))) this.#peers.get(to)?.take(nodeId, text);
      });
    };
    const delivery = (): Delivery => ({ messageId: randomUUID(), settled: Promise.resolve({ outcome: 'taken', latencyMs: 1 }) });
    const peer: MemoryPeer = {
      conducts,
      received,
      send: (to, message) => {
        post(to, message);
        return Promise.resolve(delivery());
      },
      broadcast: (message) => {
        const sent = new Map<string, Delivery>();
        for (const to of reachable()) {
          post(to, message);
          sent.set(to, delivery());
        }
        return Promise.resolve(sent);
      },
      request: (to, message, { signal }) =>
        new Promise((resolve, reject) => {
          if (!reachable().includes(to)) {
            reject(new SignalboxError('TIMEOUT', 'No answer came.'));
            return;
          }
          const requestId = randomUUID();
          pending.set(requestId, (answer) => {
            if (answer.type === 'Error') reject(new SignalboxError('INTERNAL', String(answer.message)));
            else resolve(answer);
          });
          signal?.addEventListener('abort', () => reject(new SignalboxError('CANCELLED', 'Stopped.')), { once: true });
          post(to, { ...message, request_id: requestId });
        }),
      answer: (request, context, message) => post(context.origin.nodeId, { ...message, request_id: request.request_id }),
      on: (type, handler) => void handlers.set(type, handler),
      conduct: (about, kind, why) => void conducts.push({ nodeId: about, kind, why }),
      reachable,
      onReachable: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const take = (from: string, text: string) => {
      const message = JSON.parse(text) as PeerMessage;
      received.push(message.type);
      const waiting = pending.get(String(message.request_id));
      if (waiting !== undefined && !handlers.has(message.type)) {
        pending.delete(String(message.request_id));
        waiting(message);
        return;
      }
      const context: PeerContext = {
        origin: { nodeId: from, secure: true, kind: 'link', role: 'operator' },
        messageId: randomUUID(),
        priority: 'Medium',
        ageMs: 0,
        receipt: () => [],
      };
      void (async () => {
        try {
          await handlers.get(message.type)?.(message, context);
        } catch (error) {
          if (message.request_id !== undefined)
            post(from, { type: 'Error', request_id: message.request_id, message: toErrorShape(error).message });
          else conducts.push({ nodeId: from, kind: 'refused', why: toErrorShape(error).message });
        }
      })();
    };
    this.#peers.set(nodeId, {
      peer,
      take,
      appeared: (other) => {
        for (const listener of listeners) listener(other);
      },
    });
    for (const other of reachable()) this.#appear(nodeId, other);
    return peer;
  }

  leave(nodeId: string): void {
    this.#peers.delete(nodeId);
  }

  cut(one: string, other: string): void {
    this.#cut.add(pairOf(one, other));
  }

  /** Mends the link without a word to either. */
  mend(one: string, other: string): void {
    this.#cut.delete(pairOf(one, other));
  }

  heal(one: string, other: string): void {
    this.mend(one, other);
    this.#appear(one, other);
  }

  #appear(one: string, other: string): void {
    setImmediate(() => {
      this.#peers.get(one)?.appeared(other);
      this.#peers.get(other)?.appeared(one);
    });
  }
}

function pairOf(one: string, other: string): string {
  return [one, other].toSorted().join(' ');
}
