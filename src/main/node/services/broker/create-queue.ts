import { contract, type ParsedParamsOf, type ResultOf } from '../../../../common/contract/index.ts';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { Principal } from '../../../../common/roles.ts';
import type { BrokerFace } from '../../broker/broker-face.ts';
import type { CallContext, Router } from '../../router/index.ts';
import { noBroker } from './broker-errors.ts';
import { brokerCapability, type ClusterBrokers } from './cluster-brokers.ts';
import type { LeaderCall, LeaderCalls } from './leader-calls.ts';
import { readAnswer } from './own-replicas.ts';
import { createdQueue } from './queue-answers.ts';
import { requireRunning, whenSettled } from './running-broker.ts';
import { optionsToWire } from './wire-facts.ts';

export interface CreateQueueOptions {
  readonly broker: BrokerFace;
  readonly router: Pick<Router, 'callAt'>;
  readonly brokers: ClusterBrokers;
  readonly leaders: LeaderCalls;
}

/** A name that is there already goes to its group, so that the same wish has the same answer; else the group is the least loaded one. */
export async function createQueue(
  options: CreateQueueOptions,
  params: ParsedParamsOf<'queues.create'>,
  context: CallContext,
): Promise<ResultOf<'queues.create'>> {
  const { broker, router, leaders } = options;
  const { principal, signal } = context;
  const { name, options: wanted } = params;
  const operation = { operation: 'CREATE_QUEUE', options: optionsToWire(wanted), ...(name !== undefined && { queue_name: name }) };
  await whenSettled(broker);
  const groupId = params.groupId ?? (params.hereOnly ? undefined : await groupFor(options, name, principal));
  if (groupId !== undefined) {
    const { hereOnly, ...rest } = params;
    const call: LeaderCall<'queues.create'> = {
      method: 'queues.create',
      groupId,
      params: { ...rest, groupId },
      operation: { ...operation, cluster_id: groupId },
      read: createdQueue.parse,
      repeatable: name !== undefined,
    };
    return hereOnly ? leaders.here(call, context) : leaders.atLeader(call, context);
  }
  if (params.hereOnly || broker.status().state === 'running') {
    await requireRunning(broker);
    // No group anywhere: the broker begins its first.
    return readAnswer(await broker.request(operation, principal, { signal }), createdQueue);
  }
  const target = { any: brokerCapability };
  return router
    .callAt(target, 'queues.create', { ...params, hereOnly: true }, { principal, signal })
    .then((said) => contract['queues.create'].result.parse(said))
    .catch((error: unknown) => {
      throw error instanceof SignalboxError && error.code === 'NODE_UNREACHABLE' ? noBroker() : error;
    });
}

async function groupFor({ brokers }: CreateQueueOptions, name: string | undefined, principal: Principal): Promise<string | undefined> {
  if (name !== undefined) {
    const [there] = (await brokers.queuesNow(principal, name)).queues;
    if (there !== undefined) return there.groupId;
  }
  const groups = [...(await brokers.groups(principal))];
  const loadOf = ({ inPerSecond, outPerSecond }: Pick<QueueInfo, 'inPerSecond' | 'outPerSecond'>) => inPerSecond + outPerSecond;
  groups.sort((a, b) => Number(b.writable) - Number(a.writable) || loadOf(a) - loadOf(b) || a.bytes - b.bytes || a.queues - b.queues);
  return groups[0]?.groupId;
}
