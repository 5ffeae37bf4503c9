import type { LogEntry } from '../../src/main/node/broker/core/types.ts';
import { encodeBundle, encodeCommand, encodeMessages, QueueMachine, readRuns } from '../../src/main/node/broker/machine/index.ts';
import type { Command, CommandResult, StateRow } from '../../src/main/node/broker/machine/types.ts';

const queueId = 'Q-SIMULQUEUE';
const createQueue = {
  type: 'createQueue',
  queueId,
  name: 'simulated',
  options: {
    maxMessages: null,
    maxBytes: null,
    maxAgeMs: null,
    maxMessageBytes: 1_000,
    overflow: 'reject',
    readRole: 'viewer',
    appendRole: 'operator',
  },
} as const;

/** One value of a producer, the same for a retry. Every bundle creates the queue: the first one does. */
export function appendOf(producerId: string, sequence: number, value: string, remembersProducers: boolean, timeMs: number): Uint8Array {
  const batch = encodeMessages([{ key: null, headers: {}, encoding: 'bytes', data: new TextEncoder().encode(value) }]);
  const producer = remembersProducers ? { producerId, epoch: 1, sequence } : null;
  return bundle({ ...createQueue, timeMs }, { type: 'append', queueId, clientId: producerId, producer, batch, timeMs });
}

/** The next values for a client; the same again for the same request. */
export function takeOf(clientId: string, requestId: string, timeMs: number): Uint8Array {
  return bundle({ ...createQueue, timeMs }, { type: 'take', queueId, clientId, requestId, max: 5, maxBytes: 10_000, timeMs });
}

function bundle(...commands: readonly Command[]): Uint8Array {
  return encodeBundle(commands.map(encodeCommand));
}

/** The product's own state machine, with the rows and messages that its store would hold. */
export class QueueState {
  readonly #machine: QueueMachine;
  readonly #rows: Map<string, StateRow>;
  readonly #values: string[];

  /** Empty, or made from the rows of another as after a restart. */
  constructor(from?: QueueState) {
    this.#rows = new Map(from === undefined ? [] : from.#collected());
    this.#values = [...(from?.values ?? [])];
    this.#machine = QueueMachine.restore([...this.#rows.values()]);
  }

  /** Everything that was ever appended, in order. */
  get values(): readonly string[] {
    return this.#values;
  }

  get hash(): string {
    return `${this.#machine.stateHash()} ${this.#values.at(-1)}`;
  }

  /** @returns what the last command of the entry gives. */
  apply(entry: LogEntry): CommandResult | undefined {
    const applied = this.#machine.apply(entry);
    const decoder = new TextDecoder();
    for (const { data } of applied.segments) for (const message of readRuns(data)) this.#values.push(decoder.decode(message.data));
    return applied.results.at(-1);
  }

  #collected(): ReadonlyMap<string, StateRow> {
    for (const row of this.#machine.collectRows()) {
      if (row.value === null) this.#rows.delete(`${row.table} ${row.key}`);
      else this.#rows.set(`${row.table} ${row.key}`, row);
    }
    return this.#rows;
  }
}
