import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { trustLimits } from '../trust/limits.ts';
import { type Check, passed } from './check.ts';

/** From here on a person should know; messages are refused only from `trustLimits.clockToleranceMs` on. */
const noticeableMs = 2_000;
/** A file system may round the time of a file up. */
const fileToleranceMs = 60_000;
const askTimeoutMs = 2_000;

export interface ClockFacts {
  readonly nowMs: number;
  /** How far the clocks of other nodes are ahead of this one, as measured. */
  readonly offsets: readonly { readonly name: string; readonly clockOffsetMs: number }[];
  /** When the newest file of this node was written, by the clock of then; undefined when it is not known. */
  readonly lastWrittenMs: number | undefined;
  /** Whether the operating system says that it follows a time server; undefined when it does not say. */
  readonly synchronized: boolean | undefined;
}

/** The clock against those of other nodes, against what was written before, and what the system says of it. */
export function checkClock({ nowMs, offsets, lastWrittenMs, synchronized }: ClockFacts): Check {
  if (lastWrittenMs !== undefined && lastWrittenMs > nowMs + fileToleranceMs)
    return wrong('fail', `The clock is behind: this node wrote a file at ${utc(lastWrittenMs)}, and it is ${utc(nowMs)} now`);
  if (offsets.length > 0) return againstOthers(offsets);
  if (synchronized === true)
    return passed('clock', 'The clock follows a time server', 'It is compared with those of other nodes as soon as there are any.');
  if (synchronized === false)
    return wrong('warn', 'The clock follows no time server', 'On an island network that is usual: compare it with a good watch. ');
  return {
    id: 'clock',
    state: 'unknown',
    title: `The clock says ${utc(nowMs)}`,
    detail: 'There is no other node to compare it with yet, and the system does not say whether it follows a time server.',
    fix: null,
    view: null,
  };
}

function againstOthers(offsets: ClockFacts['offsets']): Check {
  const sorted = offsets.map(({ clockOffsetMs }) => clockOffsetMs).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const seconds = `${(Math.abs(median) / 1_000).toFixed(1)} s ${median > 0 ? 'behind' : 'ahead of'}`;
  const others = offsets.length === 1 ? `${offsets[0]?.name}` : `${offsets.length} other nodes`;
  if (Math.abs(median) < noticeableMs) return passed('clock', `The clock agrees with ${others} to ${Math.abs(median)} ms`);
  return wrong(Math.abs(median) >= trustLimits.clockToleranceMs ? 'fail' : 'warn', `The clock is ${seconds} ${others}`);
}

function wrong(state: 'warn' | 'fail', title: string, lead = ''): Check {
  return {
    id: 'clock',
    state,
    title,
    detail: 'Signed messages are refused when clocks drift too far apart.',
    fix: `${lead}Set the time of this computer, or turn on its time server (on Linux: sudo timedatectl set-ntp true).`,
    view: null,
  };
}

function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** When a file was written, milliseconds since the epoch; undefined when there is none. */
export async function writtenMs(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}

/** What the system says of its clock; undefined on systems that have no `timedatectl`, or when it does not run. */
export function isClockSynchronized(platform: NodeJS.Platform = process.platform): Promise<boolean | undefined> {
  if (platform !== 'linux') return Promise.resolve(undefined);
  return new Promise((resolve) => {
    execFile('timedatectl', ['show', '--property=NTPSynchronized', '--value'], { timeout: askTimeoutMs }, (error, stdout) => {
      const answer = stdout.trim();
      resolve(error !== null || (answer !== 'yes' && answer !== 'no') ? undefined : answer === 'yes');
    });
  });
}
