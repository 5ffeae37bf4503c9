/** The services of queues and brokers with what both stand on. */
import type { brokersContract } from '../../../common/contract/brokers.ts';
import type { queuesContract } from '../../../common/contract/queues.ts';
import type { BrokerFace } from '../broker/broker-face.ts';
import type { Federation } from '../federation/index.ts';
import type { Handlers, Router } from '../router/index.ts';
import { brokerCapability, ClusterBrokers } from './broker/cluster-brokers.ts';
import { LeaderCalls } from './broker/leader-calls.ts';
import { OwnReplicas } from './broker/own-replicas.ts';
import { QueueFinder } from './broker/queue-finder.ts';
import { whenSettled } from './broker/running-broker.ts';
import { createBrokersService } from './brokers.ts';
import { createQueuesService } from './queues.ts';

export interface BrokerServicesOptions {
  readonly broker: BrokerFace;
  readonly router: Router;
  readonly federation: { readonly directory: Pick<Federation['directory'], 'get' | 'online'> };
  /** Name of this node now. */
  readonly name: () => string;
  readonly nowMs?: () => number;
}

/** Queues and brokers, here and at every node that can be reached. */
export function createBrokerServices(options: BrokerServicesOptions): Handlers<keyof typeof queuesContract | keyof typeof brokersContract> {
  const { broker, router, federation, name, nowMs = Date.now } = options;
  const { directory } = federation;
  const nameOf = (nodeId: string) => (nodeId === router.nodeId ? name() : (directory.get(nodeId)?.name ?? nodeId));
  const isAnyBroker = async () => {
    const elsewhere = directory.online().some(({ capabilities }) => capabilities.includes(brokerCapability));
    if (!elsewhere) await whenSettled(broker);
    return elsewhere || broker.status().state === 'running';
  };
  const own = new OwnReplicas({ broker, nodeId: router.nodeId, nameOf, nowMs });
  let ownChanges = 0;
  broker.onChange(() => {
    ownChanges += 1;
  });
  const brokers = new ClusterBrokers({ router, nameOf, ownChanges: () => ownChanges });
  const isOnline = (nodeId: string) => directory.get(nodeId)?.reachability === 'online';
  const leaders = new LeaderCalls({ broker, router, brokers, isOnline, nowMs });
  const finder = new QueueFinder({ brokers, isAnyBroker });
  return {
    ...createQueuesService({ broker, router, own, brokers, finder, leaders }),
    ...createBrokersService({ broker, own, brokers, leaders, isAnyBroker }),
  };
}
