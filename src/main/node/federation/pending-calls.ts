import type { CarrierKind } from '../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { isNodeId } from '../../../common/ids.ts';
import { federationLimits } from './limits.ts';
import type { NodeProgress, NodeResponse } from './router-messages.ts';

/** Characters of another node's error text that are passed on. */
const errorTextLength = 4_096;

interface Pending {
  readonly nodeId: string;
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: SignalboxError) => void;
  readonly progress: ((data: unknown) => void) | undefined;
  /** The way the request left, and how it is sent again. */
  sent: { readonly way: CarrierKind; readonly again: () => void } | undefined;
  /** It was sent more than once. */
  repeated: boolean;
}

/** Requests at other nodes that wait for their answer. */
export class PendingCalls {
  readonly #idPrefix: string;
  readonly #pending = new Map<string, Pending>();
  readonly #byNode = new Map<string, Set<string>>();
  #nextId = 1;

  /** @param instance makes ids of this start differ from those of any other */
  constructor(instance: string) {
    this.#idPrefix = instance;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Requests that wait for one node. */
  countOf(nodeId: string): number {
    return this.#byNode.get(nodeId)?.size ?? 0;
  }

  /**
   * Opens a request.
   *
   * @throws SignalboxError `OVERLOADED` when too many wait already
   */
  open(nodeId: string, progress?: (data: unknown) => void): { readonly requestId: string; readonly answer: Promise<unknown> } {
    const ofNode = this.#byNode.get(nodeId) ?? new Set();
    const isNodeFull = ofNode.size >= federationLimits.pendingPerNode;
    if (isNodeFull || this.#pending.size >= federationLimits.pendingTotal) {
      const waiting = isNodeFull
        ? `${ofNode.size} requests already wait for the node ${nodeId}.`
        : `${this.#pending.size} requests already wait for other nodes.`;
      throw new SignalboxError('OVERLOADED', `${waiting} This one was not sent.`, { executed: 'no' });
    }
    const requestId = `${this.#idPrefix}-${this.#nextId++}`;
    ofNode.add(requestId);
    this.#byNode.set(nodeId, ofNode);
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(requestId, { nodeId, resolve, reject, progress, sent: undefined, repeated: false });
    });
    return { requestId, answer };
  }

  /**
   * A request leaves one way.
   *
   * @param again sends it once more, under the same id: the other node runs it once
   */
  leaves(requestId: string, way: CarrierKind, again: () => void): void {
    const pending = this.#pending.get(requestId);
    if (pending === undefined) return;
    pending.repeated = pending.sent !== undefined;
    pending.sent = { way, again };
  }

  /** A way to a node is lost, with what was on it: each request that left on it is sent again. */
  wayLost(nodeId: string, way: CarrierKind): void {
    for (const requestId of [...(this.#byNode.get(nodeId) ?? [])]) {
      const sent = this.#pending.get(requestId)?.sent;
      if (sent?.way === way) sent.again();
    }
  }

  /** An answer came; one that nobody waits for, or of a node that was not asked, is passed over. @returns whether somebody waited */
  answered(origin: string | undefined, response: NodeResponse): boolean {
    const pending = this.#isOf(response.requestid, origin) ? this.#take(response.requestid) : undefined;
    if (pending === undefined) return false;
    if (response.status === 'success') pending.resolve(response.data);
    else {
      // That one of several did not run says nothing about the others.
      const executed = pending.repeated && response.executed === 'no' ? 'maybe' : response.executed;
      pending.reject(SignalboxError.fromShape({ ...response, executed, message: response.message?.slice(0, errorTextLength) }));
    }
    return true;
  }

  progressed(origin: string | undefined, message: NodeProgress): void {
    const pending = this.#pending.get(message.requestid);
    if (this.#isOf(message.requestid, origin)) pending?.progress?.(message.data);
  }

  /** Nobody waits any more. False when it was answered already. */
  fail(requestId: string, error: SignalboxError): boolean {
    const pending = this.#take(requestId);
    pending?.reject(error);
    return pending !== undefined;
  }

  /** Every request at a node ends, all with one error: to make thousands takes longer than to hand them out. */
  failAllOf(nodeId: string, error: SignalboxError): void {
    for (const requestId of this.#byNode.get(nodeId) ?? []) this.fail(requestId, error);
  }

  /** Only nodes of the first system leave out whose word it is; whoever could answer in the name of one of ours would be believed. */
  #isOf(requestId: string, origin: string | undefined): boolean {
    const nodeId = this.#pending.get(requestId)?.nodeId;
    return nodeId !== undefined && (origin === undefined ? !isNodeId(nodeId) : origin === nodeId);
  }

  #take(requestId: string): Pending | undefined {
    const pending = this.#pending.get(requestId);
    if (pending === undefined) return undefined;
    this.#pending.delete(requestId);
    const ofNode = this.#byNode.get(pending.nodeId);
    ofNode?.delete(requestId);
    if (ofNode?.size === 0) this.#byNode.delete(pending.nodeId);
    return pending;
  }
}
