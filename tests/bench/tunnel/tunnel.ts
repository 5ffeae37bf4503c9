/**
 * Tunnels: ours beside `ssh -R`, localtunnel, a naive one of the same protocol, and no tunnel at all, before one local service on this
 * machine. Aims are those of tunnel.md; what a process costs comes from /proc, so this runs on Linux alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Aim, type Bench, type Measure, runMeasures, type Subject } from '../harness.ts';
import { NotAvailable } from '../programs.ts';
import { startDirect } from './direct.ts';
import { findLoad } from './find-load.ts';
import { startLocaltunnel } from './localtunnel.ts';
import { Looks, type Surroundings } from './looks.ts';
import { startNaive } from './naive.ts';
import { Origin } from './origin.ts';
import { startSignalbox } from './signalbox.ts';
import { startSsh } from './ssh.ts';
import type { StartTunnel } from './systems.ts';

const budgets = { slowReaderGrowthMb: 4, uploadGrowthMb: 8, abortMs: 50 };
/** How much longer a small request may take beside something large than alone. */
const besideRatio = 1.2;

export const tunnel: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const surroundings = { origin: await Origin.start(), load: await findLoad(), folder, seconds: options.seconds };
  const tunnels: Looks[] = [];
  try {
    for (const start of [startSignalbox, startNaive, startLocaltunnel, startSsh, startDirect]) {
      const looks = await startOrSkip(start, surroundings);
      if (looks !== undefined) tunnels.push(looks);
    }
    return await runMeasures(measures(tunnels, surroundings.load.name), options);
  } finally {
    for (const looks of tunnels) await looks.stop();
    surroundings.load.stop();
    surroundings.origin.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

async function startOrSkip(start: StartTunnel, surroundings: Surroundings): Promise<Looks | undefined> {
  try {
    return await Looks.of(start, surroundings);
  } catch (error) {
    if (!(error instanceof NotAvailable)) throw error;
    console.error(`Skipped: ${error.message}.`);
    return undefined;
  }
}

/** @param load who makes the small requests */
function measures(tunnels: readonly Looks[], load: string): Measure[] {
  const through = tunnels.filter(({ system }) => system.gatewayPids.length > 0);
  return [
    ...smallMeasures(tunnels, through, 1, load),
    ...smallMeasures(tunnels, through, 32, load),
    ...smallMeasures(tunnels, through, 256, load),
    ...bulkMeasures('down', tunnels, through),
    ...bulkMeasures('up', tunnels, through),
    ...slowMeasures(tunnels, through),
    ...besideMeasures(tunnels),
    ...single('abort of a client to the service hearing of it', 'ms', tunnels, (looks) => looks.abort(), budgets.abortMs),
    ...single('lag of a Server-Sent Event, p50', 'ms', tunnels, (looks) => looks.eventLag()),
    ...single(
      'round trip through a WebSocket, p50',
      'ms',
      tunnels.filter(({ system }) => system.withoutWebSockets !== true),
      (looks) => looks.webSocket(),
    ),
  ];
}

function smallMeasures(tunnels: readonly Looks[], through: readonly Looks[], connections: number, load: string): Measure[] {
  const scenes = scenesOf(tunnels, (looks) => looks.small(connections));
  const title = `1 KB, ${connections} ${connections === 1 ? 'connection' : 'connections'} of ${load}`;
  const busiest = connections === 256;
  return [
    measure(`${title}, requests`, '/s', scenes, tunnels, (look) => look.perSecond, {
      first: true,
      aims: busiest ? { localtunnel: 6 } : {},
      kind: 'atLeast',
    }),
    measure(`${title}, p50`, 'ms', scenes, tunnels, (look) => look.p50Ms),
    measure(`${title}, p99`, 'ms', scenes, tunnels, (look) => look.p99Ms),
    measure(`${title}, CPU of both ends a request`, 'us', scenes, through, (look) => look.cpuMicros, {
      aims: busiest ? { localtunnel: 0.15, naive: 0.65 } : {},
      kind: 'atMost',
    }),
  ];
}

function bulkMeasures(direction: 'down' | 'up', tunnels: readonly Looks[], through: readonly Looks[]): Measure[] {
  const scenes = scenesOf(tunnels, (looks) => looks[direction]());
  const title = `100 MiB ${direction}`;
  return [
    measure(title, 'MiB/s', scenes, tunnels, (look) => look.perSecond, { first: true }),
    measure(`${title}, CPU of both ends`, 'ms', scenes, through, (look) => look.cpuMs),
    measure(`${title}, growth of the gateway`, 'MiB', scenes, through, (look) => look.gatewayGrowthMb, {
      budget: direction === 'up' ? budgets.uploadGrowthMb : undefined,
    }),
    measure(`${title}, growth of the agent`, 'MiB', scenes, through, (look) => look.agentGrowthMb),
  ];
}

function slowMeasures(tunnels: readonly Looks[], through: readonly Looks[]): Measure[] {
  const scenes = scenesOf(tunnels, (looks) => looks.slow());
  const title = '1 GiB read at 1 MiB/s';
  const budget = budgets.slowReaderGrowthMb;
  return [
    measure(`${title}, service ahead of the client`, 'MiB', scenes, tunnels, (look) => look.aheadMb, { first: true }),
    measure(`${title}, growth of the gateway`, 'MiB', scenes, through, (look) => look.gatewayGrowthMb, { budget }),
    measure(`${title}, growth of the agent`, 'MiB', scenes, through, (look) => look.agentGrowthMb, { budget }),
  ];
}

function besideMeasures(tunnels: readonly Looks[]): Measure[] {
  const scenes = scenesOf(tunnels, (looks) => looks.beside());
  const aims = { alone: besideRatio };
  const alone = (of: 'p50Ms' | 'p99Ms'): Subject[] => {
    const scene = scenes[0];
    return scene === undefined ? [] : [{ name: 'alone', sample: () => scene.value((look) => look.alone[of], false) }];
  };
  const rows = (title: string, beside: 'stalled' | 'paced', first: boolean): Measure[] => [
    measure(`1 KB ${title}, p50`, 'ms', scenes, tunnels, (look) => look[beside].p50Ms, {
      first,
      aims,
      kind: 'atMost',
      extra: alone('p50Ms'),
    }),
    measure(`1 KB ${title}, p99`, 'ms', scenes, tunnels, (look) => look[beside].p99Ms, { extra: alone('p99Ms') }),
  ];
  return [...rows('beside a stalled reader', 'stalled', true), ...rows('beside a download of 40 MiB/s', 'paced', false)];
}

function single(
  title: string,
  unit: string,
  tunnels: readonly Looks[],
  take: (looks: Looks) => Promise<number>,
  budget?: number,
): Measure[] {
  return [measure(title, unit, scenesOf(tunnels, take), tunnels, (value) => value, { first: true, budget })];
}

/** One look gives several values; the first measure of a round takes it, the others read it. */
class Scene<T> {
  readonly tunnel: Looks;
  readonly #take: (looks: Looks) => Promise<T>;
  #last: T | undefined;

  constructor(tunnel: Looks, take: (looks: Looks) => Promise<T>) {
    this.tunnel = tunnel;
    this.#take = take;
  }

  async value(of: (look: T) => number, fresh: boolean): Promise<number> {
    if (fresh || this.#last === undefined) this.#last = await this.#take(this.tunnel);
    return of(this.#last);
  }
}

function scenesOf<T>(tunnels: readonly Looks[], take: (looks: Looks) => Promise<T>): Scene<T>[] {
  return tunnels.map((looks) => new Scene(looks, take));
}

interface MeasureOptions {
  /** The one of its scenes that takes the looks. */
  readonly first?: boolean;
  /** By the first word of a peer's name. */
  readonly aims?: Readonly<Record<string, number>>;
  readonly kind?: Aim['kind'];
  /** What ours may be at most. */
  readonly budget?: number | undefined;
  readonly extra?: readonly Subject[];
}

function measure<T>(
  title: string,
  unit: string,
  scenes: readonly Scene<T>[],
  tunnels: readonly Looks[],
  of: (look: T) => number,
  { first = false, aims = {}, kind = 'atMost', budget, extra = [] }: MeasureOptions = {},
): Measure {
  const [ours, ...peers] = scenes
    .filter((scene) => tunnels.includes(scene.tunnel))
    .map((scene): Subject => ({ name: scene.tunnel.system.name, sample: () => scene.value(of, first) }));
  if (ours === undefined) throw new Error('There is nothing to measure.');
  const limit: Subject[] = budget === undefined ? [] : [{ name: 'budget', sample: () => Promise.resolve(budget) }];
  const subjects: Measure['subjects'] = [ours, ...extra, ...limit, ...peers];
  return {
    measure: title,
    unit,
    subjects,
    aims: subjects.flatMap(({ name }) => {
      const ratio = name === 'budget' ? 1 : aims[name.split(' ')[0] ?? ''];
      return ratio === undefined ? [] : [{ peer: name, ratio, kind: name === 'budget' ? 'atMost' : kind }];
    }),
  };
}
