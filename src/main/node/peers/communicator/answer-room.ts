import { communicatorLimits } from './limits.ts';

const { answersPerPeer, answerBytes } = communicatorLimits;

interface Waiting {
  answers: number;
  sizeBytes: number;
}

/**
 * How much waits for each peer in answer to what it asked. A question costs who asks little and its answer may be large, so that one that asks
 * on and on and acknowledges nothing would fill the room that all messages share.
 */
export class AnswerRoom {
  readonly #byPeer = new Map<string, Waiting>();
  #refused = 0;

  /** Answers that were not sent, since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** @returns gives the room back, when the answer has ended; undefined: so much waits for the peer that it gets no answer */
  reserve(nodeId: string, sizeBytes: number): (() => void) | undefined {
    const waiting = this.#byPeer.get(nodeId) ?? { answers: 0, sizeBytes: 0 };
    if (waiting.answers >= answersPerPeer || waiting.sizeBytes >= answerBytes) {
      this.#refused++;
      return undefined;
    }
    this.#byPeer.set(nodeId, waiting);
    waiting.answers++;
    waiting.sizeBytes += sizeBytes;
    return () => {
      waiting.answers--;
      waiting.sizeBytes -= sizeBytes;
      if (waiting.answers === 0) this.#byPeer.delete(nodeId);
    };
  }
}
