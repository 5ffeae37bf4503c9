import { randomUUID } from 'node:crypto';
import type { MethodName, ResultOf } from '../../../common/contract/index.ts';
import type { QueueMessageView, queuesContract } from '../../../common/contract/queues.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import type { BrokerFace } from '../broker/broker-face.ts';
import type { CallContext, Handlers, Router } from '../router/index.ts';
import type { ClusterBrokers } from './broker/cluster-brokers.ts';
import { createQueue } from './broker/create-queue.ts';
import type { LeaderCall, LeaderCalls } from './broker/leader-calls.ts';
import { previewBytes } from './broker/message-view.ts';
import type { OwnReplicas } from './broker/own-replicas.ts';
import {
  appended,
  clientPositions,
  messageAt,
  messagePage,
  nothing,
  partAt,
  position,
  queueOptions,
  queueSeries,
  removedMessages,
  takenMessages,
} from './broker/queue-answers.ts';
import type { FoundQueue, QueueFinder } from './broker/queue-finder.ts';
import { readQueueName } from './broker/queue-name.ts';
import { partBytes, wholeBytes, wholeMessage } from './broker/whole-message.ts';
import { optionsToWire } from './broker/wire-facts.ts';

/** Bytes of messages in one answer: one to another node has less than a megabyte. */
const pageBytes = 524_288;
/** What a waiting read keeps of its time for the way. */
const wayMs = 2_000;

export interface QueuesServiceOptions {
  readonly broker: BrokerFace;
  readonly router: Pick<Router, 'callAt'>;
  readonly own: OwnReplicas;
  readonly brokers: ClusterBrokers;
  readonly finder: QueueFinder;
  readonly leaders: LeaderCalls;
}

type Act<M extends MethodName> = Pick<LeaderCall<M>, 'operation' | 'read' | 'repeatable'> &
  Partial<Pick<LeaderCall<M>, 'onReplica' | 'waitMs'>>;
type QueueMethod = Exclude<keyof typeof queuesContract, 'queues.list' | 'queues.create'>;

