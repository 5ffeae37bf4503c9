import { queueIdPattern } from '../../../../common/contract/queues.ts';
import { ClientRecord } from './client-record.ts';
import { machineLimits } from './limits.ts';
import { judgeStamp, ProducerRecord } from './producers.ts';
import { Queue, type QueueDirectory } from './queue.ts';
import { measureBatch } from './records.ts';
import { SegmentBuilder } from './segment.ts';
import type { GroupRecord, Stored } from './state-rows.ts';
import type { Applied, Command, CommandRefusal, CommandResult, QueueId } from './types.ts';

type CommandOf<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

const done: CommandResult = { ok: true, type: 'done' };

/** Applies the commands of one log entry, one after the other, and gathers what they leave behind. */
export class CommandRun {
  readonly #group: GroupRecord;
  readonly #queues: QueueDirectory;
  readonly #changed: Set<Stored>;
  readonly #segments = new Map<QueueId, SegmentBuilder>();
  /** Up to which sequence the messages of a queue are gone. */
  readonly #trims = new Map<QueueId, number>();
  readonly #deleted = new Set<QueueId>();

  constructor(group: GroupRecord, queues: QueueDirectory, changed: Set<Stored>) {
    this.#group = group;
    this.#queues = queues;
    this.#changed = changed;
  }

