import { createHash } from 'node:crypto';

/** What clients of the simulation ask for. */
export interface SimulatedCommand {
  readonly client: string;
  /** Of the client, from 1; the same for a retry. */
  readonly sequence: number;
  readonly value: string;
}

/** A list of unique values with producers that may repeat themselves: the least state machine that shows a lost or doubled append. */
export class ListMachine {
  readonly #values: string[];
  readonly #answers: Map<string, { readonly sequence: number; readonly position: number }>;
  #hash: string;

  constructor(from?: ListMachine) {
    this.#values = [...(from?.values ?? [])];
    this.#answers = new Map(from === undefined ? [] : from.#answers);
    this.#hash = from?.hash ?? '';
  }

  get values(): readonly string[] {
    return this.#values;
  }

  get hash(): string {
    return this.#hash;
  }

  /** @returns the position of the value, from 1: for a retry that of the first time. */
  apply(data: Uint8Array, remembersProducers: boolean): number {
    const command: SimulatedCommand = JSON.parse(new TextDecoder().decode(data));
    const before = this.#answers.get(command.client);
    if (remembersProducers && before !== undefined && before.sequence >= command.sequence) return before.position;
    this.#values.push(command.value);
    this.#answers.set(command.client, { sequence: command.sequence, position: this.#values.length });
    this.#hash = createHash('sha256').update(`${this.#hash} ${command.value}`).digest('base64');
    return this.#values.length;
  }
}
