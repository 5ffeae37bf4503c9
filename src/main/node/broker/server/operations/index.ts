import { SignalboxError } from '../../../../../common/errors.ts';
import type { Role } from '../../../../../common/roles.ts';
import { type Operation, type OperationName, operationRules } from '../../protocol/index.ts';
import { append, registerProducer } from './append.ts';
import type { Call } from './call.ts';
import { clusterQuery, listGroups, ping } from './cluster.ts';
import type { Handler, OperationContext } from './context.ts';
import { fetchMessages } from './fetch.ts';
import { backup, createGroup, restore } from './groups.ts';
import { joinCluster, joinGroup, leaveGroup, removeBroker, transferLeader } from './membership.ts';
import { commit, forgetClient, positions, seek } from './positions.ts';
import { requireRole } from './queue-lookup.ts';
import { configureQueue, createQueue, deleteQueue, listQueues, purge, queueSeries, queueStats } from './queues.ts';
import { read } from './read.ts';
import { internalRefusal, refusalOf } from './refusals.ts';
import { credit, subscribe, unsubscribe } from './subscriptions.ts';

export type { Call, Caller, CallerSession, Refusal, Subscription } from './call.ts';
export { clusterUpdate } from './cluster.ts';
export type { OperationContext } from './context.ts';
export { internalRefusal, overloaded, refusalOf } from './refusals.ts';

/** Of all faces: frames, lines and the node's own thread. `AUTH` belongs to the connection that it signs in. */
const handlers: { readonly [Name in Exclude<OperationName, 'AUTH'>]: Handler<Name> } = {
  APPEND: append,
  BACKUP: backup,
  CLUSTER_QUERY: clusterQuery,
  COMMIT: commit,
  CONFIGURE_QUEUE: configureQueue,
  CREATE_QUEUE: createQueue,
  CREDIT: credit,
  DELETE_QUEUE: deleteQueue,
  FETCH: fetchMessages,
  FORGET_CLIENT: forgetClient,
  GROUP_CREATE: createGroup,
  GROUP_JOIN: joinGroup,
  GROUP_LIST: listGroups,
  JOIN_CLUSTER: joinCluster,
  LEAVE_CLUSTER: leaveGroup,
  PING: ping,
  POSITIONS: positions,
  PRODUCER: registerProducer,
  PURGE: purge,
  QUEUE_LIST: listQueues,
  QUEUE_SERIES: queueSeries,
  QUEUE_STATS: queueStats,
  READ: read,
  REMOVE_BROKER: removeBroker,
  RESTORE: restore,
  SEEK: seek,
  SUBSCRIBE: subscribe,
  TRANSFER_LEADER: transferLeader,
  UNSUBSCRIBE: unsubscribe,
};

const fixedRoles: ReadonlySet<string> = new Set<Role>(['viewer', 'operator', 'admin']);

/**
 * Does an operation. What it may not or cannot do is refused; it never throws.
 *
 * @param onFault told of what nobody expected
 */
export function handleOperation(context: OperationContext, operation: Operation, call: Call, onFault: (error: unknown) => void): void {
  try {
    const { access } = operationRules[operation.operation];
    if (fixedRoles.has(access)) requireRole(call, access as Role, `ask for ${operation.operation}`);
    if (operation.operation === 'AUTH')
      throw new SignalboxError('BAD_REQUEST', 'AUTH signs in a connection, and there is none here.', { executed: 'no' });
    (handlers[operation.operation] as Handler<OperationName>)(context, operation, call);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) onFault(error);
    call.refuse(refusal ?? internalRefusal);
  }
}
