/** Windows that are measured: the application's and an empty one of the same runtime, on a screen that nobody sees where there is none. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { electronCommand } from '../helpers/app.ts';
import type { BenchOptions, Subject } from './harness.ts';
import { frameTimes } from './page-probes.mjs';

const mebibyte = 1_048_576;

/** What one look at any window gives. */
export interface WindowLook {
  readonly frameP95Ms: number;
  readonly loopDelayP99Ms: number;
  readonly heapMb: number;
}

/** One look gives several values; the first measure of a round takes it, the others read it. */
export class Scene<L extends WindowLook> {
  readonly #take: () => Promise<L>;
  #last: L | undefined;

  constructor(take: () => Promise<L>) {
    this.#take = take;
  }

  subject(name: string, value: (look: L) => number, options: { readonly fresh?: boolean } = {}): Subject {
    return {
      name,
      sample: async () => {
        if (options.fresh === true || this.#last === undefined) this.#last = await this.#take();
        return value(this.#last);
      },
    };
  }
}

/** Frame times of a page and delay of its main process's event loop over the length of a sample. */
export async function lookAt(electron: ElectronApplication, page: Page, { seconds }: BenchOptions): Promise<WindowLook> {
  const [times, loopDelayP99Ms] = await Promise.all([page.evaluate(frameTimes, seconds * 1_000), loopDelay(electron, seconds * 1_000)]);
  return { frameP95Ms: percentile(times, 0.95), loopDelayP99Ms, heapMb: await heapOf(page) };
}

/** Delay of the main process's event loop beyond the 1 ms of the timer that measures it. */
function loopDelay(electron: ElectronApplication, durationMs: number): Promise<number> {
  return electron.evaluate(async (_electron, waitMs) => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    const histogram = monitorEventLoopDelay({ resolution: 1 });
    histogram.enable();
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    histogram.disable();
    return Math.max(0, histogram.percentile(99) / 1e6 - 1);
  }, durationMs);
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  try {
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize / mebibyte;
  } finally {
    await session.detach();
  }
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** A window with nothing in it. */
export async function launchBlank(): Promise<ElectronApplication> {
  const { executable, switches } = electronCommand();
  return _electron.launch({ executablePath: executable, args: [...switches, join(import.meta.dirname, 'blank-window.cjs')] });
}

/** A screen that nobody sees, where there is none. */
export async function openDisplay(): Promise<ChildProcess | undefined> {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return undefined;
  if (!existsSync('/usr/bin/Xvfb')) throw new Error('There is no display. apt install xvfb makes one that nobody sees.');
  const xvfb = spawn('/usr/bin/Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [number] = (await once(xvfb.stdio[3] as NodeJS.ReadableStream, 'data')) as [Buffer];
  process.env.DISPLAY = `:${number.toString().trim()}`;
  return xvfb;
}

/** Lets what was begun settle. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
