import type { Group } from '../../engine/group.ts';
import { brokerLimits } from '../../limits.ts';
import type { QueueMessage, QueueState } from '../../machine/types.ts';
import type { Answer } from '../../protocol/index.ts';
import type { Call } from './call.ts';
import { type Place, runCommand } from './commands.ts';
import type { Handler } from './context.ts';
import { findLedQueue, requireRole } from './queue-lookup.ts';
import { internalRefusal, notLeader, refusalOf } from './refusals.ts';

interface Reading {
  readonly group: Group;
  readonly queue: QueueState;
  readonly call: Call;
  readonly clientId: string;
  readonly requestId: string | null;
  readonly max: number;
  readonly maxBytes: number;
  /** Longer data are answered cut. */
  readonly previewBytes: number | undefined;
  /** The answer is one message without a list, as in the first system. */
  readonly single: boolean;
  /** Monotonic, milliseconds: until when a message may still come. */
  readonly waitUntilMs: number;
}

interface Taken {
  readonly firstSequence: number;
  readonly count: number;
  readonly repeated: boolean;
}

/** `READ`: the next messages for a client, whose position moves. */
export const read: Handler<'READ'> = ({ engine }, operation, call) => {
  const found = findLedQueue(engine, operation.queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  requireRole(call, 'operator', 'read as a client');
  requireRole(call, queue.options.readRole, `read ${queue.name}`);
  attempt({
    group,
    queue,
    call,
    clientId: operation.client_id,
    requestId: operation.request_id === undefined ? null : String(operation.request_id),
    max: operation.max ?? 1,
    maxBytes: operation.max_bytes,
    previewBytes: operation.preview_bytes,
    single: operation.max === undefined,
    waitUntilMs: performance.now() + operation.wait_ms,
  });
};

/** Takes what there is; an empty queue is answered without an entry, once leadership is sure. */
function attempt(reading: Reading): void {
  const { group, queue, call, clientId, requestId, max, maxBytes } = reading;
  if (call.isOver) return;
  if (!group.driver.machine.hasNext(queue.queueId, clientId, requestId)) {
    confirmEmpty(reading);
    return;
  }
  const command = { type: 'take', queueId: queue.queueId, clientId, requestId, max, maxBytes, timeMs: Date.now() } as const;
  runCommand(group, call, command, (result, place) => {
    if (result.type !== 'taken') return undefined;
    if (result.count === 0) confirmEmpty(reading);
    else {
      if (!result.repeated) group.rates.taken(queue.queueId, result.count);
      answerTaken(reading, result, place);
    }
    return undefined;
  });
}

function confirmEmpty(reading: Reading): void {
  const { group, queue, call, clientId, requestId } = reading;
  group.driver.confirm((confirmed) => {
    if (!confirmed) call.refuse(notLeader(group));
    else if (group.driver.machine.hasNext(queue.queueId, clientId, requestId)) attempt(reading);
    else if (performance.now() < reading.waitUntilMs && group.driver.watchers.size < brokerLimits.longPolls) waitForMore(reading);
    else call.answer(nothing(reading));
  });
}

function waitForMore(reading: Reading): void {
  const { group, queue, call } = reading;
  const timer = setTimeout(() => {
    unwatch();
    unfollow?.();
    call.answer(nothing(reading));
  }, reading.waitUntilMs - performance.now());
  const unwatch = group.driver.watchers.watch(queue.queueId, () => {
    clearTimeout(timer);
    unfollow?.();
    // Not within the turn that applies: it may hold more.
    setImmediate(() => goOn(reading));
  });
  const unfollow = call.session?.onClosed(() => {
    clearTimeout(timer);
    unwatch();
  });
}

function goOn(reading: Reading): void {
  const { group, queue, call } = reading;
  if (!group.driver.serves) call.refuse(notLeader(group));
  else if (group.driver.machine.queue(queue.queueId) === undefined)
    call.refuse({ code: 'NOT_FOUND', message: `The queue ${queue.name} was deleted.`, executed: 'no' });
  else attempt(reading);
}

function nothing({ single, group, queue, clientId }: Reading): Answer {
  const message = 'no_messages';
  if (single) return { fields: { message } };
  return { fields: { message, position: group.driver.machine.position(queue.queueId, clientId), repeated: false }, messages: [] };
}

function answerTaken(reading: Reading, taken: Taken, place: Place): void {
  const { group, queue, call, max } = reading;
  const range = {
    queueId: queue.queueId,
    fromSequence: taken.firstSequence,
    toSequence: taken.firstSequence + taken.count - 1,
    limit: max,
    maxBytes: Number.MAX_SAFE_INTEGER,
  };
  const recent = group.reader.fromMemory(range);
  if (recent !== undefined) {
    call.answer(withMessages(reading, taken, recent, place));
    return;
  }
  group.reader.forward(range).then(
    (messages) => call.answer(withMessages(reading, taken, messages, place)),
    (error: unknown) => call.refuse(refusalOf(error) ?? internalRefusal),
  );
}

function withMessages(
  { single, previewBytes }: Reading,
  { firstSequence, count, repeated }: Taken,
  messages: readonly QueueMessage[],
  place: Place,
): Answer {
  const position = firstSequence + count - 1;
  // Removed between the reading and the answer: the position has moved all the same.
  if (messages.length === 0 && single) return { fields: { message: 'no_messages', position, repeated, ...place } };
  return { fields: { position, repeated, ...place }, messages, previewBytes, ...(single && { single }) };
}
