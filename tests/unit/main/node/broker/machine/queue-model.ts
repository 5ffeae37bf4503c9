/** The state machine once more, as plainly as it can be written: every message an object, nothing clever. */
import type {
  Command,
  CommandResult,
  NewMessage,
  ProducerStamp,
  QueueOptions,
} from '../../../../../../src/main/node/broker/machine/index.ts';
import { decodeMessages, encodeMessages } from '../../../../../../src/main/node/broker/machine/index.ts';

export interface ModelMessage {
  readonly sequence: number;
  readonly timeMs: number;
  readonly clientId: string;
  readonly sizeBytes: number;
  readonly text: string;
}

export interface ModelQueue {
  readonly queueId: string;
  readonly name: string;
  options: QueueOptions;
  last: number;
  dropped: number;
  messages: ModelMessage[];
  readonly clients: Map<string, { position: number; taken: { id: string; first: number; count: number }[] }>;
  readonly producers: Map<string, { epoch: number; places: Map<number, number> }>;
}

const refused = (code: string): { code: string } => ({ code });

export class QueueModel {
  readonly queues = new Map<string, ModelQueue>();
  timeMs = 0;
  epochs = 0;

  /** @returns the result, of a refusal its code alone */
  apply(command: Command): Partial<CommandResult> | { code: string } {
    this.timeMs = Math.max(this.timeMs, command.timeMs);
    if (command.type === 'expire') return { type: 'done' };
    if (command.type === 'createQueue') return this.create(command);
    const queue = this.queues.get(command.queueId);
    if (queue === undefined) return refused('NOT_FOUND');
    switch (command.type) {
      case 'append':
        return this.append(queue, command);
      case 'take':
        return this.take(queue, command);
      case 'seek':
      case 'commit': {
        const client = clientOf(queue, command.clientId);
        const position = Math.min(command.position, queue.last);
        client.position = command.type === 'seek' ? position : Math.max(client.position, position);
        if (command.type === 'seek') client.taken = [];
        return { type: 'position', position: client.position };
      }
      case 'forgetClient':
        return queue.clients.delete(command.clientId) ? { type: 'done' } : refused('NOT_FOUND');
      case 'registerProducer': {
        const epoch = Math.max(queue.producers.get(command.producerId)?.epoch ?? 0, this.epochs++) + 1;
        queue.producers.set(command.producerId, { epoch, places: new Map() });
        return { type: 'producer', epoch };
      }
      case 'configureQueue':
        queue.options = command.options;
        retain(queue);
        return { type: 'done' };
      case 'purge': {
        const gone = queue.messages.filter(({ sequence }) => sequence <= command.upTo);
        queue.messages = queue.messages.filter(({ sequence }) => sequence > command.upTo);
        return { type: 'removed', messages: gone.length, bytes: bytesOf(gone) };
      }
      case 'deleteQueue':
        this.queues.delete(queue.queueId);
        return { type: 'removed', messages: queue.messages.length, bytes: bytesOf(queue.messages) };
    }
  }

  private create(command: Extract<Command, { type: 'createQueue' }>): Partial<CommandResult> | { code: string } {
    const { queueId, name, options } = command;
    const there = [...this.queues.values()].find((queue) => queue.name === name);
    if (there !== undefined) {
      const same = (Object.keys(options) as (keyof QueueOptions)[]).every((key) => options[key] === there.options[key]);
      return same ? { type: 'queue', queueId: there.queueId, created: false } : refused('CONFLICT');
    }
    if (this.queues.has(queueId)) return refused('CONFLICT');
    this.queues.set(queueId, { queueId, name, options, last: 0, dropped: 0, messages: [], clients: new Map(), producers: new Map() });
    return { type: 'queue', queueId, created: true };
  }

