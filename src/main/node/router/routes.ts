import { resolveMethod } from '../../../common/contract/index.ts';
import { SignalboxError, toErrorShape } from '../../../common/errors.ts';
import type { GatheredResults, RpcRequest, Target } from '../../../common/wire/messages.ts';
import { classify, isSelf, type SelfNames } from './classify.ts';
import type { Dispatcher } from './dispatcher.ts';
import { estimateBytes } from './plain-size.ts';
import type { ForwardedRequest, RemoteNode, RemoteNodes } from './remote-nodes.ts';
import type { Caller, CallOutcome, CallRequest, RunningCall } from './running-call.ts';

interface RoutesOptions {
  readonly self: () => SelfNames;
  readonly capabilities: () => readonly string[];
  readonly dispatcher: Dispatcher;
  readonly remoteNodes: RemoteNodes | undefined;
  /** Most bytes of an answer, also of a gathered one. */
  readonly resultBytes: number;
  /** Opens a call that is part of a gathered one. @throws SignalboxError `OVERLOADED` */
  readonly openPart: (request: CallRequest, caller: Caller) => RunningCall;
}

/** The fields of a request that say where it goes. */
export type Addressed = Pick<RpcRequest, 'type' | 'method' | 'intent' | 'serviceId' | 'target'>;

type GatherTarget = Extract<Target, { all: unknown }>['all'];
/** Part of a gathered call's time that the nodes have; the rest is for sending what came in. */
const gatherShare = 0.95;

type NodeResult = GatheredResults['results'][number];

/** Sends each call where its request asks: here, to another node, to one of several, to all (wire.md 1). */
export class Routes {
  readonly #options: RoutesOptions;

  constructor(options: RoutesOptions) {
    this.#options = options;
  }

  /** Never throws: what goes wrong is the call's answer. */
  route(call: RunningCall, asked: Addressed): void {
    const { dispatcher, self } = this.#options;
    const kind = classify(asked, self());
    if (kind === 'local_rpc' || kind === 'subscribe') {
      dispatcher.run(call);
      return;
    }
    try {
      if (kind === 'broadcast_rpc') this.#broadcast(call);
      else if (kind === 'network_rpc') this.#forwardTo(call, this.#find(asked));
      else if (kind === 'chosen_rpc') this.#choose(call, (asked.target as Extract<Target, { any: string }>).any);
      else
        this.#gather(call, (asked.target as Extract<Target, { all: unknown }>).all).catch((error: unknown) => settle(call, failure(error)));
    } catch (error) {
      settle(call, failure(error));
    }
  }

