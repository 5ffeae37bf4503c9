/**
 * The console under load: the Events screen in the real Electron window while a process of its own publishes 2,000 and
 * 10,000 events a second, against a blank window of the same runtime, in turn. Budgets are those of ui.md section 5.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { isBuildStale } from '../../scripts/lib/build.mjs';
import { ensureElectron } from '../../scripts/lib/electron-runtime.mjs';
import { type App, launchApp } from '../helpers/app.ts';
import type { PublishOrder, PublishResult } from './event-publisher.ts';
import { type Bench, type Measure, runMeasures, type Subject } from './harness.ts';
import { clickAnswer, rowElements } from './page-probes.mjs';
import { launchBlank, lookAt, openDisplay, pause, Scene, type WindowLook } from './windows.ts';

/** What one look at the Events screen gives. */
interface Look extends WindowLook {
  readonly rows: number;
  readonly clickMs: number;
  readonly perSecond: number;
}

const rates = [2_000, 10_000] as const;
const settleMs = 1_500;

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

function measures(perSecond: number, scene: Scene<Look>, idle: Scene<Look>): readonly Measure[] {
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

/** The Events screen, subscribed to what is published. */
async function openEvents(page: Page): Promise<void> {
  await page.getByText('Connected').first().waitFor();
  await page.evaluate("location.hash = '/events?topic=%2Fbench%2F%23'");
  await page.getByRole('button', { name: 'Hide /bench/#' }).waitFor();
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
