import type { Group } from '../../engine/group.ts';
import { compileFilter, type MessageFilter } from '../../filter/index.ts';
import type { QueueMessage, QueueState } from '../../machine/types.ts';
import type { Answer, OperationOf } from '../../protocol/index.ts';
import type { Handler } from './context.ts';
import { findQueue, requireRole } from './queue-lookup.ts';
import { internalRefusal, notLeader, refusalOf } from './refusals.ts';

type Fetch = OperationOf<'FETCH'>;

/** Looked at for one answer when a filter leaves most of them out: then the caller goes on from `scanned_to`. */
const mostScanned = 10_000;
const mostScannedBytes = 32 * 1_048_576;
const pageMessages = 500;
const pageBytes = 4 * 1_048_576;

/** `FETCH`: looks at messages without moving anybody's position. */
export const fetchMessages: Handler<'FETCH'> = ({ engine }, operation, call) => {
  const found = findQueue(engine, operation.queue_name, call);
  if (found === undefined) return;
  const { group, queue } = found;
  requireRole(call, queue.options.readRole, `read ${queue.name}`);
  const matches = operation.filter === '' ? undefined : compileFilter(operation.filter);
  const go = () =>
    scan(group, queue.queueId, operation, matches).then(
      (answer) => call.answer(answer),
      (error: unknown) => call.refuse(refusalOf(error) ?? internalRefusal),
    );
  if (operation.level === 'local') void go();
  else if (!group.driver.serves) call.refuse(notLeader(group));
  else group.driver.confirm((confirmed) => (confirmed ? void go() : call.refuse(notLeader(group))));
};

/** What a look at messages has found so far. */
class Collection {
  readonly messages: QueueMessage[] = [];
  scanned = 0;
  /** Nothing more is wanted in this answer. */
  isFull = false;
  readonly #operation: Fetch;
  readonly #matches: MessageFilter | undefined;
  #keptBytes = 0;
  #scannedBytes = 0;

  constructor(operation: Fetch, matches: MessageFilter | undefined) {
    this.#operation = operation;
    this.#matches = matches;
  }

  /** How many messages to read next. */
  get pageMessages(): number {
    return this.#matches === undefined ? Math.min(pageMessages, this.#operation.max - this.messages.length) : pageMessages;
  }

  /** False: it does not go into this answer any more. */
  look(message: QueueMessage): boolean {
    const { max, max_bytes: maxBytes, preview_bytes: previewBytes = Number.MAX_SAFE_INTEGER } = this.#operation;
    const sizeBytes = message.data.byteLength;
    const matched = this.#matches === undefined || this.#matches(message);
    if (matched && this.messages.length > 0 && this.#keptBytes + Math.min(sizeBytes, previewBytes) > maxBytes) {
      this.isFull = true;
      return false;
    }
    this.scanned += 1;
    this.#scannedBytes += sizeBytes;
    if (matched) {
      this.messages.push(message);
      this.#keptBytes += Math.min(sizeBytes, previewBytes);
    }
    this.isFull = this.messages.length >= max || this.scanned >= mostScanned || this.#scannedBytes >= mostScannedBytes;
    return true;
  }
}

async function scan(group: Group, queueId: string, operation: Fetch, matches: MessageFilter | undefined): Promise<Answer> {
  const queue = group.driver.machine.queue(queueId);
  const appliedIndex = group.driver.appliedIndex;
  if (queue === undefined) return { fields: { ...emptyFields(1, 0), applied_index: appliedIndex }, messages: [] };
  const direction = operation.direction ?? (beginsAtTheEnd(operation) ? 'backward' : 'forward');
  const bounds = await boundsOf(group, queue, operation, direction);
  const found = new Collection(operation, matches);
  let { low, high } = bounds;
  while (low <= high && !found.isFull) {
    const range = { queueId, fromSequence: low, toSequence: high, limit: found.pageMessages, maxBytes: pageBytes };
    const page = direction === 'forward' ? await group.reader.forward(range) : await group.reader.backward(range);
    if (page.length === 0) break;
    for (const message of page) {
      if (found.isFull || !found.look(message)) break;
      if (direction === 'forward') low = message.sequence + 1;
      else high = message.sequence - 1;
    }
  }
  return {
    fields: {
      first_sequence: queue.firstSequence,
      last_sequence: queue.lastSequence,
      scanned_from: direction === 'forward' ? bounds.low : high + 1,
      scanned_to: direction === 'forward' ? low - 1 : bounds.high,
      scanned: found.scanned,
      more: low <= high,
      applied_index: appliedIndex,
    },
    messages: found.messages,
    previewBytes: operation.preview_bytes,
    dataOffset: operation.data_offset,
  };
}

function emptyFields(firstSequence: number, lastSequence: number): Readonly<Record<string, unknown>> {
  return { first_sequence: firstSequence, last_sequence: lastSequence, scanned_from: 0, scanned_to: 0, scanned: 0, more: false };
}

function beginsAtTheEnd({ from, from_sequence, from_time_ms }: Fetch): boolean {
  return from === 'latest' || (from === undefined && from_sequence === undefined && from_time_ms === undefined);
}

/** Which messages come into question, both ends included; none when `low` is above `high`. */
async function boundsOf(
  group: Group,
  { queueId, firstSequence, lastSequence }: QueueState,
  operation: Fetch,
  direction: 'forward' | 'backward',
): Promise<{ readonly low: number; readonly high: number }> {
  const start = await startOf(group, queueId, lastSequence, operation);
  if (direction === 'forward') {
    const low = start ?? firstSequence;
    return { low: Math.max(low, firstSequence), high: Math.min(operation.to_sequence ?? lastSequence, lastSequence) };
  }
  const high = start ?? lastSequence;
  return { low: Math.max(operation.to_sequence ?? firstSequence, firstSequence), high: Math.min(high, lastSequence) };
}

async function startOf(group: Group, queueId: string, lastSequence: number, operation: Fetch): Promise<number | undefined> {
  if (operation.from_sequence !== undefined) return operation.from_sequence;
  if (operation.from_time_ms !== undefined) return group.reader.sequenceAt(queueId, operation.from_time_ms, lastSequence);
  return operation.from === 'latest' && operation.direction === 'forward' ? lastSequence + 1 : undefined;
}
