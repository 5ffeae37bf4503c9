/**
 * The console under load: the Events screen in the real Electron window while a process of its own publishes 2,000 and
 * 10,000 events a second, against a blank window of the same runtime, in turn. Budgets are those of ui.md section 5.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { isBuildStale } from '../../scripts/lib/build.mjs';
import { ensureElectron } from '../../scripts/lib/electron-runtime.mjs';
import { type App, electronCommand, launchApp } from '../helpers/app.ts';
import type { PublishOrder, PublishResult } from './event-publisher.ts';
import { type Bench, type BenchOptions, type Measure, runMeasures, type Subject } from './harness.ts';
import { clickAnswer, frameTimes, rowElements } from './page-probes.mjs';

const rates = [2_000, 10_000] as const;
const settleMs = 1_500;
const mebibyte = 1_048_576;

/** What one look at a window gives. */
interface Look {
  readonly frameP95Ms: number;
  readonly loopDelayP99Ms: number;
  readonly heapMb: number;
  readonly rows: number;
  readonly clickMs: number;
  readonly perSecond: number;
}

export const consoleUnderLoad: Bench = async (options) => {
  if (isBuildStale()) throw new Error('The build is older than the sources. npm run build makes it.');
  process.env.SIGNALBOX_ELECTRON ??= (await ensureElectron()).executable;
  const display = await openDisplay();
  const app = await launchApp();
  const blank = await launchBlank();
  const publisher = fork(new URL('./event-publisher.ts', import.meta.url));
  try {
    await openEvents(app.page);
    const blankPage = await blank.firstWindow();
    let allHold = true;
    for (const perSecond of rates) {
      const scene = new Scene(async () => {
        await order(publisher, { ...(await doorOf(app)), perSecond });
        const startedAtMs = performance.now();
        await pause(settleMs);
        const look = await lookAt(app.electron, app.page, options);
        const rows = await app.page.evaluate(rowElements);
        const clickMs = await app.page.evaluate(clickAnswer);
        const { published } = (await order(publisher, 'stop')) as PublishResult;
        return { ...look, rows, clickMs, perSecond: (published * 1_000) / (performance.now() - startedAtMs) };
      });
      const idle = new Scene(async () => ({ ...(await lookAt(blank, blankPage, options)), rows: 0, clickMs: 0, perSecond: 0 }));
      allHold = (await runMeasures(measures(perSecond, scene, idle), options)) && allHold;
    }
    return allHold;
  } finally {
    publisher.kill();
    await blank.close();
    await app.close();
    display?.kill();
  }
};

/** One look gives several values; the first measure of a round takes it, the others read it. */
class Scene {
  readonly #take: () => Promise<Look>;
  #last: Look | undefined;

  constructor(take: () => Promise<Look>) {
    this.#take = take;
  }

  subject(name: string, value: (look: Look) => number, options: { readonly fresh?: boolean } = {}): Subject {
    return {
      name,
      sample: async () => {
        if (options.fresh === true || this.#last === undefined) this.#last = await this.#take();
        return value(this.#last);
      },
    };
  }
}

function measures(perSecond: number, scene: Scene, idle: Scene): readonly Measure[] {
  const at = `at ${perSecond.toLocaleString('en')} events/s`;
  const blank = 'blank window';
  const budget = (value: number): Subject => ({ name: 'budget', sample: () => Promise.resolve(value) });
  const withinBudget = { peer: 'budget', ratio: 1, kind: 'atMost' } as const;
  return [
    {
      measure: `frame p95 ${at}`,
      unit: 'ms',
      subjects: [
        scene.subject('events screen', (look) => look.frameP95Ms, { fresh: true }),
        idle.subject(blank, (look) => look.frameP95Ms, { fresh: true }),
        budget(perSecond <= 2_000 ? 17.5 : 33.4),
      ],
      aims: [withinBudget],
    },
    {
      measure: `main loop delay p99 ${at}`,
      unit: 'ms',
      subjects: [
        scene.subject('events screen', (look) => look.loopDelayP99Ms),
        idle.subject(blank, (look) => look.loopDelayP99Ms),
        budget(20),
      ],
      aims: [withinBudget],
    },
    {
      measure: `renderer heap ${at}`,
      unit: 'MB',
      subjects: [scene.subject('events screen', (look) => look.heapMb), idle.subject(blank, (look) => look.heapMb), budget(250)],
      aims: [withinBudget],
    },
    {
      measure: `row elements ${at}`,
      unit: 'rows',
      subjects: [scene.subject('events screen', (look) => look.rows), budget(60)],
      aims: [withinBudget],
    },
    {
      measure: `answer to a click ${at}`,
      unit: 'ms',
      subjects: [scene.subject('events screen', (look) => look.clickMs), budget(200)],
      aims: [withinBudget],
    },
    {
      measure: `events published ${at}`,
      unit: '1/s',
      subjects: [scene.subject('events screen', (look) => look.perSecond), { name: 'asked for', sample: () => Promise.resolve(perSecond) }],
      // Less, and the other values would be those of a smaller load.
      aims: [{ peer: 'asked for', ratio: 0.95, kind: 'atLeast' }],
    },
  ];
}

async function lookAt(
  electron: ElectronApplication,
  page: Page,
  { seconds }: BenchOptions,
): Promise<Pick<Look, 'frameP95Ms' | 'loopDelayP99Ms' | 'heapMb'>> {
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

/** The Events screen, subscribed to what is published. */
async function openEvents(page: Page): Promise<void> {
  await page.getByText('Connected').first().waitFor();
  await page.evaluate("location.hash = '/events?topic=%2Fbench%2F%23'");
  await page.getByRole('button', { name: 'Hide /bench/#' }).waitFor();
}

async function launchBlank(): Promise<ElectronApplication> {
  const { executable, switches } = electronCommand();
  return _electron.launch({ executablePath: executable, args: [...switches, join(import.meta.dirname, 'blank-window.cjs')] });
}

/** Where the window's node listens for other programs. */
async function doorOf({ dataFolder }: Pick<App, 'dataFolder'>): Promise<Omit<PublishOrder, 'perSecond'>> {
  const { token, url } = JSON.parse(await readFile(join(dataFolder, 'cli.token'), 'utf8')) as { token: string; url: string };
  return { port: Number(new URL(url).port), token };
}

async function order(publisher: ChildProcess, message: PublishOrder | 'stop'): Promise<unknown> {
  const answer = once(publisher, 'message');
  publisher.send(message);
  return (await answer)[0];
}

/** A screen that nobody sees, where there is none. */
async function openDisplay(): Promise<ChildProcess | undefined> {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return undefined;
  if (!existsSync('/usr/bin/Xvfb')) throw new Error('There is no display. apt install xvfb makes one that nobody sees.');
  const xvfb = spawn('/usr/bin/Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [number] = (await once(xvfb.stdio[3] as NodeJS.ReadableStream, 'data')) as [Buffer];
  process.env.DISPLAY = `:${number.toString().trim()}`;
  return xvfb;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
