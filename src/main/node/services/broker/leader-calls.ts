/** Brings a call to the broker that leads a group, wherever it is, and again to the next one when that fails. */
import { setTimeout as pause } from 'node:timers/promises';
import { contract, type MethodName, type ResultOf } from '../../../../common/contract/index.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { BrokerFace, OperationRequest } from '../../broker/broker-face.ts';
import type { CallContext, Router } from '../../router/index.ts';
import { errorOf } from './broker-errors.ts';
import type { ClusterBrokers } from './cluster-brokers.ts';

/** How long a call waits for a group that has no leader: an election takes two seconds (queue.md 7), a slow one some more. */
const patienceMs = 8_000;
/** What a call keeps of its time for the answer. */
const answerMs = 300;
const firstPauseMs = 50;
const longestPauseMs = 500;
/** A node that says nothing for so long is given up for another, where the act may be repeated. */
const silenceMs = 3_000;
/** How often a call goes straight to whom it was pointed, before it pauses: two that take each other for the leader must not keep it going. */
const mostHints = 2;

/** One act on a group. */
export interface LeaderCall<M extends MethodName> {
  readonly method: M;
  readonly groupId: string;
  /** For the node that it is passed on to; `hereOnly` is added. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly operation: OperationRequest;
  /** What the operation's answer says in the terms of the method. */
  readonly read: (answer: unknown) => ResultOf<M>;
  /** Doing it twice does what doing it once does, so that an unknown outcome is no reason to stop. */
  readonly repeatable: boolean;
  /** How long the broker may take before it answers: it was asked to wait for messages. */
  readonly waitMs?: number;
  /** What a replica can answer as well as it knows while nobody leads; absent: nothing. */
  readonly onReplica?: OperationRequest;
}

export interface LeaderCallsOptions {
  readonly broker: BrokerFace;
  readonly router: Pick<Router, 'nodeId' | 'callAt'>;
  readonly brokers: ClusterBrokers;
  /** Whether a node can be asked now. */
  readonly isOnline: (nodeId: string) => boolean;
  readonly nowMs?: () => number;
}

export class LeaderCalls {
  readonly #options: LeaderCallsOptions;

  constructor(options: LeaderCallsOptions) {
    this.#options = options;
  }

  /**
   * Does it at this node's own replica, whether it leads or not.
   *
   * @throws SignalboxError `NOT_LEADER`, `NOT_FOUND` without a replica here, and others of the operation
   */
  async here<M extends MethodName>(call: LeaderCall<M>, context: CallContext): Promise<ResultOf<M>> {
    const { broker } = this.#options;
    const { state, replicas } = broker.status();
    const replica = replicas.find(({ groupId }) => groupId === call.groupId);
    if (state !== 'running' || replica === undefined)
      throw new SignalboxError('NOT_FOUND', `This node has no replica of the group ${call.groupId}.`, {
        executed: 'no',
        data: { noReplica: true },
      });
    const { signal, progress } = context;
    const operation = replica.leader === null && call.onReplica !== undefined ? call.onReplica : call.operation;
    const answer = await broker.request(operation, context.principal, { signal, onProgress: progress });
    if (answer.status === 'error') throw errorOf(answer);
    return call.read(answer);
  }

  /**
   * Does it where the group is led, waiting through an election.
   *
   * @throws SignalboxError `NO_QUORUM` nobody led in time, `NODE_UNREACHABLE` nobody with a replica can be reached, and others of the operation
   */
  async atLeader<M extends MethodName>(call: LeaderCall<M>, context: CallContext): Promise<ResultOf<M>> {
    const { nowMs = Date.now, router } = this.#options;
    const giveUpMs = Math.min(nowMs() + patienceMs, context.deadlineMs - answerMs);
    const passedBy = new Set<string>();
    let hint: string | undefined;
    let hints = 0;
    let unsure: SignalboxError | undefined;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      let target: string | undefined;
      try {
        target = await this.#target(call, hint, passedBy, context);
        return await (target === router.nodeId ? this.here(call, context) : this.#there(target, call, context));
      } catch (error) {
        if (!(error instanceof SignalboxError) || !mayTryAgain(error, call.repeatable)) throw error;
        // An attempt that may have done it is told of, whatever came after it.
        if (error.executed !== 'no') unsure = error;
        if (nowMs() + pauseMs >= giveUpMs) throw unsure ?? inTheEnd(error, call.groupId);
        hint = leaderIn(error);
        if (hint === undefined && target !== undefined) passedBy.add(target);
      }
      if (hint !== undefined && !passedBy.has(hint) && hints++ < mostHints) continue;
      await pause(pauseMs, undefined, { signal: context.signal }).catch(() => {
        throw new SignalboxError('CANCELLED', `${call.method} was cancelled.`, { executed: unsure === undefined ? 'no' : 'maybe' });
      });
      // Still said to lead: it gets another chance.
      if (hint !== undefined) passedBy.delete(hint);
      hints = 0;
    }
  }

