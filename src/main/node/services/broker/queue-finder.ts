import { LRUCache } from 'lru-cache';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { Principal } from '../../../../common/roles.ts';
import { noBroker } from './broker-errors.ts';
import type { ClusterBrokers } from './cluster-brokers.ts';
import { readQueueName } from './queue-name.ts';

const keptNames = 1_000;
/** A name that was found stands for that queue so long where messages pass by it: another group may get a queue of the same name. */
const keptMs = 30_000;

export interface FoundQueue {
  readonly queueId: string;
  readonly groupId: string;
}

export interface QueueFinderOptions {
  readonly brokers: ClusterBrokers;
  /** Whether any broker can be asked. */
  readonly isAnyBroker: () => Promise<boolean>;
}

/** Which queue somebody means. */
export class QueueFinder {
  readonly #options: QueueFinderOptions;
  readonly #found = new LRUCache<string, FoundQueue>({ max: keptNames, ttl: keptMs, perf: performance });

  constructor(options: QueueFinderOptions) {
    this.#options = options;
  }

  /**
   * The queue of an id, a name or GROUP/NAME. An id is taken at its word: its group knows whether it is there.
   *
   * @param inPassing messages come and go by this name, so that not all brokers are asked for each
   * @throws SignalboxError `NOT_FOUND`, `CONFLICT` (several groups have a queue of that name; `data.candidates`), `INVALID_PARAMS`, `NODE_UNREACHABLE` (no broker)
   */
  async find(text: string, principal: Principal, inPassing = false): Promise<FoundQueue> {
    const wanted = readQueueName(text);
    if (!(await this.#options.isAnyBroker())) throw noBroker();
    if ('queueId' in wanted) return wanted;
    const kept = inPassing ? this.#found.get(text) : undefined;
    if (kept !== undefined) return kept;
    const { name, groupId } = wanted;
    const { queues, failed } = await this.#options.brokers.queuesNow(principal, name);
    const found = queues.filter((queue) => groupId === undefined || queue.groupId === groupId);
    const [first] = found;
    if (first === undefined) throw failed[0] === undefined ? noQueue(text) : notAsked(text, failed[0]);
    if (found.length > 1) throw ambiguous(name, found);
    const { queueId } = first;
    this.#found.set(text, { queueId, groupId: first.groupId });
    return { queueId, groupId: first.groupId };
  }

  /** What a name stood for is not there any more. */
  forget(text: string): void {
    this.#found.delete(text);
  }
}

function noQueue(text: string): SignalboxError {
  return new SignalboxError('NOT_FOUND', `There is no queue ${text} in the groups that can be reached. See: signalbox queue list`, {
    executed: 'no',
  });
}

/** It may be where nobody answered. */
function notAsked(text: string, { name, message }: { readonly name: string; readonly message: string }): SignalboxError {
  return new SignalboxError('NODE_UNREACHABLE', `No queue ${text} was found, but ${name} could not be asked: ${message}`, {
    executed: 'no',
  });
}

function ambiguous(name: string, queues: readonly QueueInfo[]): SignalboxError {
  const candidates = queues.map((queue) => `${queue.groupId}/${queue.name}`);
  return new SignalboxError('CONFLICT', `${queues.length} groups have a queue ${name}. Name one of: ${candidates.join(', ')}.`, {
    executed: 'no',
    data: { candidates: queues.map(({ queueId, groupId }) => ({ queueId, groupId, name })) },
  });
}