  private append(queue: ModelQueue, command: Extract<Command, { type: 'append' }>): Partial<CommandResult> | { code: string } {
    const { producer, batch } = command;
    const known = producer === null ? undefined : queue.producers.get(producer.producerId);
    const judged = producer === null ? undefined : judge(known, producer, batch.count);
    if (judged !== undefined) return judged;
    const messages = decodeMessages(batch);
    const sizes = messages.map((message) => encodeMessages([message]).data.byteLength);
    const { maxMessageBytes, maxBytes, maxMessages, overflow } = queue.options;
    if (messages.some(({ data }) => data.byteLength > maxMessageBytes)) return refused('TOO_LARGE');
    if (maxBytes !== null && sizes.some((size) => size > maxBytes)) return refused('TOO_LARGE');
    const added = sizes.reduce((sum, size) => sum + size, 0);
    const full =
      (maxMessages !== null && queue.messages.length + batch.count > maxMessages) ||
      (maxBytes !== null && bytesOf(queue.messages) + added > maxBytes);
    if (overflow === 'reject' && full) return refused('QUEUE_FULL');
    const firstSequence = queue.last + 1;
    for (const [index, message] of messages.entries()) {
      const text = textOf(message);
      const sizeBytes = sizes[index] as number;
      queue.messages.push({ sequence: ++queue.last, timeMs: this.timeMs, clientId: command.clientId, sizeBytes, text });
    }
    if (producer !== null) {
      const record =
        known !== undefined && known.epoch === producer.epoch ? known : { epoch: producer.epoch, places: new Map<number, number>() };
      for (let offset = 0; offset < batch.count; offset++) record.places.set(producer.sequence + offset, firstSequence + offset);
      queue.producers.set(producer.producerId, record);
    }
    retain(queue);
    return { type: 'appended', firstSequence, count: batch.count, repeated: false };
  }

  private take(queue: ModelQueue, command: Extract<Command, { type: 'take' }>): Partial<CommandResult> {
    const { clientId, requestId, max, maxBytes } = command;
    const earlier = queue.clients.get(clientId)?.taken.find(({ id }) => id === requestId);
    if (earlier !== undefined) return { type: 'taken', firstSequence: earlier.first, count: earlier.count, repeated: true };
    const position = queue.clients.get(clientId)?.position ?? 0;
    const rest = queue.messages.filter(({ sequence }) => sequence > position);
    let bytes = 0;
    const given = rest.filter(({ sizeBytes }, index) => {
      bytes += sizeBytes;
      return index < max && (index === 0 || bytes <= maxBytes);
    });
    if (given.length === 0) return { type: 'taken', count: 0, repeated: false };
    const client = clientOf(queue, clientId);
    const first = (given[0] as ModelMessage).sequence;
    client.position = first + given.length - 1;
    if (requestId !== null) client.taken = [...client.taken, { id: requestId, first, count: given.length }].slice(-16);
    return { type: 'taken', firstSequence: first, count: given.length, repeated: false };
  }
}

/** @returns the answer, unless the messages are the next of their producer */
function judge(
  known: { epoch: number; places: Map<number, number> } | undefined,
  { epoch, sequence }: ProducerStamp,
  count: number,
): Partial<CommandResult> | { code: string } | undefined {
  if (known === undefined) return sequence > 1 ? refused('PRODUCER_DUPLICATE_LOST') : undefined;
  if (epoch < known.epoch) return refused('PRODUCER_FENCED');
  const places = epoch > known.epoch ? new Map<number, number>() : known.places;
  if (sequence > places.size + 1) return refused('PRODUCER_GAP');
  if (sequence > places.size) return undefined;
  const first = places.get(sequence) as number;
  for (let offset = 0; offset < count; offset++) if (places.get(sequence + offset) !== first + offset) return refused('CONFLICT');
  return { type: 'appended', firstSequence: first, count, repeated: true };
}

/** What of a message must come back. */
export function textOf({ key, headers, encoding, data }: NewMessage): string {
  return JSON.stringify([key, headers, encoding, Buffer.from(data).toString('hex')]);
}

function clientOf(queue: ModelQueue, clientId: string): { position: number; taken: { id: string; first: number; count: number }[] } {
  const client = queue.clients.get(clientId) ?? { position: 0, taken: [] };
  queue.clients.set(clientId, client);
  return client;
}

function bytesOf(messages: readonly ModelMessage[]): number {
  return messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function retain(queue: ModelQueue): void {
  const { maxMessages, maxBytes, overflow } = queue.options;
  if (overflow === 'reject') return;
  const tooMany = () => maxMessages !== null && queue.messages.length > maxMessages;
  const tooMuch = () => maxBytes !== null && bytesOf(queue.messages) > maxBytes;
  while (tooMany() || tooMuch()) {
    queue.messages.shift();
    queue.dropped++;
  }
}