  /** Who is asked next. @throws SignalboxError `NODE_UNREACHABLE` when nobody can be */
  async #target(call: LeaderCall<MethodName>, hint: string | undefined, passedBy: Set<string>, context: CallContext): Promise<string> {
    const { broker, router, brokers, isOnline } = this.#options;
    const canBe = (nodeId: string | null | undefined): nodeId is string =>
      typeof nodeId === 'string' && !passedBy.has(nodeId) && (nodeId === router.nodeId || isOnline(nodeId));
    if (canBe(hint)) return hint;
    const { state, replicas } = broker.status();
    const own = state === 'running' ? replicas.find(({ groupId }) => groupId === call.groupId) : undefined;
    if (own?.role === 'leader') return router.nodeId;
    if (canBe(own?.leader?.nodeId)) return own.leader.nodeId;
    if (own !== undefined && call.onReplica !== undefined) return router.nodeId;
    const group = (await brokers.groups(context.principal)).find(({ groupId }) => groupId === call.groupId);
    const members = group?.members ?? [];
    const leader = members.find(({ brokerId }) => brokerId === group?.leader);
    if (canBe(leader?.nodeId)) return leader.nodeId;
    const next = members.find(({ nodeId, role }) => role !== 'learner' && canBe(nodeId))?.nodeId;
    if (canBe(next)) return next;
    // All were asked: another round.
    passedBy.clear();
    if (group !== undefined) throw withoutLeader(call.groupId);
    throw new SignalboxError('NODE_UNREACHABLE', `No node that can be reached now has a replica of the group ${call.groupId}.`, {
      executed: 'no',
      data: { noReplica: true },
    });
  }

  async #there<M extends MethodName>(nodeId: string, call: LeaderCall<M>, context: CallContext): Promise<ResultOf<M>> {
    const { router, nowMs = Date.now } = this.#options;
    const { principal, signal, deadlineMs, progress } = context;
    const leftMs = Math.max(1, deadlineMs - nowMs() - answerMs);
    const timeoutMs = call.repeatable ? Math.min(leftMs, (call.waitMs ?? 0) + silenceMs) : leftMs;
    const params = { ...call.params, hereOnly: true };
    const said = await router.callAt({ node: nodeId }, call.method, params, { principal, signal, timeoutMs, onProgress: progress });
    const result = contract[call.method].result.safeParse(said);
    if (result.success) return result.data as ResultOf<M>;
    throw new SignalboxError('BAD_REQUEST', 'The answer of the node that leads the group cannot be read. It may run another version.', {
      executed: 'maybe',
    });
  }
}

/** Where the way was wrong or not there yet; not where the act itself was refused. */
function mayTryAgain({ code, executed, data }: SignalboxError, repeatable: boolean): boolean {
  if (executed !== 'no' && !repeatable) return false;
  switch (code) {
    case 'NOT_LEADER':
    case 'NODE_UNREACHABLE':
    case 'NODE_LOST':
    case 'CIRCUIT_OPEN':
    case 'NO_QUORUM':
    case 'TIMEOUT':
      return true;
    // Of a node that the membership names and that has no replica any more; else the queue itself is not there.
    case 'NOT_FOUND':
      return typeof data === 'object' && data !== null && 'noReplica' in data;
    default:
      return false;
  }
}

function leaderIn({ code, data }: SignalboxError): string | undefined {
  if (code !== 'NOT_LEADER' || typeof data !== 'object' || data === null || !('leader' in data)) return undefined;
  const { leader } = data as { readonly leader: { readonly nodeId?: unknown } | null };
  return typeof leader?.nodeId === 'string' ? leader.nodeId : undefined;
}

function inTheEnd(error: SignalboxError, groupId: string): SignalboxError {
  return error.code === 'NOT_LEADER' ? withoutLeader(groupId) : error;
}

function withoutLeader(groupId: string): SignalboxError {
  return new SignalboxError(
    'NO_QUORUM',
    `The group ${groupId} has no leader now: too few of its replicas reach each other, or an election is under way. Nothing was done. See: signalbox broker groups`,
    { executed: 'no' },
  );
}
