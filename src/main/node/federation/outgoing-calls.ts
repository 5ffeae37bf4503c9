import { SignalboxError, toErrorShape } from '../../../common/errors.ts';
import type { PeerStanding } from '../peers/oversight.ts';
import type { ForwardedRequest } from '../router/index.ts';
import type { Circuits } from './carriers/circuits.ts';
import type { Reach } from './carriers/reach.ts';
import { formOf } from './form.ts';
import type { KnownNode, NodeDirectory } from './node-directory.ts';
import type { Outgoing } from './outgoing.ts';
import type { PendingCalls } from './pending-calls.ts';

/** A node is not blamed for an answer that was given less time: whoever calls could ruin its standing. */
const fairTimeoutMs = 1_000;

export interface OutgoingCallsOptions {
  readonly nodeId: string;
  readonly pending: PendingCalls;
  readonly directory: NodeDirectory;
  /** The ways to other nodes. */
  readonly reach: Reach;
  /** Nodes that are left alone because they do not answer. */
  readonly circuits: Circuits;
  readonly standing: PeerStanding;
  readonly outgoing: Outgoing;
}

/** Calls of this node at others, each sent one way, and another when that one is lost before the answer came. */
export class OutgoingCalls {
  readonly #options: OutgoingCallsOptions;

  constructor(options: OutgoingCallsOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError `CIRCUIT_OPEN`, `OVERLOADED`: nothing was sent; else the promise ends with whatever becomes of the call */
  call(node: KnownNode, request: ForwardedRequest): Promise<unknown> {
    const { circuits } = this.#options;
    circuits.admit(node);
    try {
      return this.#send(node, request);
    } catch (error) {
      circuits.undecided(node.nodeId);
      throw error;
    }
  }

  #send(node: KnownNode, request: ForwardedRequest): Promise<unknown> {
    const { nodeId } = node;
    const { reach, pending } = this.#options;
    if (reach.isCongested(nodeId))
      throw new SignalboxError('OVERLOADED', `The way to ${node.name} is too slow. ${request.method} was not sent.`, { executed: 'no' });
    const { timeoutMs, signal, progress } = request;
    const { requestId, answer } = pending.open(nodeId, progress);
    const cancel = () => this.#cancel(node, requestId, timeoutMs, signal.reason);
    const deadlineMs = performance.now() + timeoutMs;
    const way = reach.best(nodeId)?.kind;
    if (way !== undefined) pending.leaves(requestId, way, () => this.#sendAgain(nodeId, requestId, request, deadlineMs));
    this.#post(node, requestId, request, timeoutMs, (error) => this.#unsent(nodeId, requestId, error));
    if (signal.aborted) cancel();
    // It is not taken off again: once the call has ended it does nothing, and it goes with the signal of the call.
    else signal.addEventListener('abort', cancel, { once: true });
    return answer;
  }

  /** The way it left is lost, and perhaps the request with it, or its answer: the same id runs once at the other node. */
  #sendAgain(nodeId: string, requestId: string, request: ForwardedRequest, deadlineMs: number): void {
    const { directory, reach, pending } = this.#options;
    const node = directory.get(nodeId);
    const way = reach.best(nodeId)?.kind;
    const leftMs = Math.ceil(deadlineMs - performance.now());
    if (node === undefined || way === undefined || leftMs <= 0) return;
    pending.leaves(requestId, way, () => this.#sendAgain(nodeId, requestId, request, deadlineMs));
    this.#post(node, requestId, request, leftMs, ({ message }) => {
      // The first time it did leave.
      const why = `The way to ${node.name} was lost while the call ran, and it could not be sent again. It may have taken effect. ${message}`;
      this.#unsent(nodeId, requestId, new SignalboxError('NODE_LOST', why, { executed: 'maybe' }));
    });
  }

  #post(node: KnownNode, requestId: string, request: ForwardedRequest, timeoutMs: number, unsent: (error: SignalboxError) => void): void {
    const { outgoing, nodeId: originId } = this.#options;
    const { method, params, principal, clientId, idempotencyKey } = request;
    const { nodeId } = node;
    try {
      outgoing.send(
        nodeId,
        formOf(node),
        {
          type: 'rpc',
          requestid: requestId,
          method,
          params,
          serviceId: nodeId,
          timeoutMs,
          clientId,
          originId,
          ...(idempotencyKey !== undefined && { idempotencyKey }),
          principal,
        },
        Math.ceil(timeoutMs / 1_000),
        unsent,
      );
    } catch (error) {
      unsent(SignalboxError.fromShape(toErrorShape(error)));
    }
  }

  /** Who waits is told that it did not leave. */
  #unsent(nodeId: string, requestId: string, error: SignalboxError): void {
    this.#options.circuits.undecided(nodeId);
    this.#options.pending.fail(requestId, error);
  }

  #cancel(node: KnownNode, requestId: string, timeoutMs: number, reason: unknown): void {
    const error =
      reason instanceof SignalboxError ? reason : new SignalboxError('CANCELLED', 'The call was cancelled.', { executed: 'maybe' });
    const { outgoing, nodeId, reach, circuits, standing, pending } = this.#options;
    if (!pending.fail(requestId, error)) return;
    if (error.code === 'TIMEOUT') {
      circuits.failed(node);
      // Over a relay nobody can tell whether it was the relay that swallowed the call.
      const isFair = timeoutMs >= fairTimeoutMs && reach.best(node.nodeId)?.kind !== 'relay';
      if (isFair) standing.conduct(node.nodeId, 'timeout', 'it did not answer a call in time');
    } else circuits.undecided(node.nodeId);
    if (reach.best(node.nodeId) !== undefined)
      outgoing.send(node.nodeId, formOf(node), { type: 'rpc_cancel', requestid: requestId, originId: nodeId });
  }
}
