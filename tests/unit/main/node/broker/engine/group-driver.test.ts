import { expect, onTestFinished, test } from 'vitest';
import { createCore, entryChecksum } from '../../../../../../src/main/node/broker/core/index.ts';
import type { CoreMessage, GroupMember, LogEntry, Persist } from '../../../../../../src/main/node/broker/core/types.ts';
import { GroupDriver } from '../../../../../../src/main/node/broker/engine/group-driver.ts';
import { LogPump } from '../../../../../../src/main/node/broker/engine/log-pump.ts';
import { MessageTail } from '../../../../../../src/main/node/broker/engine/message-tail.ts';
import { StateWriter } from '../../../../../../src/main/node/broker/engine/state-writer.ts';
import type { CommandOutcome } from '../../../../../../src/main/node/broker/engine/waiting-commands.ts';
import type { LogStore } from '../../../../../../src/main/node/broker/log/types.ts';
import {
  decodeBundle,
  encodeBundle,
  encodeCommand,
  encodeMessages,
  QueueMachine,
} from '../../../../../../src/main/node/broker/machine/index.ts';
import { defaultQueueOptions } from '../../../../../../src/main/node/broker/protocol/index.ts';
import type { StateStore } from '../../../../../../src/main/node/broker/state/types.ts';

const groupId = 'G-AAAAA';
const queueId = 'Q-AAAAABBBBB';
const start = { index: 0, term: 0, checksum: 0 };
const turn = () => new Promise((resolve) => setImmediate(resolve));
const nothing = () => undefined;

const createQueue = encodeCommand({ type: 'createQueue', queueId, name: 'orders', options: defaultQueueOptions, timeMs: 1 });
const append = () => {
  const batch = encodeMessages([{ key: null, headers: {}, encoding: 'bytes', data: Buffer.from('x') }]);
  return encodeCommand({ type: 'append', queueId, clientId: 'C-1', producer: null, batch, timeMs: 2 });
};

/** A driver over a log whose writes end when the test says so. Time stands still but for `pass`. */
function group(...otherIds: string[]) {
  let nowMs = 0;
  const memberOf = (brokerId: string): GroupMember => ({ brokerId, voter: true, nodeId: null, host: '127.0.0.1', port: 1 });
  const configuration = { groupId, version: 0, members: ['B-AAAAA', ...otherIds].map(memberOf) };
  const writes: { readonly persists: readonly Persist[]; readonly end: () => void }[] = [];
  const write: LogStore['write'] = (due) => new Promise((end) => writes.push({ persists: due.map(({ persist }) => persist), end }));
  const log = { write } as LogStore;
  const seen: string[] = [];
  const machine = new QueueMachine();
  const apply = machine.apply.bind(machine);
  machine.apply = (entry) => {
    seen.push(`applied ${entry.index}`);
    return apply(entry);
  };
  const pump = new LogPump({ log, onPersisted: (_groupId, ticket) => driver.persisted(ticket), onFailed: nothing });
  const driver: GroupDriver = new GroupDriver({
    groupId,
    core: createCore({
      brokerId: 'B-AAAAA',
      image: {
        groupId,
        hardState: { term: 0, votedFor: null },
        compacted: start,
        last: start,
        terms: [],
        configuration,
        configurations: [configuration],
        impaired: false,
        guardedIndex: 0,
      },
      appliedIndex: 0,
      timing: { heartbeatMs: 50, electionMinMs: 300, electionMaxMs: 600 },
      random: () => 0,
      nowMs,
    }),
    machine,
    applied: start,
    log,
    pump,
    stateWriter: new StateWriter({
      groupId,
      store: { apply: () => Promise.resolve() } as unknown as StateStore,
      collectRows: () => machine.collectRows(),
      onStored: nothing,
      onFailed: nothing,
    }),
    tail: new MessageTail(1_000_000),
    peers: {
      send: (_to, _groupId, message: CoreMessage) => {
        seen.push(`sent ${message.type}`);
        return true;
      },
      isConnected: () => true,
      setMembers: nothing,
      removeGroup: nothing,
      offerSnapshot: () => Promise.resolve(false),
    },
    nowMs: () => nowMs,
    onChanged: nothing,
    onFailed: (error) => {
      throw error;
    },
    onFault: nothing,
    onSnapshotWanted: nothing,
  });
  onTestFinished(() => driver.stop());
  /** Ends all writes until none is on its way. */
  const flush = async () => {
    for (await turn(); writes.length > 0; await turn()) writes.shift()?.end();
  };
  return { driver, writes, seen, flush, pass: (ms: number) => (nowMs += ms) };
}

/** How many commands each entry of a write holds. */
const commandsOf = ({ persists }: { readonly persists: readonly Persist[] }) =>
  persists.flatMap(({ entries }) => entries.map(({ data }) => decodeBundle(data).length));

async function leader() {
  const whole = group();
  whole.driver.start();
  await whole.flush();
  whole.driver.propose(createQueue, nothing);
  await whole.flush();
  return whole;
}

test('commands that come while an entry is on its way are the next entry, all together', async () => {
  const { driver, writes, flush } = await leader();
  const outcomes: CommandOutcome[] = [];
  const propose = () => driver.propose(append(), (outcome) => outcomes.push(outcome));
  propose();
  propose();
  await turn();
  for (let count = 0; count < 5; count += 1) {
    propose();
    await turn();
  }
  expect(writes.map(commandsOf)).toEqual([[2]]);
  expect(outcomes).toEqual([]);
  writes.shift()?.end();
  await turn();
  expect(writes.map(commandsOf)).toEqual([[5]]);
  expect(outcomes).toHaveLength(2);
  await flush();
  expect(
    outcomes.map((outcome) => outcome.ok && outcome.result.ok && outcome.result.type === 'appended' && outcome.result.firstSequence),
  ).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a replica that does not lead refuses at once, and later than the call', async () => {
  const { driver } = group('B-BBBBB', 'B-CCCCC');
  driver.start();
  const outcomes: CommandOutcome[] = [];
  driver.propose(append(), (outcome) => outcomes.push(outcome));
  expect(outcomes).toEqual([]);
  await turn();
  expect(outcomes).toEqual([{ ok: false, code: 'NOT_LEADER' }]);
});

test('a follower answers before it applies what is committed', async () => {
  const { driver, seen, flush } = group('B-BBBBB', 'B-CCCCC');
  driver.start();
  const data = encodeBundle([createQueue]);
  const first = { index: 1, term: 1, kind: 'noop' as const, data: new Uint8Array() };
  const noop: LogEntry = { ...first, checksum: entryChecksum(0, first) };
  const second = { index: 2, term: 1, kind: 'commands' as const, data };
  const commands: LogEntry = { ...second, checksum: entryChecksum(noop.checksum, second) };
  driver.receive('B-BBBBB', { type: 'REPLICATE', term: 1, previous: start, entries: [noop, commands], commitIndex: 2, readRound: 0 });
  await flush();
  const answered = seen.indexOf('sent REPLICATE_ACK');
  expect(answered).toBeGreaterThanOrEqual(0);
  expect(seen.indexOf('applied 1')).toBeGreaterThan(answered);
  expect(driver.machine.queue('orders')?.queueId).toBe(queueId);
  expect(driver.appliedIndex).toBe(2);
});