/** Queues of every group that this node can reach: each act is done by the broker that leads the group, wherever that is. */
export function createQueuesService(options: QueuesServiceOptions): Handlers<keyof typeof queuesContract> {
  const { own, brokers, finder, leaders } = options;

  /** Does an act on a queue at its leader, or here alone where another node says so. */
  const onQueue = async <M extends QueueMethod>(
    method: M,
    { params, context }: { readonly params: { readonly queue: string; readonly hereOnly: boolean }; readonly context: CallContext },
    act: (queue: FoundQueue) => Act<M>,
  ): Promise<ResultOf<M>> => {
    const queue = params.hereOnly
      ? await ownQueue(own, params.queue, context.principal)
      : await finder.find(params.queue, context.principal, streamed(method));
    const { hereOnly, ...rest } = params;
    const call: LeaderCall<M> = { method, groupId: queue.groupId, params: { ...rest, queue: queue.queueId }, ...act(queue) };
    if (hereOnly) return leaders.here(call, context);
    try {
      return await leaders.atLeader(call, context);
    } catch (error) {
      if (error instanceof SignalboxError && error.code === 'NOT_FOUND') finder.forget(params.queue);
      throw error;
    }
  };

  const partOf = (params: PartParams, context: CallContext) =>
    onQueue('queues.messagePart', { params, context }, ({ queueId }) => {
      const operation = {
        ...oneMessage(queueId, params.sequence),
        data_offset: params.offset,
        preview_bytes: partBytes,
      };
      return {
        operation,
        onReplica: { ...operation, level: 'local' },
        read: partAt(params.sequence, params.offset),
        repeatable: true,
      };
    });
  /** A message that is longer than one answer of the node that has it. */
  const inParts = async (queue: string, sequence: number, context: CallContext) => {
    // Of one queue, also when another gets its name meanwhile.
    const { queueId } = await finder.find(queue, context.principal);
    return wholeMessage((offset) => partOf({ queue: queueId, sequence, offset, hereOnly: false }, context));
  };
  /** In the place of a message that came cut the whole one; it stays cut where that cannot be had in time: the reading itself is done. */
  const completed = async (queue: string, message: QueueMessageView, context: CallContext): Promise<QueueMessageView> => {
    const whole = await inParts(queue, message.sequence, endingBefore(context, wayMs)).catch(() => message);
    return whole.at === message.at && whole.sizeBytes === message.sizeBytes ? whole : message;
  };

  return {
    'queues.list': ({ name, hereOnly }, { principal }) =>
      hereOnly ? own.queues(principal, name).then((lists) => ({ ...lists, unreachable: [] })) : brokers.queues(principal, name),
    'queues.get': async ({ queue, hereOnly }, { principal }) => {
      const { queueId } = hereOnly ? await ownQueue(own, queue, principal) : await finder.find(queue, principal);
      const { queues } = hereOnly ? await own.queues(principal, queueId) : await brokers.queues(principal, queueId);
      const [found] = queues;
      if (found !== undefined) return found;
      finder.forget(queue);
      throw new SignalboxError('NOT_FOUND', `There is no queue ${queue} in the groups that can be reached.`, { executed: 'no' });
    },
    'queues.create': (params, context) => createQueue(options, params, context),
    'queues.configure': (params, context) =>
      onQueue('queues.configure', { params, context }, ({ queueId }) => ({
        operation: { operation: 'CONFIGURE_QUEUE', queue_name: queueId, options: optionsToWire(params.options) },
        read: queueOptions.parse,
        repeatable: true,
      })),
    'queues.append': (params, context) => {
      const named = { ...params, clientId: params.clientId ?? clientOf(context.principal) };
      const { messages, producer } = named;
      return onQueue('queues.append', { params: named, context }, ({ queueId }) => ({
        operation: {
          operation: 'APPEND',
          queue_name: queueId,
          client_id: named.clientId,
          messages,
          ...(producer !== undefined && { producer }),
        },
        read: appended.parse,
        repeatable: producer !== undefined,
      }));
    },
    'queues.browse': (params, context) =>
      onQueue('queues.browse', { params, context }, ({ queueId }) => {
        const operation = browseOperation(queueId, params);
        return { operation, onReplica: { ...operation, level: 'local' }, read: messagePage.parse, repeatable: true };
      }),
    'queues.message': async (params, context) => {
      const { queue, sequence, hereOnly } = params;
      try {
        return await onQueue('queues.message', { params, context }, ({ queueId }) => {
          const operation = { ...oneMessage(queueId, sequence), preview_bytes: wholeBytes };
          return { operation, onReplica: { ...operation, level: 'local' }, read: messageAt(sequence), repeatable: true };
        });
      } catch (error) {
        // Of the node that has it: one node sends another less at a time.
        if (hereOnly || !(error instanceof SignalboxError) || error.code !== 'TOO_LARGE') throw error;
        return inParts(queue, sequence, context);
      }
    },
    'queues.messagePart': partOf,
    'queues.read': async (params, context) => {
      const waitMs = Math.max(0, Math.min(params.waitMs, context.deadlineMs - Date.now() - wayMs));
      // A read of an unknown outcome is repeated with the same id, and gets the same messages.
      const requestId = params.requestId ?? randomUUID();
      // To another node: it sends less at a time than a message may have, and the position must not move past what cannot come.
      const told = { ...params, waitMs, requestId, maxDataBytes: Math.min(params.maxDataBytes, partBytes) };
      const taken = await onQueue('queues.read', { params: told, context }, ({ queueId }) => ({
        operation: {
          operation: 'READ',
          queue_name: queueId,
          client_id: told.clientId,
          request_id: told.requestId,
          max: told.max,
          max_bytes: pageBytes,
          preview_bytes: params.maxDataBytes,
          wait_ms: waitMs,
        },
        read: takenMessages.parse,
        repeatable: true,
        waitMs,
      }));
      if (params.hereOnly) return taken;
      const messages = taken.messages.map((message) =>
        message.cut && message.sizeBytes <= params.maxDataBytes ? completed(params.queue, message, context) : message,
      );
      return { ...taken, messages: await Promise.all(messages) };
    },
    'queues.positions': (params, context) =>
      onQueue('queues.positions', { params, context }, ({ queueId }) => {
        const operation = { operation: 'POSITIONS', queue_name: queueId };
        return { operation, onReplica: operation, read: clientPositions.parse, repeatable: true };
      }),
    'queues.seek': (params, context) =>
      onQueue('queues.seek', { params, context }, ({ queueId }) => ({
        operation: { operation: 'SEEK', queue_name: queueId, client_id: params.clientId, position: params.position },
        read: position.parse,
        repeatable: true,
      })),
    'queues.forgetClient': (params, context) =>
      onQueue('queues.forgetClient', { params, context }, ({ queueId }) => ({
        operation: { operation: 'FORGET_CLIENT', queue_name: queueId, client_id: params.clientId },
        read: nothing.parse,
        repeatable: true,
      })),
    'queues.purge': (params, context) =>
      onQueue('queues.purge', { params, context }, ({ queueId }) => ({
        operation: { operation: 'PURGE', queue_name: queueId, ...(params.upTo !== undefined && { up_to: params.upTo }) },
        read: removedMessages.parse,
        // All of now is another now the second time.
        repeatable: params.upTo !== undefined,
      })),
    'queues.delete': (params, context) =>
      onQueue('queues.delete', { params, context }, ({ queueId }) => ({
        operation: { operation: 'DELETE_QUEUE', queue_name: queueId },
        read: removedMessages.parse,
        repeatable: false,
      })).finally(() => finder.forget(params.queue)),
    'queues.series': (params, context) =>
      onQueue('queues.series', { params, context }, ({ queueId }) => ({
        operation: { operation: 'QUEUE_SERIES', queue_name: queueId, minutes: params.minutes },
        read: queueSeries.parse,
        repeatable: true,
      })),
  };
}

