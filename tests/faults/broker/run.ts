/** One run: real brokers, clients that write a history, faults one after the other, a final read of every replica, and the check. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Mistake } from '../../helpers/broker-mistakes.ts';
import { type BrokerSlot, brokerSlots, demand, formGroup } from '../../helpers/broker-processes.ts';
import { adminToken } from '../../helpers/broker-tokens.ts';
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts';
import type { BrokerPlace } from './caller.ts';
import { check } from './checker/checker.ts';
import { availabilityOf } from './checker/cluster.ts';
import type { Evidence, FaultSpan, FinalRead, ReplicaImage, Violation } from './checker/evidence.ts';
import { History, readHistory } from './history.ts';
import type { Battlefield, Fault } from './nemesis.ts';
import { entriesOf, fetchRequest, Workload, type WorkloadOptions } from './workload.ts';

/** Without an acknowledgement for that long after a fault, or without agreement for that long in the end, something is wrong. */
const patienceMsUsually = 120_000;
const pageOfFinalRead = 500;

export interface RunOptions {
  readonly brokers: number;
  readonly queues: readonly string[];
  readonly producers: WorkloadOptions['producers'];
  readonly producerPauseMs: number;
  /** The faults of the run, in order; asked for the next one until there is none. */
  readonly faults: Iterator<Fault>;
  /** Before the brokers start for the first time: gives them disks, clocks. */
  readonly equip?: (slots: readonly BrokerSlot[]) => Promise<void>;
  /** After each fault, for somebody who watches. */
  readonly onFault?: (fault: string, acknowledged: number) => void;
  /** How long a fault lasts, milliseconds: between these. */
  readonly holdMs: readonly [number, number];
  readonly patienceMs?: number;
  /** A mistake that is built into the brokers on purpose. */
  readonly mistake?: Mistake;
}

/** Of all faults of one kind. Milliseconds. */
export interface FaultReport {
  readonly times: number;
  /** Longest time without an acknowledged append while it lasted. */
  readonly longestGapMs: number;
  /** Longest time from its end to the next acknowledged append. */
  readonly slowestRecoveryMs: number;
}

export interface RunReport {
  readonly operations: number;
  readonly acknowledgedAppends: number;
  readonly faults: Readonly<Record<string, FaultReport>>;
  readonly elections: number;
  /** Answers that no fault explains. */
  readonly strangeErrors: readonly string[];
  readonly violations: readonly Violation[];
  readonly history: string;
}

/** Runs it. The history stays when something is wrong, and is removed with the brokers' folders otherwise. */
export async function run(options: RunOptions): Promise<RunReport> {
  const { patienceMs = patienceMsUsually } = options;
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-broker-run-'));
  const links = new Map<BrokerSlot, Map<BrokerSlot, FaultProxy>>();
  const routes = new Map<BrokerSlot, ReadonlyMap<number, number>>();
  const slots = await brokerSlots({
    folder,
    count: options.brokers,
    routes,
    ...(options.mistake === undefined ? {} : { mistake: options.mistake }),
  });
  onTestFinished(async () => {
    await Promise.all(slots.map((slot) => slot.kill()));
  });
  for (const from of slots) {
    const own = new Map<BrokerSlot, FaultProxy>();
    for (const to of slots) if (to !== from) own.set(to, await startFaultProxy(to.port));
    links.set(from, own);
    routes.set(from, new Map([...own].map(([to, proxy]) => [to.port, proxy.port])));
  }
  await options.equip?.(slots);
  const groupId = await formGroup(slots);
  const history = new History(join(folder, 'history.jsonl'));
  const field: Battlefield = {
    groupId,
    slots,
    link: (from, to) => links.get(from)?.get(to) as FaultProxy,
    leader: () => leaderOf(slots, patienceMs),
    moreAcknowledged: (count) => history.moreAcknowledged(count),
  };
  const leader = await field.leader();
  for (const queue of options.queues) await demand(leader, { operation: 'CREATE_QUEUE', queue_name: queue, cluster_id: groupId });

  const places = (): BrokerPlace[] => slots.map(({ name, port }) => ({ name, port }));
  const workload = new Workload({
    history,
    queues: options.queues,
    places,
    token: adminToken,
    producers: options.producers,
    producerPauseMs: options.producerPauseMs,
    giveUpAfterMs: patienceMs / 2,
  });
  workload.start();
  const { faults, standstill } = await torment(field, history, { ...options, patienceMs });
  await workload.stop(patienceMs);
  const acknowledgedAppends = history.acknowledged;
  await history.close();
  const disagreement = await agreement(slots, patienceMs);
  const finalReads: FinalRead[] = [];
  for (const queue of options.queues)
    for (const slot of slots) finalReads.push({ broker: slot.name, queue, entries: await readAll(slot, queue) });
  const replicas = await Promise.all(slots.map((slot) => replicaImage(slot, groupId)));
  const claims = await Promise.all(
    slots.map(async (slot) => (await slot.leaderships()).map(({ groupId: group, term }) => ({ broker: slot.name, group, term }))),
  );
  await Promise.all(slots.map((slot) => slot.kill()));

  const evidence: Evidence = { operations: await readHistory(history.file), finalReads, leaders: claims.flat(), replicas, faults };
  const violations = [...standstill, ...disagreement, ...check(evidence)];
  if (violations.length === 0) await rm(folder, { recursive: true, force: true });
  return {
    operations: evidence.operations.length,
    acknowledgedAppends,
    faults: faultReports(evidence),
    elections: new Set(claims.flat().map(({ group, term }) => `${group} ${term}`)).size,
    strangeErrors: workload.strangeErrors,
    violations,
    history: history.file,
  };
}

