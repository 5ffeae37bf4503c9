import { randomUUID } from 'node:crypto';
import { SignalboxError } from '../../src/common/errors.ts';
import type { PeerOrigin } from '../../src/main/node/peers/transport.ts';
import type { Communicator, ConductKind, PeerContext, PeerHandler, PeerMessage } from '../../src/main/node/peers/types.ts';

type RequestingPeers = Pick<Communicator, 'request' | 'answer' | 'on' | 'conduct' | 'reachable' | 'onReachable'>;

export interface NotedConduct {
  readonly nodeId: string;
  readonly kind: ConductKind;
  readonly why: string;
}

/** Communicators of nodes that meet in memory: what is sent is parsed anew, and a node can be cut off. */
export class MemoryPeers {
  readonly #members = new Map<string, MemoryPeer>();
  readonly #cutOff = new Set<string>();
  /** Every message that was handed over, in order. */
  readonly sent: { readonly from: string; readonly to: string; readonly message: PeerMessage }[] = [];
  /** Role that all nodes have at each other. */
  role: PeerOrigin['role'] = 'operator';
  secure = true;
  /** Awaited before a message is handed over. */
  beforeDelivery: ((message: PeerMessage) => Promise<void>) | undefined;

  peer(nodeId: string): MemoryPeer {
    const peer = new MemoryPeer(nodeId, this);
    this.#members.set(nodeId, peer);
    return peer;
  }

  cutOff(nodeId: string): void {
    this.#cutOff.add(nodeId);
  }

  bringBack(nodeId: string): void {
    this.#cutOff.delete(nodeId);
    for (const peer of this.#members.values()) {
      if (peer.nodeId === nodeId) for (const other of peer.reachable()) peer.tellReachable(other);
      else peer.tellReachable(nodeId);
    }
  }

  leads(from: string, to: string): boolean {
    return from !== to && this.#members.has(to) && !this.#cutOff.has(from) && !this.#cutOff.has(to);
  }

  others(nodeId: string): readonly string[] {
    return [...this.#members.keys()].filter((other) => this.leads(nodeId, other));
  }

  /** Hands a message to the node's handler as if `from` had sent it. @returns what the handler answered, once it has ended */
  async deliver(from: string, to: string, message: PeerMessage, messageId: string = randomUUID()): Promise<PeerMessage | undefined> {
    const parsed = JSON.parse(JSON.stringify(message)) as PeerMessage;
    this.sent.push({ from, to, message: parsed });
    await this.beforeDelivery?.(parsed);
    const origin: PeerOrigin = { nodeId: from, secure: this.secure, kind: 'link', role: this.role };
    return this.#members.get(to)?.take(parsed, { origin, messageId, priority: 'Medium', ageMs: 0, receipt: () => [] });
  }
}

export class MemoryPeer implements RequestingPeers {
  readonly nodeId: string;
  readonly noted: NotedConduct[] = [];
  readonly #network: MemoryPeers;
  readonly #handlers = new Map<string, PeerHandler>();
  readonly #listeners = new Set<(nodeId: string) => void>();
  readonly #answers = new Map<PeerMessage, PeerMessage>();

  constructor(nodeId: string, network: MemoryPeers) {
    this.nodeId = nodeId;
    this.#network = network;
  }

  async request(nodeId: string, message: PeerMessage): Promise<PeerMessage> {
    const lost = () => new SignalboxError('TIMEOUT', `${nodeId} did not answer.`);
    if (!this.#network.leads(this.nodeId, nodeId)) throw lost();
    const answer = await this.#network.deliver(this.nodeId, nodeId, { ...message, request_id: randomUUID() });
    if (answer === undefined || !this.#network.leads(nodeId, this.nodeId)) throw lost();
    return answer;
  }

  answer(request: PeerMessage, _context: PeerContext, message: PeerMessage): void {
    this.#answers.set(request, JSON.parse(JSON.stringify({ ...message, request_id: request.request_id })) as PeerMessage);
  }

  on(type: string, handler: PeerHandler): void {
    this.#handlers.set(type, handler);
  }

  conduct(nodeId: string, kind: ConductKind, why: string): void {
    this.noted.push({ nodeId, kind, why });
  }

  reachable(): readonly string[] {
    return this.#network.others(this.nodeId);
  }

  onReachable(listener: (nodeId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tellReachable(nodeId: string): void {
    for (const listener of this.#listeners) listener(nodeId);
  }

  async take(message: PeerMessage, context: PeerContext): Promise<PeerMessage | undefined> {
    try {
      await this.#handlers.get(message.type)?.(message, context);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
    }
    const answer = this.#answers.get(message);
    this.#answers.delete(message);
    return answer;
  }
}
