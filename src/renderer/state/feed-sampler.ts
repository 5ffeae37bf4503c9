/**
 * Decides which announced events become rows. Above 500 rows a second nobody can read a list and drawing is all cost
 * (ui.md 3.4): then the newest 50 of a beat are shown, while the node counts and keeps all of them.
 */

/** Rows a second above which the view is sampled. */
export const sampledAbovePerSecond = 500;
/** Below this it is whole again: a rate that sways about the limit must not make the view flicker. */
const wholeBelowPerSecond = 400;
/** Rows of one beat in the sampled view. */
export const sampledRowsPerBeat = 50;
const windowMs = 1_000;

interface Beat {
  readonly atMs: number;
  readonly received: number;
  readonly announced: number;
  /** Of what was received, how many would be rows: exact when all was announced, else by proportion. */
  readonly matching: number;
  readonly shown: number;
}

/** Events of the last second. */
export interface SampleRates {
  readonly received: number;
  /** Those the filter has looked at. */
  readonly announced: number;
  readonly shown: number;
}

/** One beat, before it is decided on. */
export interface BeatInput {
  readonly atMs: number;
  /** Events since the last beat, announced or not. */
  readonly received: number;
  /** Headers in the batch. */
  readonly announced: number;
  /** Whether header `index` would be shown. */
  readonly matches: (index: number) => boolean;
}

export class FeedSampler {
  #beats: Beat[] = [];
  #sampled = false;

  get sampled(): boolean {
    return this.#sampled;
  }

  /** Rates over the last second. */
  rates(nowMs: number): SampleRates {
    const beats = this.#beats.filter((beat) => beat.atMs > nowMs - windowMs);
    const sum = (pick: (beat: Beat) => number) => beats.reduce((total, beat) => total + pick(beat), 0);
    return { received: sum((beat) => beat.received), announced: sum((beat) => beat.announced), shown: sum((beat) => beat.shown) };
  }

  /**
   * Takes one beat and says which of its headers become rows, by index, oldest first. Whole: all of them, also those
   * that the filter hides now, so that clearing the filter finds them. Sampled: the newest that the filter shows.
   */
  choose(beat: BeatInput): readonly number[] {
    const matching: number[] = [];
    for (let index = 0; index < beat.announced; index++) if (beat.matches(index)) matching.push(index);
    const estimated = beat.announced === 0 ? 0 : (matching.length / beat.announced) * Math.max(beat.received, beat.announced);
    this.#beats = this.#beats.filter((known) => known.atMs > beat.atMs - windowMs);
    const perSecond = this.#beats.reduce((total, known) => total + known.matching, estimated);
    this.#sampled = perSecond > (this.#sampled ? wholeBelowPerSecond : sampledAbovePerSecond);
    const shown = this.#sampled ? matching.slice(-sampledRowsPerBeat) : matching;
    this.#beats.push({
      atMs: beat.atMs,
      received: beat.received,
      announced: beat.announced,
      matching: estimated,
      shown: shown.length,
    });
    return this.#sampled ? shown : Array.from({ length: beat.announced }, (_, index) => index);
  }

  /** Forgets the last second, after a hole. */
  reset(): void {
    this.#beats = [];
    this.#sampled = false;
  }
}
