import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Broker, BrokerOptions } from '../../../src/main/node/broker/index.ts';
import type { LogStore } from '../../../src/main/node/broker/log/index.ts';
import { Problems } from '../../../src/main/node/telemetry/index.ts';
import { clientOf, testBroker } from '../../helpers/broker-fixture.ts';
import { type StaticPeerTrust, staticPeerTrust } from '../../helpers/broker-trust.ts';
import { startFaultProxy } from '../../helpers/fault-proxy.ts';
import type { JsonQueueClient } from '../../helpers/json-queue-client.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const admin = { user: 'test', roles: ['admin'] } as const;
const nodes = [1, 2, 3, 4];

interface Member {
  readonly broker: Broker;
  readonly trust: StaticPeerTrust;
  readonly folder: string;
  readonly problems: Problems;
}

async function member(byte: number, folder?: string, options: Partial<BrokerOptions> = {}): Promise<Member> {
  const trust = staticPeerTrust({ byte, members: nodes, cluster: `membership-${process.pid}` });
  const problems = new Problems();
  const where = folder ?? join(await temporaryFolder(), 'broker');
  const broker = await testBroker(where, { trust: trust.trust, nodeId: trust.nodeId, name: `node-${byte}`, problems, ...options });
  await broker.start();
  return { broker, trust, folder: where, problems };
}

async function ask({ broker }: Member, operation: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
  const outcome = await broker.request(operation, admin, () => undefined);
  if ('answer' in outcome) return outcome.answer.fields;
  throw Object.assign(new Error(outcome.refusal.message), { code: outcome.refusal.code });
}

async function begin(first: Member): Promise<string> {
  const { cluster_id } = await ask(first, { operation: 'GROUP_CREATE' });
  await expect.poll(() => first.broker.status().leaderOf).toBe(1);
  return String(cluster_id);
}

const joinAt = (newcomer: Member, groupId: string, at: Member, replaces?: string) =>
  ask(newcomer, {
    operation: 'GROUP_JOIN',
    cluster_id: groupId,
    address: `127.0.0.1:${at.broker.address?.port}`,
    ...(replaces !== undefined && { replaces }),
  });

/** A group of three, begun by the first. */
async function three(): Promise<{ readonly all: readonly [Member, Member, Member]; readonly groupId: string }> {
  const all = [await member(1), await member(2), await member(3)] as const;
  const groupId = await begin(all[0]);
  for (const newcomer of all.slice(1)) await joinAt(newcomer, groupId, all[0]);
  return { all, groupId };
}

const leads = ({ broker }: Member) => broker.status().leaderOf === 1;
const leaderOf = (members: readonly Member[]) => members.find(leads);

/** Appends one after the other until it is told to stop, wherever the leader is; an append is repeated with its stamp until it is acknowledged. */
class Appender {
  readonly #members: () => readonly Member[];
  readonly #running: Promise<void>;
  acknowledged = 0;
  #isOver = false;

  constructor(members: () => readonly Member[]) {
    this.#members = members;
    this.#running = this.#run();
  }

  async stop(): Promise<number> {
    this.#isOver = true;
    await this.#running;
    return this.acknowledged;
  }

  /** Waits until so many more have been acknowledged. */
  async more(count: number): Promise<void> {
    const goal = this.acknowledged + count;
    await expect.poll(() => this.acknowledged).toBeGreaterThanOrEqual(goal);
  }

