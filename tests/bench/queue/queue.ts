/**
 * Queues: our broker beside RabbitMQ's quorum queues, JetStream and Redis streams, three replicas each on this machine, one client and one
 * connection each, 256-byte messages. What an acknowledgement means differs and stands beside each number. Aims are those of queue.md 7.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callSubjects } from '../calls.ts';
import { type Aim, type Bench, type BenchOptions, type Measure, runMeasures } from '../harness.ts';
import { NotAvailable } from '../programs.ts';
import { startNats, startSyncingNats } from './nats.ts';
import { startRabbit } from './rabbit.ts';
import { startRedis } from './redis.ts';
import { startSignalbox } from './signalbox.ts';
import type { QueueConnection, QueueSystem, StartSystem } from './systems.ts';

/** Messages of one look at a consumer. */
const consumed = 20_000;

/** Of each system, at 100 in flight and at one. */
const warmUpSeconds = 4;

/** What is asked of us beside a peer: throughput at 100 and 1,000 in flight, the median of one at a time, and consuming. */
const aimsBeside: Readonly<Record<string, { readonly throughput?: number; readonly sequentialP50?: number; readonly consume?: number }>> = {
  RabbitMQ: { throughput: 2, sequentialP50: 1, consume: 1 },
  NATS: { throughput: 1 },
};

interface Running {
  readonly system: QueueSystem;
  readonly connection: QueueConnection;
}

export const queue: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const running: Running[] = [];
  try {
    for (const start of [startSignalbox, startRabbit, startNats, startSyncingNats, startRedis]) {
      const system = await startOrSkip(start, folder);
      if (system !== undefined) running.push({ system, connection: await system.connect() });
    }
    await warmUp(running);
    return await runMeasures(measures(running, options), options);
  } finally {
    for (const { system, connection } of running) {
      await connection.close();
      await system.stop();
    }
    await rm(folder, { recursive: true, force: true });
  }
};

/** Brokers run for weeks: none is measured while its code is still being compiled, or its files are new. */
async function warmUp(running: readonly Running[]): Promise<void> {
  const calls = Object.fromEntries(running.map(({ system, connection }) => [system.name, connection.append]));
  for (const inFlight of [100, 1]) for (const subject of callSubjects(calls, inFlight, 'perSecond', warmUpSeconds)) await subject.sample();
}

async function startOrSkip(start: StartSystem, folder: string): Promise<QueueSystem | undefined> {
  try {
    return await start(folder);
  } catch (error) {
    if (!(error instanceof NotAvailable)) throw error;
    console.error(`Skipped: ${error.message}.`);
    return undefined;
  }
}

function measures(running: readonly Running[], { seconds }: BenchOptions): Measure[] {
  const calls = Object.fromEntries(running.map(({ system, connection }) => [system.name, connection.append]));
  const withDurability = (subjects: Measure['subjects']) =>
    subjects.map((subject, at) => ({ ...subject, durability: running[at]?.system.durability ?? '' })) as unknown as Measure['subjects'];
  const aims = (of: 'throughput' | 'sequentialP50' | 'consume', kind: Aim['kind']): Aim[] =>
    running.flatMap(({ system: { name } }) => {
      const ratio = aimsBeside[name.split(' ')[0] ?? '']?.[of];
      return ratio === undefined ? [] : [{ peer: name, ratio, kind }];
    });
  const throughput = (inFlight: number): Measure => ({
    measure: `append, ${inFlight.toLocaleString('en')} in flight`,
    unit: 'messages/s',
    subjects: withDurability(callSubjects(calls, inFlight, 'perSecond', seconds)),
    aims: aims('throughput', 'atLeast'),
  });
  return [
    {
      measure: 'append, 1 in flight, p50',
      unit: 'us',
      subjects: withDurability(callSubjects(calls, 1, 'p50Us', seconds)),
      aims: aims('sequentialP50', 'atMost'),
    },
    throughput(100),
    throughput(1_000),
    {
      measure: 'take with acknowledgement',
      unit: 'messages/s',
      subjects: withDurability(
        running.map(({ system, connection }) => ({
          name: system.name,
          sample: () => connection.consume(consumed),
        })) as unknown as Measure['subjects'],
      ),
      aims: aims('consume', 'atLeast'),
    },
  ];
}
