import type { QueueId } from '../machine/types.ts';

interface Flow {
  lastSequence: number;
  taken: number;
  takenBefore: number;
  inPerSecond: number;
  outPerSecond: number;
}

/** How fast messages enter and leave the queues of a group, as this broker sees it: averages of about five seconds. */
export class QueueRates {
  #flows = new Map<QueueId, Flow>();
  #sampledAtMs: number | undefined;

  taken(queueId: QueueId, messages: number): void {
    const flow = this.#flows.get(queueId);
    if (flow !== undefined) flow.taken += messages;
  }

  /** Messages taken since this broker opened the group. */
  takenOf(queueId: QueueId): number {
    return this.#flows.get(queueId)?.taken ?? 0;
  }

  of(queueId: QueueId): { readonly inPerSecond: number; readonly outPerSecond: number } {
    const { inPerSecond = 0, outPerSecond = 0 } = this.#flows.get(queueId) ?? {};
    return { inPerSecond, outPerSecond };
  }

  total(): { readonly inPerSecond: number; readonly outPerSecond: number } {
    let inPerSecond = 0;
    let outPerSecond = 0;
    for (const flow of this.#flows.values()) {
      inPerSecond += flow.inPerSecond;
      outPerSecond += flow.outPerSecond;
    }
    return { inPerSecond, outPerSecond };
  }

  /** Called about once a second with all queues that there are; others are forgotten. */
  sample(nowMs: number, queues: Iterable<{ readonly queueId: QueueId; readonly lastSequence: number }>): void {
    const sinceMs = nowMs - (this.#sampledAtMs ?? nowMs);
    this.#sampledAtMs = nowMs;
    const weight = 1 - Math.exp(-sinceMs / 5_000);
    const flows = new Map<QueueId, Flow>();
    for (const { queueId, lastSequence } of queues) {
      const flow = this.#flows.get(queueId) ?? { lastSequence, taken: 0, takenBefore: 0, inPerSecond: 0, outPerSecond: 0 };
      flows.set(queueId, flow);
      if (sinceMs <= 0) continue;
      flow.inPerSecond = settle(flow.inPerSecond, ((lastSequence - flow.lastSequence) * 1_000) / sinceMs, weight);
      flow.outPerSecond = settle(flow.outPerSecond, ((flow.taken - flow.takenBefore) * 1_000) / sinceMs, weight);
      flow.lastSequence = lastSequence;
      flow.takenBefore = flow.taken;
    }
    this.#flows = flows;
  }
}

/** Moves towards a measure; what is next to nothing is nothing. */
function settle(before: number, measured: number, weight: number): number {
  const next = before + (measured - before) * weight;
  return next < 0.01 ? 0 : next;
}
