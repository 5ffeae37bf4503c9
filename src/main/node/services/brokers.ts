import type { brokersContract } from '../../../common/contract/brokers.ts';
import type { BrokerFace } from '../broker/broker-face.ts';
import type { Handlers } from '../router/index.ts';
import { brokerDoesNotRun, noBroker } from './broker-errors.ts';

export interface BrokersServiceOptions {
  readonly broker: BrokerFace;
}

/** The queue broker of this node, and the groups of every broker that it can reach. */
export function createBrokersService({ broker }: BrokersServiceOptions): Handlers<keyof typeof brokersContract> {
  const refuseHere = () => Promise.reject(brokerDoesNotRun(broker.status().detail));
  const refuse = () => Promise.reject(noBroker());
  return {
    'brokers.status': () => {
      const { replicas: _replicas, ...status } = broker.status();
      return status;
    },
    'brokers.groups': () => ({ groups: [] }),
    'brokers.createGroup': refuseHere,
    'brokers.join': refuseHere,
    'brokers.leave': refuseHere,
    'brokers.remove': refuse,
    'brokers.transfer': refuse,
    'brokers.rebalance': refuse,
    'brokers.backup': refuseHere,
    'brokers.restore': refuseHere,
  };
}
