/**
 * The console of a cluster of fifty nodes: its live screens in the real Electron window, while 49 whole nodes in a process of
 * their own measure themselves every second and call each other, against a screen of the same console on which nothing lives,
 * and against a blank window of the same runtime, in turn.
 */
import type { Page } from '@playwright/test';
import { isBuildStale } from '../../scripts/lib/build.mjs';
import { ensureElectron } from '../../scripts/lib/electron-runtime.mjs';
import { launchApp } from '../helpers/app.ts';
import { startDemo } from '../helpers/demo-process.ts';
import { type Bench, type Measure, runMeasures, type Subject } from './harness.ts';
import { launchBlank, lookAt, openDisplay, pause, Scene, type WindowLook } from './windows.ts';

const others = 49;
const settleMs = 2_000;
/** The screens that draw all nodes, and where each is. */
const screens = [
  { name: 'topology', path: '/nodes?tab=topology', ready: '.tp-box' },
  { name: 'nodes table', path: '/nodes?tab=table', ready: '[role="row"]' },
  { name: 'overview', path: '/overview', ready: '.tp-box' },
] as const;
const empty = { path: '/settings?section=about', ready: 'h1' } as const;

interface Look extends WindowLook {
  /** Share of the time in which the page's main thread worked. */
  readonly busyPercent: number;
}

export const consoleOfManyNodes: Bench = async (options) => {
  if (isBuildStale()) throw new Error('The build is older than the sources. npm run build makes it.');
  process.env.SIGNALBOX_ELECTRON ??= (await ensureElectron()).executable;
  const display = await openDisplay();
  const demo = await startDemo(others);
  const values = { 'federation.mode': 'external', 'federation.brokerUrl': demo.brokerUrl, 'federation.unsignedRole': 'admin' };
  const app = await launchApp({ files: { 'config.json': JSON.stringify({ version: 1, values }) } });
  const blank = await launchBlank();
  try {
    const blankPage = await blank.firstWindow();
    await app.page.getByText(`${others + 1} of ${others + 1} nodes`).waitFor();
    const scene = (place: { readonly path: string; readonly ready: string }) =>
      new Scene(async (): Promise<Look> => {
        await open(app.page, place);
        const busy = await startBusy(app.page);
        const look = await lookAt(app.electron, app.page, options);
        return { ...look, busyPercent: await busy() };
      });
    const nothing = scene(empty);
    const blankScene = new Scene(async () => {
      // The other window must not draw what it is compared with.
      await open(app.page, empty);
      return { ...(await lookAt(blank, blankPage, options)), busyPercent: 0 };
    });
    let allHold = true;
    for (const screen of screens)
      allHold = (await runMeasures(measures(screen.name, scene(screen), nothing, blankScene), options)) && allHold;
    return allHold;
  } finally {
    await blank.close();
    await app.close();
    await demo.stop();
    display?.kill();
  }
};

function measures(name: string, scene: Scene<Look>, nothing: Scene<Look>, blank: Scene<Look>): readonly Measure[] {
  const of = `of ${name}, ${others + 1} nodes`;
  const emptyScreen = 'empty screen';
  const budget = (value: number): Subject => ({ name: 'budget', sample: () => Promise.resolve(value) });
  const withinBudget = { peer: 'budget', ratio: 1, kind: 'atMost' } as const;
  return [
    {
      measure: `frame p95 ${of}`,
      unit: 'ms',
      subjects: [
        scene.subject(name, (look) => look.frameP95Ms, { fresh: true }),
        nothing.subject(emptyScreen, (look) => look.frameP95Ms, { fresh: true }),
        blank.subject('blank window', (look) => look.frameP95Ms, { fresh: true }),
      ],
      aims: [
        { peer: emptyScreen, ratio: 1.1, kind: 'atMost' },
        { peer: 'blank window', ratio: 1.1, kind: 'atMost' },
      ],
    },
    {
      measure: `page busy ${of}`,
      unit: '%',
      subjects: [scene.subject(name, (look) => look.busyPercent), nothing.subject(emptyScreen, (look) => look.busyPercent), budget(60)],
      aims: [withinBudget],
    },
    {
      measure: `main loop delay p99 ${of}`,
      unit: 'ms',
      subjects: [
        scene.subject(name, (look) => look.loopDelayP99Ms),
        nothing.subject(emptyScreen, (look) => look.loopDelayP99Ms),
        budget(20),
      ],
      aims: [withinBudget],
    },
    {
      measure: `renderer heap ${of}`,
      unit: 'MB',
      subjects: [scene.subject(name, (look) => look.heapMb), nothing.subject(emptyScreen, (look) => look.heapMb), budget(250)],
      aims: [withinBudget],
    },
  ];
}

/** Goes to a screen and lets it come to rest: what is measured is its life, not its opening. */
async function open(page: Page, { path, ready }: { readonly path: string; readonly ready: string }): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(path)}`);
  await page.locator(ready).first().waitFor();
  await pause(settleMs);
}

/** Begins to count how long the page's main thread works; the result ends it, in percent. */
async function startBusy(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    return { atSeconds: value('Timestamp'), busySeconds: value('TaskDuration') };
  };
  const before = await read();
  return async () => {
    const after = await read();
    await session.detach();
    return (100 * (after.busySeconds - before.busySeconds)) / (after.atSeconds - before.atSeconds);
  };
}