  /** What the commands so far did to the messages that are stored. */
  stored(): Pick<Applied, 'deleted' | 'segments' | 'trims'> {
    return {
      deleted: [...this.#deleted],
      segments: [...this.#segments.values()].map((builder) => builder.build()),
      trims: [...this.#trims].map(([queueId, upTo]) => ({ queueId, upTo })),
    };
  }

  apply(command: Command): CommandResult {
    this.#tick(command.timeMs);
    if (command.type === 'expire') return this.#expire();
    if (command.type === 'createQueue') return this.#create(command);
    const queue = this.#queues.byId.get(command.queueId);
    if (queue === undefined) return refuse('NOT_FOUND', `There is no queue ${command.queueId}.`);
    switch (command.type) {
      case 'append':
        return this.#append(queue, command);
      case 'take':
        return this.#take(queue, command);
      case 'commit':
      case 'seek':
        return this.#setPosition(queue, command);
      case 'forgetClient':
        return this.#forgetClient(queue, command.clientId);
      case 'registerProducer':
        return this.#register(queue, command.producerId);
      case 'configureQueue':
        queue.options = command.options;
        this.#retain(queue);
        this.#changed.add(queue);
        return done;
      case 'purge':
        return this.#purge(queue, command.upTo);
      case 'deleteQueue':
        return this.#delete(queue);
    }
  }

  /** The log's time goes on, and never back. */
  #tick(timeMs: number): void {
    if (timeMs <= this.#group.timeMs) return;
    this.#group.timeMs = timeMs;
    this.#changed.add(this.#group);
  }

  #create({ queueId, name, options }: CommandOf<'createQueue'>): CommandResult {
    const there = this.#queues.byName.get(name);
    if (there !== undefined) {
      if (JSON.stringify(canonical(there.options)) === JSON.stringify(canonical(options)))
        return { ok: true, type: 'queue', queueId: there.queueId, created: false };
      return refuse('CONFLICT', `There is a queue ${name} already, with other options.`);
    }
    if (name !== queueId && queueIdPattern.test(name)) return refuse('CONFLICT', `${name} is the form of a queue id. Choose another name.`);
    if (this.#queues.byId.has(queueId)) return refuse('CONFLICT', `The id ${queueId} is taken.`);
    if (this.#queues.byId.size >= machineLimits.queues)
      return refuse('LIMIT', `The group has ${machineLimits.queues} queues, the most it may have.`);
    const queue = new Queue({ queueId, name, options, createdAtMs: this.#group.timeMs, firstSequence: 1, lastSequence: 0, dropped: 0 });
    this.#queues.byId.set(queueId, queue);
    this.#queues.byName.set(name, queue);
    this.#changed.add(queue);
    return { ok: true, type: 'queue', queueId, created: true };
  }

  #append(queue: Queue, { clientId, producer, batch }: CommandOf<'append'>): CommandResult {
    const known = producer === null ? undefined : queue.producers.get(producer.producerId);
    if (producer !== null) {
      const judgement = judgeStamp(known, producer, batch.count);
      if (judgement.verdict === 'refused') return judgement.refusal;
      if (judgement.verdict === 'repeated')
        return { ok: true, type: 'appended', firstSequence: judgement.firstSequence, count: batch.count, repeated: true };
    }
    const { sizes, totalBytes, largestBytes, largestDataBytes } = measureBatch(batch);
    const { maxMessageBytes, maxBytes } = queue.options;
    if (largestDataBytes > maxMessageBytes)
      return refuse(
        'TOO_LARGE',
        `A message of ${largestDataBytes} bytes is larger than the ${maxMessageBytes} that queue ${queue.name} takes.`,
      );
    if (maxBytes !== null && largestBytes > maxBytes)
      return refuse('TOO_LARGE', `A message of ${largestBytes} bytes is larger than all that queue ${queue.name} keeps.`);
    this.#retain(queue, queue.agedUpTo(this.#group.timeMs));
    if (queue.isFullFor(batch.count, totalBytes)) return refuse('QUEUE_FULL', `Queue ${queue.name} is full and refuses new messages.`);

    const firstSequence = queue.blocks.lastSequence + 1;
    queue.blocks.append(sizes, this.#group.timeMs, queue.blockSpanMs, this.#touch);
    this.#segment(queue.queueId).add(firstSequence, this.#group.timeMs, clientId, batch.count, batch.data);
    if (producer !== null) {
      const record = this.#use(queue, known, producer.producerId, producer.epoch);
      if (record.epoch !== producer.epoch) record.begin(producer.epoch);
      record.appended(producer.sequence, batch.count, firstSequence);
    }
    this.#retain(queue);
    this.#changed.add(queue);
    return { ok: true, type: 'appended', firstSequence, count: batch.count, repeated: false };
  }

  #segment(queueId: QueueId): SegmentBuilder {
    let builder = this.#segments.get(queueId);
    if (builder === undefined) {
      builder = new SegmentBuilder(queueId);
      this.#segments.set(queueId, builder);
    }
    return builder;
  }

  /** Notes that a producer was used now; makes room for a new one by forgetting the one that was idle longest. */
  #use(queue: Queue, known: ProducerRecord | undefined, producerId: string, epoch: number): ProducerRecord {
    const { timeMs } = this.#group;
    const record = known ?? new ProducerRecord(queue.queueId, producerId, epoch, timeMs, 0);
    record.usedAtMs = timeMs;
    record.use = ++this.#group.uses;
    this.#changed.add(this.#group).add(record);
    const forgotten = queue.producers.use(record);
    if (forgotten !== undefined) this.#forget(forgotten);
    return record;
  }

  #register(queue: Queue, producerId: string): CommandResult {
    const known = queue.producers.get(producerId);
    // Above every epoch that was ever given here, also to producers that are forgotten by now.
    const epoch = Math.max(known?.epoch ?? 0, this.#group.epoch) + 1;
    if (epoch > machineLimits.epoch) return refuse('LIMIT', `Producer ${producerId} has no epoch left. Take another producer id.`);
    this.#group.epoch++;
    this.#use(queue, known, producerId, epoch).begin(epoch);
    return { ok: true, type: 'producer', epoch };
  }

  #take(queue: Queue, { clientId, requestId, max, maxBytes }: CommandOf<'take'>): CommandResult {
    const known = queue.clients.get(clientId);
    const earlier = known?.takenBy(requestId);
    if (earlier !== undefined)
      return { ok: true, type: 'taken', firstSequence: earlier.firstSequence, count: earlier.count, repeated: true };
    const firstSequence = Math.max((known?.position ?? 0) + 1, queue.blocks.firstSequence);
    if (firstSequence > queue.blocks.lastSequence || max === 0)
      return { ok: true, type: 'taken', firstSequence, count: 0, repeated: false };
    const client = known ?? this.#admit(queue, clientId);
    if (client === undefined) return tooManyClients(queue);
    const count = queue.blocks.countFrom(firstSequence, max, maxBytes);
    client.take(requestId, firstSequence, count);
    this.#moved(client);
    return { ok: true, type: 'taken', firstSequence, count, repeated: false };
  }

  #setPosition(queue: Queue, command: CommandOf<'seek'> | CommandOf<'commit'>): CommandResult {
    const client = queue.clients.get(command.clientId) ?? this.#admit(queue, command.clientId);
    if (client === undefined) return tooManyClients(queue);
    const position = Math.min(command.position, queue.blocks.lastSequence);
    if (command.type === 'seek') client.seek(position);
    else client.position = Math.max(client.position, position);
    this.#moved(client);
    return { ok: true, type: 'position', position: client.position };
  }

  /** A client that the queue did not know; undefined when it knows as many as it may. */
  #admit(queue: Queue, clientId: string): ClientRecord | undefined {
    if (queue.clients.size >= machineLimits.clientsPerQueue) return undefined;
    const client = new ClientRecord(queue.queueId, clientId, this.#group.timeMs);
    queue.clients.set(clientId, client);
    return client;
  }

  #moved(client: ClientRecord): void {
    client.updatedAtMs = this.#group.timeMs;
    this.#changed.add(client);
  }

  #forgetClient(queue: Queue, clientId: string): CommandResult {
    const client = queue.clients.get(clientId);
    if (client === undefined) return refuse('NOT_FOUND', `Queue ${queue.name} knows no client ${clientId}.`);
    queue.clients.delete(clientId);
    this.#forget(client);
    return done;
  }

