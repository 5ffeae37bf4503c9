import type { SimulatedCommand } from './machine.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

const timeoutMs = 1_500;

/** What all clients together have been told: what no later answer may contradict. */
export class History {
  /** Positions of acknowledged values. */
  readonly acknowledged = new Map<string, number>();
  /** The longest list that anybody was told of, by an acknowledgement or a read. */
  observed = 0;
  reads = 0;

  acknowledge(value: string, position: number, observedBefore: number): void {
    if (position <= observedBefore)
      throw new Violation('order in time', `${value} is at ${position}, ${observedBefore} was seen before it was sent`);
    this.acknowledged.set(value, position);
    this.observed = Math.max(this.observed, position);
  }

  /** Linearizable: a read sees whatever anybody was told of before it began. */
  read(values: readonly string[], observedBefore: number): void {
    if (values.length < observedBefore)
      throw new Violation('linearizable reads', `${values.length} values, ${observedBefore} were seen before`);
    this.observed = Math.max(this.observed, values.length);
    this.reads++;
  }
}

/** Appends and reads, one thing after the other, and repeats an append until it is acknowledged. */
export class SimulatedClient {
  readonly #name: string;
  readonly #world: World;
  #sequence = 0;
  #request = 0;
  #stopped = false;

  constructor(name: string, world: World) {
    this.#name = name;
    this.#world = world;
    world.events.in(world.random.between(0, 500), () => this.#next());
  }

  stop(): void {
    this.#stopped = true;
  }

  #next(): void {
    if (this.#stopped) return;
    if (this.#world.random.chance(0.4)) this.#read();
    else {
      this.#sequence++;
      this.#append(this.#world.history.observed);
    }
  }

  #later(): void {
    this.#world.events.in(this.#world.random.between(1, 60), () => this.#next());
  }

  /** Runs the first of answer and timeout. */
  #expect<Answer>(onAnswer: (answer: Answer) => void, onTimeout: () => void): (answer: Answer) => void {
    const request = ++this.#request;
    this.#world.events.in(timeoutMs, () => {
      if (this.#request === request) onTimeout();
    });
    return (answer) => {
      this.#world.events.in(this.#world.random.between(0.2, 3), () => {
        if (this.#request !== request) return;
        this.#request++;
        onAnswer(answer);
      });
    };
  }

  #append(observedBefore: number): void {
    const command: SimulatedCommand = { client: this.#name, sequence: this.#sequence, value: `${this.#name}:${this.#sequence}` };
    const again = () => {
      if (!this.#stopped) this.#world.events.in(this.#world.random.between(5, 100), () => this.#append(observedBefore));
    };
    const answered = this.#expect<{ readonly position: number | undefined }>(({ position }) => {
      if (position === undefined) return again();
      this.#world.history.acknowledge(command.value, position, observedBefore);
      this.#later();
    }, again);
    this.#world.someBroker()?.propose(new TextEncoder().encode(JSON.stringify(command)), answered);
  }

  #read(): void {
    const observedBefore = this.#world.history.observed;
    const answered = this.#expect<{ readonly values: readonly string[] | undefined }>(
      ({ values }) => {
        if (values !== undefined) this.#world.history.read(values, observedBefore);
        this.#later();
      },
      () => this.#later(),
    );
    this.#world.someBroker()?.read((answer) => answered({ values: answer.values?.slice() }));
  }
}
