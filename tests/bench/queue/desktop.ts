/**
 * The desktop application while its own broker leads a queue and takes all the appends that it can: the event loop of the main process must
 * not notice, beside a blank window of the same runtime. The bound is that of ui.md 5.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { isBuildStale } from '../../../scripts/lib/build.mjs';
import { ensureElectron } from '../../../scripts/lib/electron-runtime.mjs';
import { launchApp } from '../../helpers/app.ts';
import { freePort } from '../../helpers/free-port.ts';
import { type Bench, runMeasures, type Subject } from '../harness.ts';
import { launchBlank, lookAt, openDisplay, Scene, type WindowLook } from '../windows.ts';

interface Look extends WindowLook {
  readonly perSecond: number;
}

const budgetMs = 20;

export const queueDesktop: Bench = async (options) => {
  if (isBuildStale()) throw new Error('The build is older than the sources. npm run build makes it.');
  process.env.SIGNALBOX_ELECTRON ??= (await ensureElectron()).executable;
  const display = await openDisplay();
  const port = await freePort();
  const values = { 'node.firstRunDone': true, 'broker.enabled': true, 'broker.port': port };
  const app = await launchApp({ files: { 'config.json': JSON.stringify({ version: 1, values }) } });
  const blank = await launchBlank();
  let load: ChildProcess | undefined;
  try {
    await app.page.getByText('Connected').first().waitFor();
    const blankPage = await blank.firstWindow();
    load = fork(new URL('./append-load.ts', import.meta.url), [`${port}`]);
    const loading = load;
    await once(loading, 'message');
    const underLoad = new Scene<Look>(async () => {
      const before = await appendedBy(loading);
      const fromMs = performance.now();
      const look = await lookAt(app.electron, app.page, options);
      const perSecond = (((await appendedBy(loading)) - before) * 1_000) / (performance.now() - fromMs);
      return { ...look, perSecond };
    });
    const idle = new Scene(() => lookAt(blank, blankPage, options));
    const budget: Subject = { name: 'budget', sample: () => Promise.resolve(budgetMs) };
    return await runMeasures(
      [
        {
          measure: 'main loop delay p99 while its broker leads at full load',
          unit: 'ms',
          subjects: [
            underLoad.subject('desktop', (look) => look.loopDelayP99Ms, { fresh: true }),
            idle.subject('blank window', (look) => look.loopDelayP99Ms, { fresh: true }),
            budget,
          ],
          aims: [{ peer: 'budget', ratio: 1, kind: 'atMost' }],
        },
        {
          measure: 'appends acknowledged meanwhile',
          unit: 'messages/s',
          subjects: [underLoad.subject('desktop', (look) => look.perSecond), { name: 'none', sample: () => Promise.resolve(0) }],
          aims: [],
        },
      ],
      options,
    );
  } finally {
    load?.kill();
    await blank.close();
    await app.close();
    display?.kill();
  }
};

async function appendedBy(load: ChildProcess): Promise<number> {
  const answer = once(load, 'message');
  load.send('how many');
  return ((await answer) as [{ appended: number }])[0].appended;
}
