import type { queuesContract } from '../../../common/contract/queues.ts';
import type { Handlers } from '../router/index.ts';
import { noBroker } from './broker-errors.ts';

/** Queues of every group that this node can reach. */
export function createQueuesService(): Handlers<keyof typeof queuesContract> {
  const refuse = () => Promise.reject(noBroker());
  return {
    'queues.list': () => ({ queues: [], unreachable: [], complete: true }),
    'queues.get': refuse,
    'queues.create': refuse,
    'queues.configure': refuse,
    'queues.append': refuse,
    'queues.browse': refuse,
    'queues.message': refuse,
    'queues.read': refuse,
    'queues.positions': refuse,
    'queues.seek': refuse,
    'queues.forgetClient': refuse,
    'queues.purge': refuse,
    'queues.delete': refuse,
    'queues.series': refuse,
  };
}
