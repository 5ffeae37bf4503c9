import { z } from 'zod';
import type { brokersContract, GroupInfo } from '../../../common/contract/brokers.ts';
import type { ResultOf } from '../../../common/contract/index.ts';
import type { BrokerFace, OperationRequest } from '../broker/broker-face.ts';
import type { CallContext, Handlers } from '../router/index.ts';
import { noBroker } from './broker/broker-errors.ts';
import type { ClusterBrokers } from './broker/cluster-brokers.ts';
import type { LeaderCall, LeaderCalls } from './broker/leader-calls.ts';
import { type OwnReplicas, readAnswer } from './broker/own-replicas.ts';
import { planRebalance } from './broker/rebalance-plan.ts';
import { requireRunning } from './broker/running-broker.ts';

export interface BrokersServiceOptions {
  readonly broker: BrokerFace;
  readonly own: OwnReplicas;
  readonly brokers: ClusterBrokers;
  readonly leaders: LeaderCalls;
  /** Whether any broker can be asked. */
  readonly isAnyBroker: () => Promise<boolean>;
}

/** The queue broker of this node, and the groups of every broker that it can reach. */
export function createBrokersService(options: BrokersServiceOptions): Handlers<keyof typeof brokersContract> {
  const { broker, own, brokers, leaders, isAnyBroker } = options;

  /** An act of this node's own broker. */
  const ownAct = async <T>(operation: OperationRequest, schema: z.ZodType<T>, { principal, signal, progress }: CallContext): Promise<T> => {
    await requireRunning(broker);
    return readAnswer(await broker.request(operation, principal, { signal, onProgress: progress }), schema);
  };
  const transfer = (groupId: string, to: string | undefined, hereOnly: boolean, context: CallContext) => {
    const call: LeaderCall<'brokers.transfer'> = {
      method: 'brokers.transfer',
      groupId,
      params: { groupId, ...(to !== undefined && { to }) },
      operation: { operation: 'TRANSFER_LEADER', cluster_id: groupId, ...(to !== undefined && { to }) },
      read: leadership.parse,
      repeatable: to !== undefined,
    };
    return hereOnly ? leaders.here(call, context) : leaders.atLeader(call, context);
  };

  return {
    'brokers.status': () => {
      const { replicas: _replicas, ...status } = broker.status();
      return status;
    },
    'brokers.groups': async ({ hereOnly }, { principal }) => ({
      groups: [...(hereOnly ? await own.groups(principal) : await brokers.groups(principal))],
    }),
    'brokers.createGroup': async (_params, context) => {
      const { cluster_id } = await ownAct({ operation: 'GROUP_CREATE' }, group, context);
      return { groupId: cluster_id };
    },
    'brokers.join': async ({ groupId, address, replaces }, context) => {
      await requireRunning(broker);
      const known =
        address === undefined ? (await brokers.groups(context.principal)).find((found) => found.groupId === groupId) : undefined;
      const where = address === undefined ? { members: membersOf(known) } : { address };
      const operation = { operation: 'GROUP_JOIN', cluster_id: groupId, ...where, ...(replaces !== undefined && { replaces }) };
      const joined = await ownAct(operation, joinedGroup, context);
      return { groupId: joined.cluster_id, brokerId: joined.broker_id, voter: joined.voter };
    },
    'brokers.leave': ({ groupId }, context) => ownAct({ operation: 'LEAVE_CLUSTER', cluster_id: groupId }, z.object({}), context),
    'brokers.remove': async ({ groupId, brokerId, hereOnly }, context) => {
      if (!(await isAnyBroker())) throw noBroker();
      const call: LeaderCall<'brokers.remove'> = {
        method: 'brokers.remove',
        groupId,
        params: { groupId, brokerId },
        operation: { operation: 'REMOVE_BROKER', cluster_id: groupId, broker_id: brokerId },
        read: membership.parse,
        // The second time it is no member any more, and says so.
        repeatable: false,
      };
      return hereOnly ? leaders.here(call, context) : leaders.atLeader(call, context);
    },
    'brokers.transfer': async ({ groupId, to, hereOnly }, context) => {
      if (!(await isAnyBroker())) throw noBroker();
      return transfer(groupId, to, hereOnly, context);
    },
    'brokers.rebalance': async (_params, context) => {
      if (!(await isAnyBroker())) throw noBroker();
      const moved: ResultOf<'brokers.rebalance'>['moved'] = [];
      for (const move of planRebalance(await brokers.groups(context.principal))) {
        const { leader } = await transfer(move.groupId, move.to, false, context);
        moved.push({ ...move, to: leader });
      }
      return { moved };
    },
    'brokers.backup': async ({ groupId, file }, context) => {
      const operation = { operation: 'BACKUP', cluster_id: groupId, ...(file !== undefined && { file }) };
      const { size_bytes, ...written } = await ownAct(operation, backup, context);
      return { ...written, sizeBytes: size_bytes };
    },
    'brokers.restore': async ({ file }, context) => {
      const { cluster_id, ...restored } = await ownAct({ operation: 'RESTORE', file }, restoredGroup, context);
      return { groupId: cluster_id, ...restored };
    },
  };
}

/** Where a joining broker knocks. */
function membersOf(known: GroupInfo | undefined): Record<string, unknown>[] {
  const members = known?.members ?? [];
  return members.map(({ brokerId, nodeId, host, port }) => ({ broker_id: brokerId, node_id: nodeId, host, port }));
}

const group = z.object({ cluster_id: z.string() });
const joinedGroup = z.object({ cluster_id: z.string(), broker_id: z.string(), voter: z.boolean() });
const leadership = z.object({ leader: z.string(), term: z.number() });
const membership = z.object({ cluster_version: z.number() }).transform(({ cluster_version }) => ({ version: cluster_version }));
const backup = z.object({ file: z.string(), size_bytes: z.number(), sha256: z.string(), index: z.number() });
const restoredGroup = z.object({ cluster_id: z.string(), queues: z.number(), messages: z.number() });
