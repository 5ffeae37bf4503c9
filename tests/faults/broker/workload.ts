/**
 * Clients of a run: producers with and without a stamp, consumers that take, a few that share one position and move it about, and lookers
 * at the leader and at replicas. Each does one thing at a time and writes into the history what it asked and what it really knows.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { QueueAnswer, QueueRequest } from '../../helpers/queue-connection.ts';
import { type BrokerPlace, Caller } from './caller.ts';
import type { Answered, Asked, Entry } from './checker/evidence.ts';
import type { History } from './history.ts';

/** Refusals that say something about the broker, not about the faults: each is looked at by a person. */
const expectedErrors =
  /^(NOT_LEADER|NO_QUORUM|OVERLOADED|STORAGE_\w+|TIMEOUT|NOT_FOUND|STOPPING|undefined)\b|^no answer|^the connection|^closed|ECONN|EPIPE/;

/** Messages of one append at most; mostly one. */
const batchMost = 5;
/** Of the shared position: slow, so that the search for an order stays small. */
const sharedPauseMs = 40;
/** Then it is left alone and another begun: what has no known outcome may take effect at any later time, and the search tries them all. */
const sharedUnknownMost = 4;
const sharedOperationsMost = 500;
const lookPauseMs = 100;
const lookedAtMost = 60;
/** The consumer has caught up: no point in asking without a pause. */
const emptyPauseMs = 10;

export interface WorkloadOptions {
  readonly history: History;
  readonly queues: readonly string[];
  readonly places: () => readonly BrokerPlace[];
  readonly token: string;
  /** Of each queue. */
  readonly producers: { readonly stamped: number; readonly plain: number };
  /** Of a producer between two appends, milliseconds: a history is read as a whole in the end. */
  readonly producerPauseMs: number;
  /** After which an operation without a known outcome is left alone, milliseconds. */
  readonly giveUpAfterMs: number;
}

export class Workload {
  readonly #options: WorkloadOptions;
  readonly #strange = new Map<string, number>();
  #running = true;
  #consuming = true;
  #patient = true;
  #shared = { name: 'shared-1', number: 1, operations: 0, unknown: 0 };
  #producers: Promise<void>[] = [];
  #others: Promise<void>[] = [];

  constructor(options: WorkloadOptions) {
    this.#options = options;
  }

  start(): void {
    const { queues, producers } = this.#options;
    for (const queue of queues) {
      for (let at = 0; at < producers.stamped; at++) this.#producers.push(this.#with((caller) => this.#produceStamped(caller, queue)));
      for (let at = 0; at < producers.plain; at++) this.#producers.push(this.#with((caller) => this.#producePlain(caller, queue)));
      this.#others.push(this.#with((caller) => this.#consume(caller, queue)));
      this.#others.push(this.#with((caller) => this.#look(caller, queue)));
    }
    const [first = ''] = queues;
    for (let at = 0; at < 3; at++) this.#others.push(this.#with((caller) => this.#share(caller, first)));
  }

