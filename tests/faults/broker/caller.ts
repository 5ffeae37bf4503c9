/** A client of the cluster as Jepsen would write one: it finds the leader, and says of each operation what it really knows. */
import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionLost, type QueueAnswer, QueueConnection, type QueueRequest } from '../../helpers/queue-connection.ts';
import type { Outcome } from './checker/evidence.ts';

/** Where brokers are, by what they are called in a run. */
export interface BrokerPlace {
  readonly name: string;
  readonly port: number;
}

export interface CallResult {
  readonly outcome: Outcome;
  /** The broker that answered last. */
  readonly broker: string;
  /** Of `ok`. */
  readonly answer: QueueAnswer;
  /** Of the others: what was said last. */
  readonly error: string;
}

/** Refusals that another broker, or the same one a little later, may not repeat. None of them was executed. */
const passing = new Set(['NOT_LEADER', 'NO_QUORUM', 'OVERLOADED', 'STORAGE_FULL', 'STORAGE_FAILED', 'NOT_FOUND', 'STOPPING']);

/** Between two attempts: what a program would wait. */
const pauseMs = 20;
/** A broker that is frozen or cut off says nothing. */
const answerTimeoutMs = 3_000;

const nobody: QueueAnswer = { status: 'error' };

export class Caller {
  readonly #places: () => readonly BrokerPlace[];
  readonly #token: string;
  readonly #connections = new Map<string, QueueConnection>();
  #target = 0;

  constructor(places: () => readonly BrokerPlace[], token: string) {
    this.#places = places;
    this.#token = token;
  }

  /**
   * Asks until there is an outcome.
   *
   * @param repeatable the broker knows a repetition by its stamp or its id: an unknown outcome is asked about again
   * @param giveUpAfterMs then the outcome is `info`, or `fail` when every attempt was refused for certain
   */
  async call(
    request: QueueRequest,
    { repeatable, giveUpAfterMs = 60_000 }: { repeatable: boolean; giveUpAfterMs?: number },
  ): Promise<CallResult> {
    const untilMs = performance.now() + giveUpAfterMs;
    let maybe = false;
    let broker = '';
    let error = 'nobody was there to ask';
    while (performance.now() < untilMs) {
      const places = this.#places();
      const place = places[this.#target % places.length] as BrokerPlace;
      broker = place.name;
      const attempt = await this.#attempt(place, request);
      if (attempt.kind === 'answer' && attempt.answer.status === 'success')
        return { outcome: 'ok', broker, answer: attempt.answer, error: '' };
      error = attempt.error;
      if (attempt.kind === 'unknown') {
        maybe = true;
        if (!repeatable) break;
      } else if (attempt.kind === 'answer' && !passing.has(attempt.answer.code ?? '')) break;
      this.#aim(attempt.kind === 'answer' ? attempt.answer : undefined);
      await pause(pauseMs);
    }
    return { outcome: maybe ? 'info' : 'fail', broker, answer: nobody, error };
  }

  /** Asks one broker once. @throws ConnectionLost, Error when it cannot be reached */
  async callAt(place: BrokerPlace, request: QueueRequest): Promise<QueueAnswer> {
    return (await this.#connection(place)).request(request, answerTimeoutMs);
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  async #attempt(
    place: BrokerPlace,
    request: QueueRequest,
  ): Promise<
    | { readonly kind: 'answer'; readonly answer: QueueAnswer; readonly error: string }
    | { readonly kind: 'unknown' | 'notSent'; readonly error: string }
  > {
    let connection: QueueConnection;
    try {
      connection = await this.#connection(place);
    } catch (error) {
      return { kind: 'notSent', error: String(error) };
    }
    try {
      const answer = await connection.request(request, answerTimeoutMs);
      const text = `${answer.code} ${answer.executed ?? ''}: ${answer.message}`;
      if (answer.code === 'TIMEOUT' || answer.executed === 'maybe') return { kind: 'unknown', error: text };
      return { kind: 'answer', answer, error: text };
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      return { kind: 'unknown', error: error.message };
    }
  }

  /** The broker that the last one named, else the next one. */
  #aim(refusal: QueueAnswer | undefined): void {
    const leader = refusal?.leader as { readonly port?: number } | null | undefined;
    const named = this.#places().findIndex(({ port }) => port === leader?.port);
    this.#target = named === -1 ? this.#target + 1 : named;
  }

  async #connection({ name, port }: BrokerPlace): Promise<QueueConnection> {
    const there = this.#connections.get(name);
    if (there?.isOpen === true) return there;
    const connection = await QueueConnection.open(port);
    const answer = await connection.request({ operation: 'AUTH', token: this.#token }, answerTimeoutMs).catch((error: unknown) => {
      connection.close();
      throw error;
    });
    if (answer.status !== 'success') {
      connection.close();
      throw new Error(`${name} refused the token: ${answer.message}`);
    }
    this.#connections.set(name, connection);
    return connection;
  }
}
