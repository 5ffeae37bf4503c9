import { SignalboxError } from '../../../../../common/errors.ts';
import type { Group } from '../../engine/group.ts';
import { brokerLimits } from '../../limits.ts';
import { encodeCommand } from '../../machine/index.ts';
import type { QueueMessage, QueueState } from '../../machine/types.ts';
import { type OperationOf, protocolLimits } from '../../protocol/index.ts';
import type { Call, CallerSession, Refusal, Subscription } from './call.ts';
import type { Handler } from './context.ts';
import { findLedQueue, requireRole } from './queue-lookup.ts';
import { internalRefusal, notDone, notLeader, refusalOf } from './refusals.ts';

/** `SUBSCRIBE`: deliveries without being asked for, as long as there is credit. */
export const subscribe: Handler<'SUBSCRIBE'> = ({ engine }, operation, call) => {
  const session = sessionOf(call);
  const found = findLedQueue(engine, operation.queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  requireRole(call, queue.options.readRole, `read ${queue.name}`);
  if (operation.ack !== 'none') requireRole(call, 'operator', 'read as a client');
  if (session.subscriptions.size >= brokerLimits.subscriptions)
    throw new SignalboxError('LIMIT', `A connection has ${brokerLimits.subscriptions} subscriptions at most.`, { executed: 'no' });
  let id = 1;
  while (session.subscriptions.has(id)) id += 1;
  beginningOf(group, queue, operation).then(
    (next) => {
      if (call.isOver) return;
      const subscription = new Delivery({ id, group, queue, operation, session, next });
      session.subscriptions.set(id, subscription);
      call.answer({ fields: { subscription_id: id } });
      subscription.start();
    },
    (error: unknown) => call.refuse(refusalOf(error) ?? internalRefusal),
  );
};

/** `CREDIT`. */
export const credit: Handler<'CREDIT'> = (_context, { subscription_id: id, credit: more }, call) => {
  call.answer({ fields: { credit: subscriptionOf(call, id).credit(more) } });
};

/** `UNSUBSCRIBE`. */
export const unsubscribe: Handler<'UNSUBSCRIBE'> = (_context, { subscription_id: id }, call) => {
  subscriptionOf(call, id).end();
  call.answer({ fields: {} });
};

function sessionOf(call: Call): CallerSession {
  if (call.session !== undefined) return call.session;
  throw new SignalboxError('BAD_REQUEST', 'Messages are pushed over a connection to the broker, and there is none here.', {
    executed: 'no',
  });
}

function subscriptionOf(call: Call, id: number): Subscription {
  const subscription = sessionOf(call).subscriptions.get(id);
  if (subscription !== undefined) return subscription;
  throw new SignalboxError('NOT_FOUND', `This connection has no subscription ${id}.`, { executed: 'no' });
}

/** The first sequence that is delivered. */
async function beginningOf(group: Group, queue: QueueState, operation: OperationOf<'SUBSCRIBE'>): Promise<number> {
  const { ack, client_id: clientId, from, from_sequence: sequence, from_time_ms: timeMs } = operation;
  if (ack !== 'none') return group.driver.machine.position(queue.queueId, clientId ?? '') + 1;
  if (sequence !== undefined) return Math.max(sequence, queue.firstSequence);
  if (timeMs !== undefined) return group.reader.sequenceAt(queue.queueId, timeMs, queue.lastSequence);
  return from === 'first' ? queue.firstSequence : queue.lastSequence + 1;
}

interface DeliveryOptions {
  readonly id: number;
  readonly group: Group;
  readonly queue: QueueState;
  readonly operation: OperationOf<'SUBSCRIBE'>;
  readonly session: CallerSession;
  /** First sequence to deliver. */
  readonly next: number;
}

/** One subscription: reads on as long as there is credit and the client takes what it is sent. */
class Delivery implements Subscription {
  readonly #options: DeliveryOptions;
  #credit: number;
  #next: number;
  #busy = false;
  #over = false;
  #unwatch: (() => void) | undefined;
  readonly #undrain: () => void;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#credit = options.operation.credit;
    this.#next = options.next;
    this.#undrain = options.session.onDrained(() => this.#go());
  }

  start(): void {
    this.#go();
  }

  credit(more: number): number {
    this.#credit = Math.min(this.#credit + more, protocolLimits.credit);
    this.#go();
    return this.#credit;
  }

  end(): void {
    this.#over = true;
    this.#unwatch?.();
    this.#undrain();
    this.#options.session.subscriptions.delete(this.#options.id);
  }

  #go(): void {
    if (this.#busy || this.#over || this.#credit === 0 || this.#options.session.isFull) return;
    this.#unwatch?.();
    this.#busy = true;
    this.#deliver().then(
      (more) => {
        this.#busy = false;
        if (more) this.#go();
      },
      (error: unknown) => {
        this.#busy = false;
        this.#finish(refusalOf(error) ?? internalRefusal);
      },
    );
  }

  /** @returns whether to go on at once */
  async #deliver(): Promise<boolean> {
    const { group, queue } = this.#options;
    if (!group.driver.serves) {
      this.#finish(notLeader(group));
      return false;
    }
    const now = group.driver.machine.queue(queue.queueId);
    if (now === undefined) {
      this.#finish({ code: 'NOT_FOUND', message: `The queue ${queue.name} was deleted.`, executed: 'no' });
      return false;
    }
    this.#next = Math.max(this.#next, now.firstSequence);
    if (this.#next > now.lastSequence) {
      this.#wait();
      return false;
    }
    const messages = this.#options.operation.ack === 'auto' ? await this.#take() : await this.#look(now.lastSequence);
    if (messages === undefined || this.#over) return false;
    const last = messages.at(-1);
    if (last === undefined) return true;
    this.#next = last.sequence + 1;
    this.#credit -= messages.length;
    const { session, id } = this.#options;
    session.push({ fields: { operation: 'DELIVERY', subscription_id: id, position: last.sequence }, messages });
    return true;
  }

  #look(toSequence: number): Promise<readonly QueueMessage[]> {
    const { group, queue, operation } = this.#options;
    const range = { queueId: queue.queueId, fromSequence: this.#next, toSequence, limit: this.#most(), maxBytes: operation.max_bytes };
    return group.reader.forward(range);
  }

  /** Moves the client's position first, as READ does. */
  #take(): Promise<readonly QueueMessage[] | undefined> {
    const { group, queue, operation } = this.#options;
    const { client_id: clientId = '', max_bytes: maxBytes } = operation;
    const command = {
      type: 'take',
      queueId: queue.queueId,
      clientId,
      requestId: null,
      max: this.#most(),
      maxBytes,
      timeMs: Date.now(),
    } as const;
    return new Promise((resolve, reject) => {
      group.driver.propose(encodeCommand(command), (outcome) => {
        if (!outcome.ok || !outcome.result.ok || outcome.result.type !== 'taken') {
          this.#finish(outcome.ok ? internalRefusal : notDone(group, outcome.code));
          resolve(undefined);
          return;
        }
        const { firstSequence, count } = outcome.result;
        if (count === 0) {
          // The client has read on elsewhere: up to here there is nothing for it.
          this.#next = (group.driver.machine.queue(queue.queueId)?.lastSequence ?? 0) + 1;
          resolve([]);
          return;
        }
        group.rates.taken(queue.queueId, count);
        const toSequence = firstSequence + count - 1;
        const range = { queueId: queue.queueId, fromSequence: firstSequence, toSequence, limit: count, maxBytes: Number.MAX_SAFE_INTEGER };
        group.reader.forward(range).then(resolve, reject);
      });
    });
  }

  #most(): number {
    return Math.min(this.#credit, protocolLimits.answerMessages);
  }

  #wait(): void {
    const { group, queue } = this.#options;
    this.#unwatch = group.driver.watchers.watch(queue.queueId, () => setImmediate(() => this.#go()));
  }

  #finish({ code, message, extra }: Refusal): void {
    if (this.#over) return;
    const { session, id } = this.#options;
    this.end();
    session.push({ fields: { operation: 'SUBSCRIPTION_ENDED', subscription_id: id, code, message, ...extra } });
  }
}
