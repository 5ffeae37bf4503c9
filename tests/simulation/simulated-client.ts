import type { CommandResult } from '../../src/main/node/broker/machine/types.ts';
import { appendOf, takeOf } from './queue-state.ts';
import { Violation } from './violation.ts';
import type { World } from './world.ts';

const timeoutMs = 1_500;

/** Appends, takes and reads, one thing after the other; repeats an append or take until it is answered. */
export class SimulatedClient {
  readonly #name: string;
  readonly #world: World;
  #sequence = 0;
  #takes = 0;
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
    const { random } = this.#world;
    if (random.chance(0.3)) this.#read();
    else if (random.chance(0.2)) this.#take();
    else this.#append();
  }

  #later(): void {
    this.#world.events.in(this.#world.random.between(1, 60), () => this.#next());
  }

  /** The first of answer and timeout, which is not an answer: what was asked may have happened, or may yet. */
  #expect<Answer>(onAnswer: (answer: Answer | undefined) => void): (answer: Answer) => void {
    const request = ++this.#request;
    const once = (answer: Answer | undefined) => {
      if (this.#request !== request) return;
      this.#request++;
      onAnswer(answer);
    };
    this.#world.events.in(timeoutMs, () => once(undefined));
    return (answer) => this.#world.events.in(this.#world.random.between(0.2, 3), () => once(answer));
  }

  /** Asks one broker after the other until one has an answer. */
  #propose(data: Uint8Array, onAnswer: (result: CommandResult) => void): void {
    const answered = this.#expect<CommandResult | undefined>((result) => {
      if (result === undefined) {
        if (!this.#stopped) this.#world.events.in(this.#world.random.between(5, 100), () => this.#propose(data, onAnswer));
        return;
      }
      onAnswer(result);
      this.#later();
    });
    this.#world.someBroker()?.propose(data, answered);
  }

  #append(): void {
    const { history, events, planted } = this.#world;
    const observedBefore = history.observed;
    this.#sequence++;
    const value = `${this.#name}:${this.#sequence}`;
    this.#propose(appendOf(this.#name, this.#sequence, value, planted !== 'no-dedup', Math.floor(events.nowMs)), (result) => {
      if (!result.ok || result.type !== 'appended') throw new Violation('appends are taken', `${value}: ${JSON.stringify(result)}`);
      history.acknowledge(value, result.firstSequence, observedBefore);
    });
  }

  #take(): void {
    const { history, events } = this.#world;
    this.#takes++;
    this.#propose(takeOf(this.#name, `${this.#takes}`, Math.floor(events.nowMs)), (result) => {
      if (!result.ok || result.type !== 'taken') throw new Violation('takes are answered', JSON.stringify(result));
      history.take(this.#name, result.firstSequence, result.count);
    });
  }

  #read(): void {
    const { history } = this.#world;
    const observedBefore = history.observed;
    const answered = this.#expect<{ readonly length: number | undefined }>((answer) => {
      if (answer?.length !== undefined) history.read(answer.length, observedBefore);
      this.#later();
    });
    this.#world.someBroker()?.read((length) => answered({ length }));
  }
}