  async #run(): Promise<void> {
    let client: JsonQueueClient | undefined;
    while (!this.#isOver) {
      const next = this.acknowledged + 1;
      const leader = leaderOf(this.#members());
      // The one that led may be gone by now.
      if (client === undefined && leader !== undefined) client = await clientOf(leader.broker).catch(() => undefined);
      const answer = await client?.ask({
        operation: 'APPEND',
        queue_name: 'orders',
        data: next,
        producer: { id: 'press', epoch: 1, sequence: next },
      });
      if (answer?.status === 'success') this.acknowledged = next;
      else {
        client?.close();
        client = undefined;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
}

async function readAll(leader: Member): Promise<readonly number[]> {
  const client = await clientOf(leader.broker);
  const values: number[] = [];
  for (;;) {
    const { status, messages } = await client.ask({ operation: 'READ', queue_name: 'orders', client_id: 'C-END', max: 500 });
    expect(status).toBe('success');
    const taken = (messages as { data: number }[] | undefined) ?? [];
    if (taken.length === 0) return values;
    values.push(...taken.map(({ data }) => data));
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, place) => place + 1);

test('brokers join, leave and take the place of others while a client appends: nothing is lost, doubled or out of order', async () => {
  const [a, b, c] = [await member(1), await member(2), await member(3)];
  const groupId = await begin(a);
  const setUp = await clientOf(a.broker);
  await setUp.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  const members: Member[] = [a, b, c];
  const appender = new Appender(() => members);
  await appender.more(20);
  await expect(joinAt(b, groupId, a)).resolves.toMatchObject({ voter: true });
  await appender.more(20);
  // Through one that does not lead.
  await expect(joinAt(c, groupId, b)).resolves.toMatchObject({ voter: true });
  await appender.more(20);
  // The leader goes.
  await ask(a, { operation: 'LEAVE_CLUSTER', cluster_id: groupId });
  expect(a.broker.status().groups).toBe(0);
  members.splice(0, 1);
  await appender.more(20);
  const d = await member(4);
  await expect(joinAt(d, groupId, c)).resolves.toMatchObject({ voter: true });
  // A broker loses its disk: its node comes back as another broker, and takes the place of the old one.
  await b.broker.stop();
  const wiped = await member(2);
  members.splice(0, 1, d, wiped);
  await appender.more(20);
  await expect(joinAt(wiped, groupId, c)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(b.broker.brokerId) });
  await expect(joinAt(wiped, groupId, c, b.broker.brokerId)).resolves.toMatchObject({ voter: true });
  await appender.more(20);
  const acknowledged = await appender.stop();
  const leader = leaderOf(members) as Member;
  expect(await readAll(leader)).toEqual(upTo(acknowledged));
  const { groups } = await ask(leader, { operation: 'GROUP_LIST' });
  const ids = (groups as { members: { broker_id: string }[] }[])[0]?.members.map(({ broker_id }) => broker_id);
  expect(ids?.toSorted()).toEqual(members.map(({ broker }) => broker.brokerId).toSorted());
});

test('a leader leaves although the next one has not yet heard of the third broker, whose disk is slow', async () => {
  let isSlow = false;
  const [a, b] = [await member(1), await member(2)];
  const c = await member(3, undefined, {
    wrapLog: (log) => ({
      ...methodsOf(log),
      write: async (writes) => {
        // Its vote is not on its disk, and so it answers no leader of the new term, before the one that leaves has asked the next leader.
        if (isSlow) await new Promise((resolve) => setTimeout(resolve, 200));
        await log.write(writes);
      },
    }),
  });
  const groupId = await begin(a);
  for (const newcomer of [b, c]) await joinAt(newcomer, groupId, a);
  isSlow = true;
  await ask(a, { operation: 'LEAVE_CLUSTER', cluster_id: groupId });
  isSlow = false;
  expect(a.broker.status().groups).toBe(0);
  await expect.poll(() => ask(b, { operation: 'GROUP_LIST' })).toMatchObject({ groups: [{ voters: 2 }] });
});

test('a node that is removed from the cluster is cut off in the middle of replication; the others go on', async () => {
  const { all } = await three();
  const [a, b, c] = all;
  const client = await clientOf(a.broker);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  const appender = new Appender(() => all);
  await appender.more(30);
  a.trust.revoke(3);
  b.trust.revoke(3);
  expect(a.broker.status().peers).toBe(1);
  await appender.more(30);
  const acknowledged = await appender.stop();
  const { groups } = await ask(c, { operation: 'GROUP_LIST' });
  expect((groups as { commit_index: number }[])[0]?.commit_index).toBeLessThan(acknowledged);
  expect(await readAll(leaderOf(all) as Member)).toEqual(upTo(acknowledged));
});

test('a disk that was restored from a copy is refused by the others, and is another broker at its next start', async () => {
  const { all, groupId } = await three();
  const [a, b, c] = all;
  await c.broker.stop();
  const copy = join(await temporaryFolder(), 'broker');
  await cp(c.folder, copy, { recursive: true });
  const again = await member(3, c.folder);
  await expect.poll(() => again.broker.status().peers).toBe(2);
  const third = await member(3, copy);
  await expect.poll(() => third.problems.list().map(({ id }) => id)).toContain('broker.renounced');
  expect([...a.problems.list(), ...b.problems.list()].map(({ id }) => id)).toContain('broker.copyRefused');
  expect(again.broker.status().peers).toBe(2);
  await third.broker.stop();
  const anew = await member(3, copy);
  expect(anew.broker.brokerId).not.toBe(c.broker.brokerId);
  const { groups } = await ask(a, { operation: 'GROUP_LIST' });
  expect((groups as { cluster_id: string; voters: number }[])[0]).toMatchObject({ cluster_id: groupId, voters: 3 });
});

test('a broker that was removed while it was away is told so, keeps its copy, and can leave', async () => {
  const { all, groupId } = await three();
  const [a, , c] = all;
  await c.broker.stop();
  await expect.poll(() => a.broker.status().peers).toBe(1);
  await ask(a, { operation: 'REMOVE_BROKER', cluster_id: groupId, broker_id: c.broker.brokerId });
  const back = await member(3, c.folder);
  await expect.poll(() => back.problems.list().map(({ id }) => id)).toContain(`broker.removed.${groupId}`);
  expect(back.broker.status().groups).toBe(1);
  await ask(back, { operation: 'LEAVE_CLUSTER', cluster_id: groupId });
  expect(back.broker.status().groups).toBe(0);
  expect(back.problems.list()).toEqual([]);
});

test('a broker that is removed while it follows is told so at once, and can join again with what it has', async () => {
  const { all, groupId } = await three();
  const [a, , c] = all;
  const appender = new Appender(() => all);
  const client = await clientOf(a.broker);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  await appender.more(20);
  await ask(leaderOf(all) as Member, { operation: 'REMOVE_BROKER', cluster_id: groupId, broker_id: c.broker.brokerId });
  await expect.poll(() => c.problems.list().map(({ id }) => id)).toContain(`broker.removed.${groupId}`);
  await appender.more(20);
  expect(await joinAt(c, groupId, a)).toMatchObject({ broker_id: c.broker.brokerId, voter: true });
  await expect.poll(() => c.problems.list()).toEqual([]);
  await appender.more(20);
  const acknowledged = await appender.stop();
  expect(await readAll(leaderOf(all) as Member)).toEqual(upTo(acknowledged));
});

test('a learner whose connection is cut while it gets a snapshot becomes a member all the same', async () => {
  let cutTo = 0;
  const places = new Map<string, number>();
  const addressOf: BrokerOptions['addressOf'] = ({ brokerId, host, port }) => ({ host, port: places.get(brokerId ?? '') ?? port });
  const a = await member(1, undefined, {
    addressOf,
    wrapLog: (log) => ({
      ...methodsOf(log),
      compact: async (groupId, to) => {
        await log.compact(groupId, to);
        cutTo = to.index;
      },
    }),
  });
  const groupId = await begin(a);
  const client = await clientOf(a.broker);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  const data = 'x'.repeat(500_000);
  for (let count = 0; count < 20; count++)
    expect(await client.ask({ operation: 'APPEND', queue_name: 'orders', data })).toMatchObject({ status: 'success' });
  // The log is cut where the state holds it, so that a newcomer needs a snapshot.
  await expect.poll(() => cutTo).toBeGreaterThan(20);
  const b = await member(2, undefined, { addressOf });
  const proxies = [await startFaultProxy(a.broker.address?.port ?? 0), await startFaultProxy(b.broker.address?.port ?? 0)] as const;
  places.set(a.broker.brokerId, proxies[0].port);
  places.set(b.broker.brokerId, proxies[1].port);
  const steps: string[] = [];
  let cuts = 0;
  const joined = b.broker.request(
    { operation: 'GROUP_JOIN', cluster_id: groupId, address: `127.0.0.1:${proxies[0].port}` },
    admin,
    ({ step, done }) => {
      steps.push(String(step));
      if (step !== 'snapshot' || Number(done) < 0.05 || cuts > 0) return;
      cuts++;
      for (const proxy of proxies) proxy.cut();
    },
  );
  await expect(joined).resolves.toMatchObject({ answer: { fields: { voter: true } } });
  expect(cuts).toBe(1);
  expect(steps.filter((step) => step === 'asking')).toHaveLength(1);
});

/** A store whose methods can be replaced one by one. */
function methodsOf(log: LogStore): LogStore {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(log)) as (keyof LogStore)[];
  return Object.fromEntries(names.map((name) => [name, (log[name] as (...args: never[]) => unknown).bind(log)])) as unknown as LogStore;
}
