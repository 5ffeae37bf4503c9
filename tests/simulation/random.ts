import { randomFrom } from '../fuzz/mutate.ts';

/** Chance from a seed: the same seed gives the same run. */
export class Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly next: () => number;

  constructor(seed: number) {
    const draw = randomFrom(Math.imul(seed + 1, 0x9e37_79b1));
    for (let at = 0; at < 8; at++) draw();
    this.next = () => draw() / 0x1_0000_0000;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** From `min` up to, not including, `max`. */
  between(min: number, max: number): number {
    return min + this.next() * (max - min);
  }

  integer(min: number, max: number): number {
    return Math.floor(this.between(min, max + 1));
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.next() * items.length)];
  }
}