  #broadcast(call: RunningCall): void {
    const { dispatcher, remoteNodes } = this.#options;
    const { method, params, idempotencyKey } = call.request;
    const request = { method, params, idempotencyKey, principal: call.principal, clientId: call.clientId };
    dispatcher.runBroadcast(call, remoteNodes && (() => remoteNodes.broadcast(request)));
  }

  #find(asked: Addressed): RemoteNode {
    const { target } = asked;
    const id = target !== undefined && 'node' in target ? target.node : (asked.serviceId ?? '');
    const node = this.#options.remoteNodes?.find(id);
    if (node === undefined) throw unreachable(id);
    return node;
  }

  #forwardTo(call: RunningCall, node: RemoteNode): void {
    const { remoteNodes } = this.#options;
    if (remoteNodes === undefined) throw unreachable(node.nodeId);
    describeCall(call);
    call.remoteNode = node.nodeId;
    remoteNodes
      .call(
        node,
        forwarded(call, (data) => call.progress(data)),
      )
      .then(
        (data) => settle(call, { ok: true, data }),
        (error: unknown) => settle(call, failure(error)),
      );
  }

  /** This node when it has the capability, else of the healthy ones that behave the one with the least load. */
  #choose(call: RunningCall, capability: string): void {
    const candidates = (this.#options.remoteNodes?.list() ?? [])
      .filter((node) => node.healthy && node.capabilities.includes(capability))
      .sort((a, b) => Number(b.trusted ?? true) - Number(a.trusted ?? true) || a.load - b.load);
    // A hop saved is worth more than a slightly shorter queue.
    if (this.#options.capabilities().includes(capability)) this.#options.dispatcher.run(call);
    else if (candidates[0] !== undefined) this.#forwardTo(call, candidates[0]);
    else throw new SignalboxError('NODE_UNREACHABLE', `No reachable node has the capability ${capability}.`, { executed: 'no' });
  }

  async #gather(call: RunningCall, wanted: GatherTarget): Promise<void> {
    const { self, remoteNodes, resultBytes } = this.#options;
    const { nodeId } = self();
    describeCall(call);
    const results: NodeResult[] = [];
    const open = new Map<string, Promise<CallOutcome>>();
    let bytesLeft = resultBytes;
    const add = (node: string, answered: CallOutcome) => {
      const bytes = answered.ok ? (estimateBytes(answered.data, bytesLeft) ?? 0) : 0;
      const outcome = bytes > bytesLeft ? tooMuch(resultBytes) : answered;
      if (outcome === answered) bytesLeft -= bytes;
      const result: NodeResult = outcome.ok
        ? { node, status: 'success', data: outcome.data }
        : { node, status: 'error', error: outcome.error.toShape() };
      open.delete(node);
      results.push(result);
      call.progress(result);
    };
    for (const asked of new Set(this.#gatherNodes(wanted))) {
      const remote = asked === nodeId ? undefined : remoteNodes?.find(asked);
      if (asked === nodeId) open.set(asked, this.#askLocal(call));
      else if (remote === undefined || remoteNodes === undefined) add(asked, { ok: false, error: unreachable(asked) });
      else
        open.set(
          asked,
          remoteNodes
            .call(
              remote,
              forwarded(call, () => undefined),
            )
            .then(success, failure),
        );
    }
    // A beat before the deadline, so that what came in is answered and the rest is named as missing.
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, call.request.timeoutMs * gatherShare);
    });
    const answers = [...open].map(([node, outcome]) => outcome.then((result) => add(node, result)));
    await Promise.race([Promise.all(answers), deadline]);
    clearTimeout(timer);
    const data: GatheredResults = { results: [...results], missing: [...open.keys()] };
    call.answer({ ok: true, data });
    if (open.size > 0) call.abort(new SignalboxError('TIMEOUT', 'The answers were due.', { executed: 'maybe' }));
    call.end();
  }

  #gatherNodes(wanted: GatherTarget): readonly string[] {
    const { self, capabilities, remoteNodes } = this.#options;
    const own = self();
    if (Array.isArray(wanted)) return wanted.map((id) => (isSelf(id, own) ? own.nodeId : (remoteNodes?.find(id)?.nodeId ?? id)));
    const others = (remoteNodes?.list() ?? [])
      .filter((node) => wanted === true || node.capabilities.includes(wanted))
      .map((node) => node.nodeId);
    return wanted === true || capabilities().includes(wanted) ? [own.nodeId, ...others] : others;
  }

  /** This node's part of a gathered call: a call of its own, so that its answer does not end the whole. */
  #askLocal(whole: RunningCall): Promise<CallOutcome> {
    return new Promise((resolve) => {
      const caller: Caller = {
        principal: whole.principal,
        clientId: whole.clientId,
        ofWhole: true,
        answer: (_part, outcome) => resolve(outcome),
        progress: () => undefined,
        ended: () => undefined,
      };
      try {
        const part = this.#options.openPart(whole.request, caller);
        whole.signal.addEventListener('abort', () => part.abort(whole.abortReason ?? new SignalboxError('CANCELLED', 'Cancelled.')), {
          once: true,
        });
        this.#options.dispatcher.run(part);
      } catch (error) {
        resolve(failure(error));
      }
    });
  }
}

/** What the contract says of a call that runs elsewhere; a method may be known only there. */
function describeCall(call: RunningCall): void {
  const resolved = resolveMethod(call.request.method);
  call.canonicalMethod = resolved?.name;
  call.readOnly = resolved?.spec.effect === 'read';
  call.quiet = resolved?.spec.quiet === true;
}

function forwarded(call: RunningCall, progress: (data: unknown) => void): ForwardedRequest {
  const { method, params, timeoutMs, idempotencyKey } = call.request;
  return { method, params, timeoutMs, idempotencyKey, principal: call.principal, clientId: call.clientId, signal: call.signal, progress };
}

function settle(call: RunningCall, outcome: CallOutcome): void {
  call.answer(outcome);
  call.end();
}

function success(data: unknown): CallOutcome {
  return { ok: true, data };
}

function failure(error: unknown): CallOutcome {
  return { ok: false, error: error instanceof SignalboxError ? error : SignalboxError.fromShape(toErrorShape(error)) };
}

function tooMuch(resultBytes: number): CallOutcome {
  const message = `The results of the other nodes fill the ${resultBytes} bytes that an answer may have. Ask fewer nodes or for less at a time.`;
  return { ok: false, error: new SignalboxError('TOO_LARGE', message, { executed: 'yes' }) };
}

function unreachable(id: string): SignalboxError {
  return new SignalboxError('NODE_UNREACHABLE', `No node named ${id} is known here. The request was not sent.`, { executed: 'no' });
}

/**
 * Where a subscribe request names a node, its topic is that node's (wire.md 1): `/stats` of `node-b` is `node-b/stats`. The
 * own node's stays as it is, and so does the topic of any other method, which runs on the node that is named.
 */
export function qualifiedParams(request: RpcRequest, self: SelfNames): Readonly<Record<string, unknown>> {
  const params = request.params ?? {};
  if (classify(request, self) !== 'subscribe') return params;
  const { target, serviceId } = request;
  const node = target !== undefined && 'node' in target ? target.node : serviceId;
  const { topic } = params;
  if (node === undefined || node === null || isSelf(node, self) || typeof topic !== 'string' || !topic.startsWith('/')) return params;
  return { ...params, topic: `${node === '*' ? '+' : node}${topic}` };
}
