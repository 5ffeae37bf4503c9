/** Trust between brokers across threads: the broker's worker asks, the thread that has the node's key answers. */
import type { MessagePort } from 'node:worker_threads';
import { type ErrorShape, SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { Handshake, HandshakeRole, SessionProof } from '../../trust/session/index.ts';
import type { NodeClaim, PeerTrust, ProvenNode } from './peer-trust.ts';

type Question =
  | { readonly ask: 'self' }
  | { readonly ask: 'prove'; readonly role: HandshakeRole; readonly handshake: Handshake }
  | {
      readonly ask: 'verify';
      readonly role: HandshakeRole;
      readonly proof: SessionProof;
      readonly handshake: Handshake;
      readonly claim: NodeClaim;
    };
type Answer = NodeClaim | SessionProof | ProvenNode;

type ToOwner = { readonly id: number; readonly question: Question };
type FromOwner =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly error: ErrorShape }
  | { readonly members: readonly string[] };

/**
 * Answers what a broker's worker asks.
 *
 * @returns how to stop; the port is closed then
 */
export function servePeerTrust(port: MessagePort, trust: PeerTrust): () => void {
  const post = (message: FromOwner) => port.postMessage(message);
  port.on('message', ({ id, question }: ToOwner) => {
    answer(trust, question).then(
      (value) => post({ id, answer: value }),
      (error: unknown) => post({ id, error: toErrorShape(error) }),
    );
  });
  const stop = trust.followMembers((nodeIds) => post({ members: [...nodeIds] }));
  return () => {
    stop();
    port.close();
  };
}

function answer(trust: PeerTrust, question: Question): Promise<Answer> {
  if (question.ask === 'self') return trust.self();
  if (question.ask === 'prove') return trust.prove(question.role, question.handshake);
  return trust.verify(question.role, question.proof, question.handshake, question.claim);
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: SignalboxError): void;
}

/** The worker's end. Nobody is a member until the other end has said who is. */
export class PortPeerTrust implements PeerTrust {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(nodeIds: ReadonlySet<string>) => void>();
  #members: ReadonlySet<string> = new Set();
  #nextId = 1;
  #isClosed = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message: FromOwner) => this.#take(message));
    port.on('close', () => this.#close());
  }

  async self(): Promise<NodeClaim> {
    return (await this.#ask({ ask: 'self' })) as NodeClaim;
  }

  async prove(role: HandshakeRole, handshake: Handshake): Promise<SessionProof> {
    return (await this.#ask({ ask: 'prove', role, handshake })) as SessionProof;
  }

  async verify(role: HandshakeRole, proof: SessionProof, handshake: Handshake, claim: NodeClaim): Promise<ProvenNode> {
    return (await this.#ask({ ask: 'verify', role, proof, handshake, claim })) as ProvenNode;
  }

  followMembers(listener: (nodeIds: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#members);
    return () => this.#listeners.delete(listener);
  }

  #ask(question: Question): Promise<Answer> {
    if (this.#isClosed) return Promise.reject(ended());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const message: ToOwner = { id, question };
      this.#port.postMessage(message);
    });
  }

  #take(message: FromOwner): void {
    if ('members' in message) {
      this.#tell(new Set(message.members));
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(SignalboxError.fromShape(message.error));
    else waiting?.resolve(message.answer);
  }

  #close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.values()) reject(ended());
    this.#waiting.clear();
    this.#tell(new Set());
  }

  #tell(members: ReadonlySet<string>): void {
    this.#members = members;
    for (const listener of this.#listeners) listener(members);
  }
}

function ended(): SignalboxError {
  return new SignalboxError('CANCELLED', 'The node that this broker belongs to is stopping.', { executed: 'no' });
}
