import type { ProducerStamp } from '../../machine/types.ts';
import type { OperationOf } from '../../protocol/index.ts';
import { runCommand } from './commands.ts';
import type { Handler } from './context.ts';
import { findLedQueue, requireRole } from './queue-lookup.ts';

const clientIdLength = 64;

/** `APPEND`: answered when the messages are on the disks of a majority. */
export const append: Handler<'APPEND'> = ({ engine }, operation, call) => {
  const found = findLedQueue(engine, operation.queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  requireRole(call, queue.options.appendRole, `append to ${queue.name}`);
  const clientId = operation.client_id ?? plainName(call.caller.user);
  const producer = producerOf(operation, clientId);
  const command = { type: 'append', queueId: queue.queueId, clientId, producer, batch: operation.batch, timeMs: Date.now() } as const;
  runCommand(group, call, command, (result, { index, term }) => {
    if (result.type !== 'appended') return undefined;
    const { firstSequence, count, repeated } = result;
    return { fields: { sequence_num: firstSequence, count, repeated, term, index } };
  });
};

/** `PRODUCER`: the next epoch of a producer; whoever had the one before is fenced off. */
export const registerProducer: Handler<'PRODUCER'> = ({ engine }, operation, call) => {
  const found = findLedQueue(engine, operation.queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  requireRole(call, queue.options.appendRole, `append to ${queue.name}`);
  const command = { type: 'registerProducer', queueId: queue.queueId, producerId: operation.producer_id, timeMs: Date.now() } as const;
  runCommand(group, call, command, (result) => (result.type === 'producer' ? { fields: { epoch: result.epoch } } : undefined));
};

function producerOf({ producer, producer_seq: sequence }: OperationOf<'APPEND'>, clientId: string): ProducerStamp | null {
  if (producer !== undefined) return { producerId: producer.id, epoch: producer.epoch, sequence: producer.sequence };
  return sequence === undefined ? null : { producerId: clientId, epoch: 0, sequence };
}

/** A caller's name as a client id: `ada@n1xyz` has a character too many. */
function plainName(user: string): string {
  const plain = user.replaceAll(/[^A-Za-z0-9._:-]+/g, '.').slice(0, clientIdLength);
  return /^[A-Za-z0-9]/.test(plain) ? plain : 'client';
}