  /**
   * Stops appending, lets the consumers have what is left, and ends. Resolves when every client has its last answer.
   *
   * @param giveUpAfterMs consumers that cannot have what is left go without it then
   */
  async stop(giveUpAfterMs: number): Promise<void> {
    this.#running = false;
    await Promise.all(this.#producers);
    this.#consuming = false;
    const giveUp = setTimeout(() => {
      this.#patient = false;
    }, giveUpAfterMs);
    await Promise.all(this.#others);
    clearTimeout(giveUp);
  }

  /** Answers that no fault explains, and how often each came. */
  get strangeErrors(): readonly string[] {
    return [...this.#strange].map(([error, count]) => `${count} times ${error}`);
  }

  async #with(client: (caller: Caller) => Promise<void>): Promise<void> {
    const caller = new Caller(this.#options.places, this.#options.token);
    try {
      await client(caller);
    } finally {
      caller.close();
    }
  }

  /** One operation of the history, from the first attempt to the last answer. @returns whether the process may go on */
  async #do(
    process: number,
    caller: Caller,
    asked: Asked,
    { request, repeatable, understand }: { request: QueueRequest; repeatable: boolean; understand: (answer: QueueAnswer) => Answered },
  ): Promise<{ readonly goesOn: boolean; readonly done: boolean; readonly answered: Answered }> {
    const { history } = this.#options;
    const begun = history.begin(process, asked);
    const { outcome, broker, answer, error } = await caller.call(request, { repeatable, giveUpAfterMs: this.#options.giveUpAfterMs });
    if (outcome !== 'ok' && !expectedErrors.test(error)) this.#strange.set(error, (this.#strange.get(error) ?? 0) + 1);
    if (outcome !== 'ok') {
      history.end(begun, { outcome, broker, error }, asked.f === 'append');
      return { goesOn: outcome === 'fail', done: false, answered: {} };
    }
    const answered = understand(answer);
    history.end(begun, { outcome, broker, answered: { ...answered, ...placeOf(answer) } }, asked.f === 'append');
    return { goesOn: true, done: true, answered };
  }

  /** Exactly once: what it does not know, it asks again with the same stamp. Begins anew with another name when it is told nothing. */
  async #produceStamped(caller: Caller, queue: string): Promise<void> {
    while (this.#running) {
      const process = this.#options.history.newProcess();
      const id = `p${process}`;
      const registered = await caller.call({ operation: 'PRODUCER', queue_name: queue, producer_id: id }, { repeatable: true });
      if (registered.outcome !== 'ok') continue;
      const epoch = Number(registered.answer.epoch);
      let sequence = 1;
      for (let goesOn = true; goesOn && this.#running; ) {
        const values = batchOf(id, sequence);
        const request = { ...appendRequest(queue, id, values), producer: { id, epoch, sequence } };
        const result = await this.#do(process, caller, { f: 'append', queue, values }, { request, repeatable: true, understand: appended });
        if (result.done) sequence += values.length;
        // A refusal for certain leaves the stamp unused, but the value is burnt: a value is never sent by two operations.
        goesOn = result.done;
        await pause(this.#options.producerPauseMs);
      }
    }
  }

  async #producePlain(caller: Caller, queue: string): Promise<void> {
    while (this.#running) {
      const process = this.#options.history.newProcess();
      const id = `n${process}`;
      for (let next = 1, goesOn = true; goesOn && this.#running; ) {
        const values = batchOf(id, next);
        next += values.length;
        const request = appendRequest(queue, id, values);
        ({ goesOn } = await this.#do(
          process,
          caller,
          { f: 'append', queue, values },
          { request, repeatable: false, understand: appended },
        ));
        await pause(this.#options.producerPauseMs);
      }
    }
  }

  /** Takes until there is nothing left after the producers have ended. */
  async #consume(caller: Caller, queue: string): Promise<void> {
    let process = this.#options.history.newProcess();
    const client = `reader-${queue}`;
    for (let isDrained = false; !isDrained && this.#patient; ) {
      const wasOver = !this.#consuming;
      const { goesOn, done, answered } = await this.#take(process, caller, queue, client, 1 + randomInt(100));
      const isEmpty = done && answered.entries?.length === 0;
      isDrained = wasOver && isEmpty;
      if (!goesOn) process = this.#options.history.newProcess();
      if (isEmpty) await pause(emptyPauseMs);
    }
  }

  /** Several of these use one position of their own at once, and move it about. */
  async #share(caller: Caller, queue: string): Promise<void> {
    let process = this.#options.history.newProcess();
    let reached = 0;
    const understand = ({ position }: QueueAnswer): Answered => ({ position: Number(position) });
    while (this.#running) {
      const shared = this.#sharedNow();
      const client = shared.name;
      const dice = randomInt(10);
      let goesOn: boolean;
      if (dice < 6) {
        const taken = await this.#take(process, caller, queue, client, 1 + randomInt(3));
        goesOn = taken.goesOn;
        reached = Math.max(reached, taken.answered.position ?? 0);
      } else if (dice < 9) {
        const request = { operation: 'COMMIT', queue_name: queue, client_id: client, position: 0 };
        const asked = { f: 'commit', queue, client, position: 0 } as const;
        ({ goesOn } = await this.#do(process, caller, asked, { request, repeatable: true, understand }));
      } else {
        // Never beyond the end, which is where a seek ends otherwise.
        const position = randomInt(Math.min(reached, 50) + 1);
        const request = { operation: 'SEEK', queue_name: queue, client_id: client, position };
        // Not repeated: twice is not once when others take between.
        ({ goesOn } = await this.#do(process, caller, { f: 'seek', queue, client, position }, { request, repeatable: false, understand }));
      }
      if (!goesOn) {
        process = this.#options.history.newProcess();
        shared.unknown++;
      }
      await pause(sharedPauseMs);
    }
  }

  #sharedNow(): { readonly name: string; unknown: number } {
    const { number, unknown } = this.#shared;
    if (unknown >= sharedUnknownMost || ++this.#shared.operations > sharedOperationsMost)
      this.#shared = { name: `shared-${number + 1}`, number: number + 1, operations: 0, unknown: 0 };
    return this.#shared;
  }

  #take(process: number, caller: Caller, queue: string, client: string, max: number) {
    const request = { operation: 'READ', queue_name: queue, client_id: client, max, request_id: randomUUID() };
    return this.#do(process, caller, { f: 'take', queue, client, max }, { request, repeatable: true, understand: taken });
  }

  /** Looks near the end of the queue, at the leader or at any replica. */
  async #look(caller: Caller, queue: string): Promise<void> {
    const process = this.#options.history.newProcess();
    let last = 1;
    while (this.#running) {
      const from = Math.max(1, last - randomInt(50));
      const max = lookedAtMost;
      if (randomInt(2) === 0) {
        const asked = { f: 'fetch', queue, from, max, level: 'linearizable' } as const;
        const { answered } = await this.#do(process, caller, asked, {
          request: fetchRequest(asked),
          repeatable: true,
          understand: fetched,
        });
        last = answered.entries?.at(-1)?.[0] ?? last;
      } else await this.#lookAtReplica(process, caller, queue, from, max);
      await pause(lookPauseMs);
    }
  }

  async #lookAtReplica(process: number, caller: Caller, queue: string, from: number, max: number): Promise<void> {
    const { history, places } = this.#options;
    const all = places();
    const place = all[randomInt(all.length)] as BrokerPlace;
    const asked = { f: 'fetch', queue, from, max, level: 'local' } as const;
    const begun = history.begin(process, asked);
    const answer = await caller
      .callAt(place, fetchRequest(asked))
      .catch((error: unknown): QueueAnswer => ({ status: 'error', message: String(error) }));
    const isRead = answer.status === 'success';
    history.end(
      begun,
      isRead
        ? { outcome: 'ok', broker: place.name, answered: fetched(answer) }
        : { outcome: 'fail', broker: place.name, error: String(answer.message) },
      false,
    );
  }
}

