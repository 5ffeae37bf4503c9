import { Violation } from './violation.ts';

/** What all clients together have been told: what no later answer may contradict. */
export class History {
  /** Positions of acknowledged values. */
  readonly acknowledged = new Map<string, number>();
  /** The longest list that anybody was told of, by an acknowledgement or a read. */
  observed = 0;
  reads = 0;
  takes = 0;
  /** The last position that each client has taken. */
  readonly #taken = new Map<string, number>();

  acknowledge(value: string, position: number, observedBefore: number): void {
    if (position <= observedBefore) {
      throw new Violation('order in time', `${value} is at ${position}, ${observedBefore} was seen before it was sent`);
    }
    this.acknowledged.set(value, position);
    this.observed = Math.max(this.observed, position);
  }

  /** Linearizable: a read sees whatever anybody was told of before it began. */
  read(length: number, observedBefore: number): void {
    if (length < observedBefore) throw new Violation('linearizable reads', `${length} values, ${observedBefore} were seen before`);
    this.observed = Math.max(this.observed, length);
    this.reads++;
  }

  /** A client gets every message once and in order, however often it has to ask. */
  take(client: string, firstSequence: number, count: number): void {
    const taken = this.#taken.get(client) ?? 0;
    if (count > 0 && firstSequence !== taken + 1)
      throw new Violation('taken once, in order', `${client} got ${firstSequence} after ${taken}`);
    this.#taken.set(client, taken + count);
    this.observed = Math.max(this.observed, taken + count);
    this.takes++;
  }
}
