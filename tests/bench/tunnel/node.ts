/**
 * A node that is gateway and agent at once, at full load: both run in threads, so that its main thread, which is that of the desktop
 * application too, must not notice. The bound is that of ui.md 5.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, runMeasures, type Subject } from '../harness.ts';
import { endAll } from '../programs.ts';
import { findLoad } from './find-load.ts';
import { Looks } from './looks.ts';
import { Origin } from './origin.ts';
import { startSignalbox } from './signalbox.ts';
import { agentName, type TunnelSystem } from './systems.ts';

const budgetMs = 20;
const connections = 256;

export const tunnelNode: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const origin = await Origin.start();
  const load = await findLoad();
  const surroundings = { origin, load, folder, seconds: options.seconds };
  const ends: (() => Promise<void>)[] = [];
  try {
    const child = fork(fileURLToPath(new URL('./node-process.ts', import.meta.url)), [join(folder, 'node'), `${origin.port}`]);
    const [publicPort] = (await once(child, 'message')) as [number];
    const system: TunnelSystem = {
      ...{ name: 'one node', publicPort, host: `${agentName}.localhost`, gatewayPids: [child.pid ?? 0], agentPids: [] },
      stop: () => endAll([child]),
    };
    ends.push(system.stop);
    const inNode = await Looks.of(() => Promise.resolve(system), surroundings);
    const apart = await Looks.of(startSignalbox, surroundings);
    ends.push(() => apart.stop());
    const loopDelay = async (): Promise<number> => {
      const answer = once(child, 'message');
      child.send('look');
      return ((await answer) as [{ loopDelayP99Ms: number }])[0].loopDelayP99Ms;
    };
    let delayMs = Number.NaN;
    const perSecond = async () => {
      await loopDelay();
      const look = await inNode.small(connections);
      delayMs = await loopDelay();
      return look.perSecond;
    };
    const budget: Subject = { name: 'budget', sample: () => Promise.resolve(budgetMs) };
    const measures = [
      {
        measure: `1 KB, ${connections} connections, requests`,
        unit: '/s',
        subjects: [
          { name: 'one node', sample: perSecond },
          { name: 'a process each', sample: async () => (await apart.small(connections)).perSecond },
        ] as const,
        aims: [],
      },
      {
        measure: 'main loop delay p99 meanwhile',
        unit: 'ms',
        subjects: [{ name: 'one node', sample: () => Promise.resolve(delayMs) }, budget] as const,
        aims: [{ peer: 'budget', ratio: 1, kind: 'atMost' as const }],
      },
    ];
    return await runMeasures(measures, options);
  } finally {
    for (const end of ends) await end();
    load.stop();
    origin.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