  #purge(queue: Queue, upTo: number): CommandResult {
    const removed = this.#drop(queue, upTo);
    return { ok: true, type: 'removed', ...removed };
  }

  #delete(queue: Queue): CommandResult {
    const { messages, bytes } = queue.blocks;
    for (const stored of [queue, ...queue.blocks.held(), ...queue.clients.values(), ...queue.producers.values()]) this.#forget(stored);
    this.#queues.byId.delete(queue.queueId);
    this.#queues.byName.delete(queue.name);
    this.#segments.delete(queue.queueId);
    this.#trims.delete(queue.queueId);
    this.#deleted.add(queue.queueId);
    return { ok: true, type: 'removed', messages, bytes };
  }

  #expire(): CommandResult {
    const idleSinceMs = this.#group.timeMs - machineLimits.producerIdleMs;
    for (const queue of this.#queues.byId.values()) {
      this.#retain(queue, queue.agedUpTo(this.#group.timeMs));
      for (const producer of queue.producers.forgetBefore(idleSinceMs)) this.#forget(producer);
    }
    return done;
  }

  /** Drops what the options of the queue do not keep. */
  #retain(queue: Queue, upTo = queue.overflowingUpTo(this.#group.timeMs)): void {
    queue.dropped += this.#drop(queue, upTo).messages;
  }

  #drop(queue: Queue, upTo: number): { readonly messages: number; readonly bytes: number } {
    if (upTo < queue.blocks.firstSequence) return { messages: 0, bytes: 0 };
    const removed = queue.blocks.dropUpTo(upTo, this.#touch);
    if (removed.messages > 0) {
      this.#trims.set(queue.queueId, queue.blocks.firstSequence - 1);
      this.#changed.add(queue);
    }
    return removed;
  }

  #forget(stored: Exclude<Stored, GroupRecord>): void {
    stored.gone = true;
    this.#changed.add(stored);
  }

  readonly #touch = (stored: Stored): void => {
    this.#changed.add(stored);
  };
}

/** Options in one order of keys, however they came. */
function canonical(options: Queue['options']): readonly unknown[] {
  const { maxMessages, maxBytes, maxAgeMs, maxMessageBytes, overflow, readRole, appendRole } = options;
  return [maxMessages, maxBytes, maxAgeMs, maxMessageBytes, overflow, readRole, appendRole];
}

function tooManyClients(queue: Queue): CommandRefusal {
  return refuse(
    'LIMIT',
    `Queue ${queue.name} knows ${machineLimits.clientsPerQueue} clients, the most it may. Forget one that is not needed.`,
  );
}

function refuse(code: CommandRefusal['code'], message: string): CommandRefusal {
  return { ok: false, code, message };
}
