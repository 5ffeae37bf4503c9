/** What processes cost, as Linux counts it. */
import { readFileSync } from 'node:fs';
import { mebibyte } from './origin.ts';

/** Ticks of `/proc/PID/stat` a second: a constant of Linux for programs. */
const ticksPerSecond = 100;
/** Fields after the name, which is in brackets and may hold spaces. */
const userTicksField = 11;
const systemTicksField = 12;

/** CPU time of processes and their descendants since they started, milliseconds in steps of 10. */
export function cpuMs(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of withDescendants(pids)) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[userTicksField]) + Number(fields[systemTicksField]);
  }
  return (ticks * 1_000) / ticksPerSecond;
}

/** Resident memory of processes and their descendants, MiB. */
export function residentMb(pids: readonly number[]): number {
  let kibibytes = 0;
  for (const pid of withDescendants(pids))
    kibibytes += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
  return (kibibytes * 1_024) / mebibyte;
}

/** Looks at the memory of processes again and again. */
export class MemoryWatch {
  readonly #pids: readonly number[];
  readonly #startMb: number;
  readonly #timer: NodeJS.Timeout;
  #highestMb: number;

  constructor(pids: readonly number[]) {
    this.#pids = pids;
    this.#startMb = residentMb(pids);
    this.#highestMb = this.#startMb;
    this.#timer = setInterval(() => this.#look(), 50);
  }

  /** Ends the watch. @returns by how much they were larger than at the start at most, MiB */
  growthMb(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#highestMb - this.#startMb;
  }

  #look(): void {
    this.#highestMb = Math.max(this.#highestMb, residentMb(this.#pids));
  }
}

function withDescendants(pids: readonly number[]): number[] {
  return pids.flatMap((pid) => {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
    return [pid, ...withDescendants(children)];
  });
}