interface Torment {
  readonly faults: FaultSpan[];
  /** The cluster did not serve any more, and the run went no further. */
  readonly standstill: readonly Violation[];
}

/** One fault after the other, each mended and followed by acknowledgements before the next. */
async function torment(
  field: Battlefield,
  history: History,
  { faults, holdMs, onFault, patienceMs }: RunOptions & { readonly patienceMs: number },
): Promise<Torment> {
  const spans: FaultSpan[] = [];
  let standstill = await serving(field, history, 'the start', patienceMs);
  for (let next = faults.next(); next.done !== true && standstill.length === 0; next = faults.next()) {
    const { name, inject } = next.value;
    const fromNs = history.nowNs();
    try {
      const mend = await inject(field);
      await pause(randomInt(holdMs[0], holdMs[1]));
      await mend();
    } catch (error) {
      return { faults: spans, standstill: [{ point: 'availability', message: `the cluster did not get over ${name}: ${error}` }] };
    }
    spans.push({ fault: name, fromNs, toNs: history.nowNs() });
    standstill = await serving(field, history, name, patienceMs);
    onFault?.(name, history.acknowledged);
  }
  return { faults: spans, standstill };
}

/** Resolves when the cluster serves: some appends, a different number each time, so that faults meet different moments. */
async function serving(
  { slots }: Battlefield,
  history: History,
  after: string,
  patienceMs = patienceMsUsually,
): Promise<readonly Violation[]> {
  const ending = new AbortController();
  const standstill = pause(patienceMs, 'standstill', { signal: ending.signal }).catch(() => 'served');
  const outcome = await Promise.race([history.moreAcknowledged(20 + randomInt(60)), standstill]);
  ending.abort();
  if (outcome !== 'standstill') return [];
  const views = await Promise.all(slots.map((slot) => viewOf(slot)));
  return [{ point: 'availability', message: `nothing was acknowledged for ${patienceMs} ms after ${after}: ${JSON.stringify(views)}` }];
}

interface View {
  readonly self_role?: string;
  readonly term?: number;
  readonly commit_index?: number;
  readonly applied_index?: number;
  readonly applied_checksum?: number;
  readonly state_checksum?: number | string;
}

async function viewOf(slot: BrokerSlot, request: Readonly<Record<string, unknown>> = {}): Promise<View> {
  return slot.ask({ operation: 'CLUSTER_QUERY', ...request }, 1_000).catch(() => ({})) as Promise<View>;
}

/** The broker that says it leads, in the highest term; asks until one does. @throws Error when none does for long */
async function leaderOf(slots: readonly BrokerSlot[], patienceMs: number): Promise<BrokerSlot> {
  const untilMs = performance.now() + patienceMs;
  while (performance.now() < untilMs) {
    const views = await Promise.all(slots.map(async (slot) => ({ slot, view: await viewOf(slot) })));
    const leaders = views.filter(({ view }) => view.self_role === 'leader').sort((a, b) => (b.view.term ?? 0) - (a.view.term ?? 0));
    if (leaders[0] !== undefined) return leaders[0].slot;
    await pause(50);
  }
  throw new Error('nobody leads');
}

/** Waits until every replica has applied the same. */
async function agreement(slots: readonly BrokerSlot[], patienceMs: number): Promise<readonly Violation[]> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const views = await Promise.all(slots.map((slot) => viewOf(slot)));
    const indexes = new Set(views.flatMap(({ commit_index, applied_index }) => [commit_index ?? -1, applied_index ?? -1]));
    if (indexes.size === 1 && !indexes.has(-1)) return [];
    if (performance.now() > untilMs) return [{ point: 'replica', message: `replicas do not come to agree: ${JSON.stringify(views)}` }];
    await pause(100);
  }
}

/** All that one replica holds of a queue, from itself. */
async function readAll(slot: BrokerSlot, queue: string): Promise<FinalRead['entries']> {
  const entries: [number, string][] = [];
  for (let from = 1; ; ) {
    const answer = await demand(slot, fetchRequest({ f: 'fetch', queue, from, max: pageOfFinalRead, level: 'local' }));
    const page = entriesOf(answer);
    for (const [sequence, value] of page) entries.push([sequence, value]);
    const last = page.at(-1);
    if (last === undefined || last[0] >= Number(answer.last_sequence)) return entries;
    from = last[0] + 1;
  }
}

/** The log and the state of a replica by their digests. */
async function replicaImage(slot: BrokerSlot, group: string): Promise<ReplicaImage> {
  const {
    applied_index: appliedIndex = 0,
    applied_checksum: checksum = 0,
    state_checksum: state = '',
  } = await viewOf(slot, {
    cluster_id: group,
    detail: true,
  });
  return { broker: slot.name, group, checksums: new Map([[appliedIndex, checksum]]), appliedIndex, state: String(state) };
}

function faultReports(evidence: Evidence): Record<string, FaultReport> {
  const reports: Record<string, FaultReport> = {};
  for (const { fault, gapMs, recoveryMs } of availabilityOf(evidence)) {
    const before = reports[fault] ?? { times: 0, longestGapMs: 0, slowestRecoveryMs: 0 };
    reports[fault] = {
      times: before.times + 1,
      longestGapMs: Math.round(Math.max(before.longestGapMs, gapMs)),
      slowestRecoveryMs: Math.round(Math.max(before.slowestRecoveryMs, recoveryMs ?? 0)),
    };
  }
  return reports;
}