/** Values are `process:counter`, unique in the run. */
function batchOf(id: string, first: number): string[] {
  const count = randomInt(4) === 0 ? 1 + randomInt(batchMost) : 1;
  return Array.from({ length: count }, (_, at) => `${id}:${first + at}`);
}

function appendRequest(queue: string, clientId: string, values: readonly string[]): QueueRequest {
  return { operation: 'APPEND', queue_name: queue, client_id: clientId, messages: values.map((data) => ({ data })) };
}

/** A look from a sequence on. */
export function fetchRequest({ queue, from, max, level }: Extract<Asked, { f: 'fetch' }>): QueueRequest {
  return { operation: 'FETCH', queue_name: queue, from_sequence: from, direction: 'forward', max, level };
}

function appended({ sequence_num }: QueueAnswer): Answered {
  return { first: Number(sequence_num) };
}

function taken(answer: QueueAnswer): Answered {
  return { entries: entriesOf(answer), ...(answer.position === undefined ? {} : { position: Number(answer.position) }) };
}

function fetched(answer: QueueAnswer): Answered {
  return { entries: entriesOf(answer) };
}

/** Messages of an answer. */
export function entriesOf({ messages }: QueueAnswer): Entry[] {
  return ((messages ?? []) as { sequence_num: number; data: string }[]).map(({ sequence_num, data }) => [sequence_num, data]);
}

/** The log entry that did it, where the broker says so. */
function placeOf({ term, index }: QueueAnswer): Answered {
  return typeof term === 'number' && typeof index === 'number' ? { term, index } : {};
}
