import type { BrokerId, CoreMessage } from '../../src/main/node/broker/core/types.ts';
import type { EventQueue } from './event-queue.ts';
import type { Random } from './random.ts';

/** How bad the network is: probabilities, and milliseconds. */
export interface NetworkWeather {
  readonly loss: number;
  readonly duplication: number;
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
  /** Of a message that takes ten times as long, and so comes after later ones. */
  readonly straggling: number;
}

export const fairWeather: NetworkWeather = { loss: 0, duplication: 0, delayMinMs: 0.2, delayMaxMs: 2, straggling: 0 };

/** Loses, doubles, delays and reorders messages, and can be cut in any direction. What was sent to or by a broker before it crashed is gone. */
export class Network {
  weather: NetworkWeather = fairWeather;
  readonly #events: EventQueue;
  readonly #random: Random;
  /** `from>to` of ways that are cut. */
  readonly #cut = new Set<string>();
  /** Counts the starts of each broker: a message belongs to a connection, and that to one start of both ends. */
  readonly #starts = new Map<BrokerId, number>();

  constructor(events: EventQueue, random: Random) {
    this.#events = events;
    this.#random = random;
  }

  started(brokerId: BrokerId): void {
    this.#starts.set(brokerId, (this.#starts.get(brokerId) ?? 0) + 1);
  }

  cut(from: BrokerId, to: BrokerId): void {
    this.#cut.add(`${from}>${to}`);
  }

  heal(): void {
    this.#cut.clear();
  }

  passes(from: BrokerId, to: BrokerId): boolean {
    return !this.#cut.has(`${from}>${to}`);
  }

  send(from: BrokerId, to: BrokerId, message: CoreMessage, deliver: (message: CoreMessage) => void): void {
    const { loss, duplication, delayMinMs, delayMaxMs, straggling } = this.weather;
    const copies = this.#random.chance(duplication) ? 2 : 1;
    const fromStart = this.#starts.get(from);
    const toStart = this.#starts.get(to);
    for (let copy = 0; copy < copies; copy++) {
      if (this.#random.chance(loss)) continue;
      const delayMs = this.#random.between(delayMinMs, delayMaxMs) * (this.#random.chance(straggling) ? 10 : 1);
      this.#events.in(delayMs, () => {
        const sameConnection = this.#starts.get(from) === fromStart && this.#starts.get(to) === toStart;
        if (sameConnection && this.passes(from, to)) deliver(message);
      });
    }
  }
}
