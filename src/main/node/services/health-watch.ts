import type { Problems } from '../telemetry/index.ts';

/** What one second of the node's life is judged by. */
export interface HealthReading {
  readonly diskPercent: number | null;
  readonly diskFreeBytes: number | null;
  readonly eventLoopDelayP99Ms: number | null;
  readonly eventsDroppedPerSecond: number;
}

const mebibyte = 1_048_576;
/** Full in the sense of either bound; cleared only below the lower pair, so that the problem does not flicker. */
const disk = { warnPercent: 90, critPercent: 97, warnFreeBytes: 1_024 * mebibyte, critFreeBytes: 200 * mebibyte, clearPercent: 88 };
/** The budget is 20 ms (architecture.md, shape 5); a problem is what a person would feel. */
const delay = { raiseMs: 100, raiseAfterSeconds: 5, clearMs: 50, clearAfterSeconds: 10 };
const droppedWindowSeconds = 60;

/** Turns measurements into problems of the node, and takes the problems back when they are over. Called once a second. */
export class HealthWatch {
  readonly #problems: Problems;
  #slowSeconds = 0;
  #quickSeconds = 0;
  #dropped: number[] = [];

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  look(reading: HealthReading): void {
    this.#lookAtDisk(reading);
    if (reading.eventLoopDelayP99Ms !== null) this.#lookAtDelay(reading.eventLoopDelayP99Ms);
    this.#lookAtDrops(reading.eventsDroppedPerSecond);
  }

  #lookAtDisk({ diskPercent, diskFreeBytes }: HealthReading): void {
    if (diskPercent === null || diskFreeBytes === null) return;
    // On a small disk the free bytes alone would always complain.
    const crit = diskPercent >= disk.critPercent || (diskPercent >= disk.warnPercent && diskFreeBytes < disk.critFreeBytes);
    const warn = diskPercent >= disk.warnPercent && (diskFreeBytes < disk.warnFreeBytes || diskPercent >= disk.warnPercent + 3);
    if (crit || warn)
      this.#problems.raise({
        id: 'disk.nearlyFull',
        severity: crit ? 'crit' : 'warn',
        title: `The disk of the data folder is ${Math.round(diskPercent)} % full`,
        detail: `${Math.round(diskFreeBytes / mebibyte)} MiB are free. When it is full, calls that change something fail. Free space or move the data folder.`,
        view: '/overview',
      });
    else if (diskPercent < disk.clearPercent) this.#problems.clear('disk.nearlyFull');
  }

  #lookAtDelay(delayMs: number): void {
    this.#slowSeconds = delayMs >= delay.raiseMs ? this.#slowSeconds + 1 : 0;
    this.#quickSeconds = delayMs < delay.clearMs ? this.#quickSeconds + 1 : 0;
    if (this.#slowSeconds >= delay.raiseAfterSeconds)
      this.#problems.raise({
        id: 'eventLoop.slow',
        severity: 'warn',
        title: `The node answers late: event-loop delay ${Math.round(delayMs)} ms`,
        detail: 'The machine is overloaded, or the node is asked to do too much at once. See processor and calls in the overview.',
        view: '/overview',
      });
    else if (this.#quickSeconds >= delay.clearAfterSeconds) this.#problems.clear('eventLoop.slow');
  }

  #lookAtDrops(droppedPerSecond: number): void {
    this.#dropped.push(droppedPerSecond);
    if (this.#dropped.length > droppedWindowSeconds) this.#dropped.shift();
    const total = Math.round(this.#dropped.reduce((sum, count) => sum + count, 0));
    if (total > 0)
      this.#problems.raise({
        id: 'events.dropped',
        severity: 'warn',
        title: total === 1 ? '1 event dropped in the last minute' : `${total} events dropped in the last minute`,
        detail: 'A client reads slower than events come, so it lost the oldest. Subscribe to fewer topics or look for the slow client.',
        view: '/events',
      });
    else this.#problems.clear('events.dropped');
  }
}
