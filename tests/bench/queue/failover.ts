/** How long nobody is served when the leader is killed: from `kill -9` to the next acknowledged append, 30 times. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Caller } from '../../faults/broker/caller.ts';
import { type BrokerSlot, brokerSlots, demand, formGroup } from '../../helpers/broker-processes.ts';
import { adminToken } from '../../helpers/broker-tokens.ts';
import { type Bench, type Measure, median, runMeasures, type Subject } from '../harness.ts';
import { replicas } from './systems.ts';

const kills = 30;
/** Of queue.md 7; a median of half of it leaves no doubt that an election took one attempt. */
const budgetP99Ms = 4_000;
const budgetP50Ms = 2_500;

const queueName = 'bench';

export const queueFailover: Bench = async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const slots = await brokerSlots({ folder, count: replicas });
  const caller = new Caller(() => slots, adminToken);
  try {
    const groupId = await formGroup(slots);
    await caller.call({ operation: 'CREATE_QUEUE', queue_name: queueName, cluster_id: groupId }, { repeatable: true });
    const times: number[] = [];
    for (let kill = 0; kill < kills; kill++) times.push(await timeFailover(slots, caller, kill));
    times.sort((a, b) => a - b);
    const once = (name: string, value: number): Subject => ({ name, sample: () => Promise.resolve(value) });
    const within = (measure: string, value: number, budget: number): Measure => ({
      measure,
      unit: 'ms',
      subjects: [once('signalbox', value), once('budget', budget)],
      aims: [{ peer: 'budget', ratio: 1, kind: 'atMost' }],
    });
    const measures = [
      within(`kill -9 of the leader to the next acknowledged append, ${kills} times, p50`, median(times), budgetP50Ms),
      within(`kill -9 of the leader to the next acknowledged append, ${kills} times, p99`, times.at(-1) ?? Number.NaN, budgetP99Ms),
    ];
    return await runMeasures(measures, { ...options, rounds: 1 });
  } finally {
    caller.close();
    await Promise.all(slots.map((slot) => slot.kill()));
    await rm(folder, { recursive: true, force: true });
  }
};

/** Kills the leader while a client appends without a pause, brings it back, and waits until all are equal. */
async function timeFailover(slots: readonly BrokerSlot[], caller: Caller, number: number): Promise<number> {
  const append = () =>
    caller.call(
      { operation: 'APPEND', queue_name: queueName, client_id: 'bench', messages: [{ data: `message ${number}` }] },
      { repeatable: false },
    );
  const { broker } = await append();
  const leader = slots.find(({ name }) => name === broker) as BrokerSlot;
  const killed = leader.kill();
  const killedAtMs = performance.now();
  while ((await append()).outcome !== 'ok');
  const tookMs = performance.now() - killedAtMs;
  await killed;
  await leader.start();
  await untilEqual(slots);
  return tookMs;
}

async function untilEqual(slots: readonly BrokerSlot[]): Promise<void> {
  for (;;) {
    const views = await Promise.all(slots.map((slot) => demand(slot, { operation: 'CLUSTER_QUERY' })));
    if (new Set(views.map(({ applied_index }) => applied_index)).size === 1) return;
    await pause(100);
  }
}
