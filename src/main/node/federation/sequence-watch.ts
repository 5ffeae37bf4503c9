import { levelsMatch } from '../../../common/topics.ts';
import { federationLimits } from './limits.ts';

/** How far an event may come behind a later one and still be the same sequence. */
const reorderWindow = 64;

interface Watched {
  highest: number;
  lowest: number;
  /** Numbers below the highest that have not come. */
  readonly missing: Set<number>;
}

/** Watches the sequence numbers of each topic of each node, and counts what is missing between them (wire.md 2). */
export class SequenceWatch {
  readonly #topics = new Map<string, Watched>();
  #lost = 0;

  /** Events that were published and never came. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * An event came.
   *
   * @returns how many before it are missing; undefined when it came before
   */
  note(nodeId: string, topic: string, seq: number): number | undefined {
    const key = `${nodeId}${topic}`;
    const watched = this.#topics.get(key);
    // The first number for the second time: the topic is numbered anew. For the first time, it was overtaken by others.
    const isAgain = seq === 1 && watched?.lowest === 1;
    if (watched === undefined || isAgain || seq < watched.highest - reorderWindow) {
      this.#begin(key, seq);
      return 0;
    }
    if (seq < watched.lowest) {
      // The first that came had overtaken it, and perhaps others.
      for (let between = seq + 1; between < watched.lowest; between++) this.#miss(watched, between);
      watched.lowest = seq;
      return 0;
    }
    if (seq <= watched.highest) {
      if (!watched.missing.delete(seq)) return undefined;
      this.#lost--;
      return 0;
    }
    const gap = seq - watched.highest - 1;
    for (let missing = Math.max(watched.highest + 1, seq - reorderWindow); missing < seq; missing++) watched.missing.add(missing);
    for (const missing of watched.missing) if (missing < seq - reorderWindow) watched.missing.delete(missing);
    watched.highest = seq;
    this.#lost += gap;
    return gap;
  }

  /**
   * What comes next on these topics follows nothing: the subscription or the node begins anew.
   *
   * @param nodeId node id, or `+`
   * @param filter absent: every topic
   */
  forget(nodeId: string, filter?: readonly string[]): void {
    for (const key of this.#topics.keys()) {
      const [id = '', ...levels] = key.split('/');
      if ((nodeId === '+' || id === nodeId) && (filter === undefined || levelsMatch(filter, levels))) this.#topics.delete(key);
    }
  }

  #miss(watched: Watched, seq: number): void {
    watched.missing.add(seq);
    this.#lost++;
  }

  #begin(key: string, seq: number): void {
    this.#topics.delete(key);
    if (this.#topics.size >= federationLimits.watchedTopics) this.#topics.delete(this.#topics.keys().next().value ?? '');
    this.#topics.set(key, { highest: seq, lowest: seq, missing: new Set() });
  }
}
