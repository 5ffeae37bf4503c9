import { linkDegree } from './limits.ts';

const minuteMs = 60_000;

/** How much is sent to which member, by node id: those that much is sent to earn a link of their own. Counters of the last minute, decaying. */
export class LinkUse {
  readonly #monotonicMs: () => number;
  readonly #rates = new Map<string, { perMinute: number; atMs: number }>();
  #used: readonly string[] = [];

  /** @param monotonicMs a clock that is never set */
  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** A message leaves for a member, whatever way. */
  sent(member: string): void {
    const nowMs = this.#monotonicMs();
    const rate = this.#rates.get(member);
    if (rate === undefined) this.#rates.set(member, { perMinute: 1, atMs: nowMs });
    else {
      rate.perMinute = decayed(rate, nowMs) + 1;
      rate.atMs = nowMs;
    }
  }

  /** Members that much is sent to, most first. One stays among them until it is clearly less, so that a link does not come and go. */
  used(): readonly string[] {
    const nowMs = this.#monotonicMs();
    const { usedFromPerMinute, usedToPerMinute } = linkDegree;
    const rates = [...this.#rates].map(([member, rate]) => [member, decayed(rate, nowMs)] as const);
    for (const [member, rate] of rates) if (rate < 1) this.#rates.delete(member);
    const busy = rates.filter(([member, rate]) => rate >= (this.#used.includes(member) ? usedToPerMinute : usedFromPerMinute));
    // Who was among them goes first: two that are sent about as much do not take turns.
    const kept = ([member]: readonly [string, number]) => Number(this.#used.includes(member));
    this.#used = busy.sort((a, b) => kept(b) - kept(a) || b[1] - a[1]).map(([member]) => member);
    return this.#used;
  }
}

function decayed({ perMinute, atMs }: { readonly perMinute: number; readonly atMs: number }, nowMs: number): number {
  return perMinute * Math.exp(-(nowMs - atMs) / minuteMs);
}
