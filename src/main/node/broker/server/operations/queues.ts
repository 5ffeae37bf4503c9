import type { Engine } from '../../engine/engine.ts';
import type { Group } from '../../engine/group.ts';
import { newQueueId } from '../../engine/ids.ts';
import type { CommandResult, QueueOptions, QueueState } from '../../machine/types.ts';
import { type Answer, fromWireOptions, toWireOptions } from '../../protocol/index.ts';
import type { Call } from './call.ts';
import { runCommand } from './commands.ts';
import type { Handler } from './context.ts';
import { findGroup, findLedQueue, findQueue } from './queue-lookup.ts';
import { internalRefusal, notLeader, refusalOf } from './refusals.ts';

const mostQueues = 500;

/** `CREATE_QUEUE`: in the group that is named, else in the least loaded one; a broker without a group begins one. */
export const createQueue: Handler<'CREATE_QUEUE'> = ({ engine }, { queue_name: name, cluster_id: groupId, options: wire }, call) => {
  engine.requireOpen();
  const options = fromWireOptions(wire);
  const group = groupId === undefined ? leastLoaded(engine, name) : findGroup(engine, groupId);
  if (group !== undefined) {
    createIn(group, call, name, options);
    return;
  }
  engine.firstGroup().then(
    (first) => createIn(first, call, name, options),
    (error: unknown) => call.refuse(refusalOf(error) ?? internalRefusal),
  );
};

function createIn(group: Group, call: Call, name: string | undefined, options: QueueOptions): void {
  if (!group.driver.serves) {
    call.refuse(notLeader(group));
    return;
  }
  const queueId = newQueueId(group.groupId);
  const command = { type: 'createQueue', queueId, name: name ?? queueId, options, timeMs: Date.now() } as const;
  runCommand(group, call, command, (result, place) => {
    if (result.type !== 'queue') return undefined;
    const { queueId: id, created } = result;
    return { fields: { queue_id: id, queue_name: name ?? id, cluster_id: group.groupId, created, ...place } };
  });
}

/** Where a queue of that name is already, else the group led here that has least to do, else any. */
function leastLoaded(engine: Engine, name: string | undefined): Group | undefined {
  const groups = engine.groups();
  const holding = name === undefined ? undefined : groups.find(({ driver }) => driver.machine.queue(name) !== undefined);
  if (holding !== undefined) return holding;
  const weigh = (group: Group) => group.rates.total().inPerSecond * 1_000 + group.driver.machine.queues().length;
  const led = groups.filter(({ driver }) => driver.serves).toSorted((a, b) => weigh(a) - weigh(b));
  return led[0] ?? groups[0];
}

/** `CONFIGURE_QUEUE`: changes the options that are named. */
export const configureQueue: Handler<'CONFIGURE_QUEUE'> = ({ engine }, { queue_name, options: wire }, call) => {
  const found = findLedQueue(engine, queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  const options = fromWireOptions(wire, queue.options);
  runCommand(group, call, { type: 'configureQueue', queueId: queue.queueId, options, timeMs: Date.now() }, () => ({
    fields: { options: toWireOptions(options) },
  }));
};

/** `PURGE`: removes messages for good; positions stay. */
export const purge: Handler<'PURGE'> = ({ engine }, { queue_name, up_to: upTo }, call) => {
  const found = findLedQueue(engine, queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  const command = { type: 'purge', queueId: queue.queueId, upTo: upTo ?? queue.lastSequence, timeMs: Date.now() } as const;
  runCommand(group, call, command, removed);
};

/** `DELETE_QUEUE`: with its messages and positions. */
export const deleteQueue: Handler<'DELETE_QUEUE'> = ({ engine }, { queue_name }, call) => {
  const found = findLedQueue(engine, queue_name, call);
  if (found === undefined) return;
  runCommand(found.group, call, { type: 'deleteQueue', queueId: found.queue.queueId, timeMs: Date.now() }, removed);
};

function removed(result: CommandResult): Answer | undefined {
  return result.ok && result.type === 'removed' ? { fields: { messages: result.messages, bytes: result.bytes } } : undefined;
}

/** `QUEUE_LIST`: of all groups here or of one, by id, as far as this broker knows. */
export const listQueues: Handler<'QUEUE_LIST'> = ({ engine }, { cluster_id: groupId, after = '' }, call) => {
  engine.requireOpen();
  const all = engine
    .groups()
    .filter((group) => groupId === undefined || group.groupId === groupId)
    .flatMap((group) => group.driver.machine.queues().map((queue) => ({ group, queue })))
    .filter(({ queue }) => queue.queueId > after)
    .toSorted((a, b) => (a.queue.queueId < b.queue.queueId ? -1 : 1));
  const queues = all.slice(0, mostQueues).map(({ group, queue }) => statsOf(group, queue));
  call.answer({ fields: { queues, complete: all.length <= mostQueues } });
};

/** `QUEUE_STATS`. */
export const queueStats: Handler<'QUEUE_STATS'> = ({ engine }, { queue_name }, call) => {
  const found = findQueue(engine, queue_name, call);
  if (found !== undefined) call.answer({ fields: statsOf(found.group, found.queue) });
};

/** `QUEUE_SERIES`: how depth and rates went, as the leader saw it. */
export const queueSeries: Handler<'QUEUE_SERIES'> = ({ engine, series }, { queue_name, minutes }, call) => {
  const found = findLedQueue(engine, queue_name, call);
  if (found === undefined) return;
  const { stepMs, at, inPerSecond, outPerSecond, messages } = series.answer(found.queue.queueId, minutes, Date.now());
  call.answer({ fields: { step_ms: stepMs, at, in_per_second: inPerSecond, out_per_second: outPerSecond, messages } });
};

function statsOf(group: Group, queue: QueueState): Readonly<Record<string, unknown>> {
  const { inPerSecond, outPerSecond } = group.rates.of(queue.queueId);
  return {
    queue_id: queue.queueId,
    queue_name: queue.name,
    cluster_id: group.groupId,
    options: toWireOptions(queue.options),
    created_at_ms: queue.createdAtMs,
    first_sequence: queue.firstSequence,
    last_sequence: queue.lastSequence,
    messages: queue.messages,
    bytes: queue.bytes,
    oldest_time_ms: queue.oldestTimeMs,
    dropped: queue.dropped,
    ...group.driver.machine.counts(queue.queueId),
    in_per_second: inPerSecond,
    out_per_second: outPerSecond,
  };
}