/** The same call with less time: its answer is due after what is done within it. */
function endingBefore(context: CallContext, beforeMs: number): CallContext {
  const { method, principal, clientId, requestId, signal, deadlineMs } = context;
  return { method, principal, clientId, requestId, signal, deadlineMs: deadlineMs - beforeMs, progress: (data) => context.progress(data) };
}

/** Whether programs call it for each message. */
function streamed(method: QueueMethod): boolean {
  return method === 'queues.append' || method === 'queues.read';
}

/** A queue of which this node has a replica. @throws SignalboxError `NOT_FOUND`, `INVALID_PARAMS` */
async function ownQueue(own: OwnReplicas, text: string, principal: Principal): Promise<FoundQueue> {
  const wanted = readQueueName(text);
  if ('queueId' in wanted) return wanted;
  const { queues } = await own.queues(principal, wanted.name);
  const found = queues.filter(({ groupId }) => wanted.groupId === undefined || groupId === wanted.groupId);
  if (found.length === 1) return found[0] as FoundQueue;
  throw new SignalboxError(found.length === 0 ? 'NOT_FOUND' : 'CONFLICT', `This node has ${found.length} queues named ${text}.`, {
    executed: 'no',
  });
}

/** Written beside messages of callers that give no id of their own: who they are, as far as an id may say it. */
function clientOf({ user }: Principal): string {
  const name = user
    .replace(/@.*$/, '')
    .replace(/[^A-Za-z0-9._:-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'unnamed' : name.slice(0, 64);
}

type PartParams = Parameters<Handlers<'queues.messagePart'>['queues.messagePart']>[0];

function oneMessage(queueId: string, sequence: number) {
  return {
    operation: 'FETCH',
    queue_name: queueId,
    from_sequence: sequence,
    to_sequence: sequence,
    direction: 'forward',
    max: 1,
  };
}

function browseOperation(queueId: string, { from, direction, limit, filter }: Parameters<Handlers<'queues.browse'>['queues.browse']>[0]) {
  const begin = typeof from === 'string' ? { from } : 'at' in from ? { from_time_ms: from.at } : { from_sequence: from.sequence };
  return {
    operation: 'FETCH',
    queue_name: queueId,
    ...begin,
    direction: direction ?? (from === 'latest' ? 'backward' : 'forward'),
    max: limit,
    max_bytes: pageBytes,
    preview_bytes: previewBytes,
    ...(filter !== '' && { filter }),
  };
}
