/** Queues, groups and replicas for tests. */
import type { GroupInfo, GroupMemberInfo } from '../../../../src/common/contract/brokers.ts';
import type { QueueInfo, QueueMessageView, QueueOptions } from '../../../../src/common/contract/queues.ts';

export const observedAt = 1_763_719_200_000;

export const options: QueueOptions = {
  maxMessages: null,
  maxBytes: null,
  maxAgeMs: 604_800_000,
  maxMessageBytes: 1_048_576,
  overflow: 'dropOldest',
  readRole: 'viewer',
  appendRole: 'operator',
};

export const member = (brokerId: string, change: Partial<GroupMemberInfo> = {}): GroupMemberInfo => ({
  brokerId,
  nodeId: null,
  name: brokerId,
  host: '127.0.0.1',
  port: 9401,
  role: 'replica',
  status: 'active',
  matchIndex: 100,
  lag: 0,
  lagSince: null,
  snapshot: null,
  impaired: false,
  ...change,
});

export const group = (members: readonly GroupMemberInfo[], change: Partial<GroupInfo> = {}): GroupInfo => ({
  groupId: 'G-XYZ78',
  version: 1,
  term: 4,
  leader: 'B-HUB01',
  leaderSince: observedAt - 60_000,
  commitIndex: 100,
  appliedIndex: 100,
  writable: true,
  whyNotWritable: null,
  voters: 3,
  quorum: 2,
  activeVoters: 3,
  members: [...members],
  queues: 1,
  messages: 10,
  bytes: 100,
  logBytes: 100,
  inPerSecond: 0,
  outPerSecond: 0,
  observedBy: 'n1',
  observedAt,
  ...change,
});

export const queue = (name: string, change: Partial<QueueInfo> = {}): QueueInfo => ({
  queueId: `Q-XYZ78${name.slice(0, 5).toUpperCase().padEnd(5, '0')}`,
  name,
  groupId: 'G-XYZ78',
  leader: { brokerId: 'B-HUB01', nodeId: null, name: 'hub-01' },
  writable: true,
  whyNotWritable: null,
  messages: 10,
  bytes: 100,
  firstSequence: 1,
  lastSequence: 10,
  oldestAt: observedAt - 1_000,
  dropped: 0,
  inPerSecond: 0,
  outPerSecond: 0,
  inSync: 3,
  replicas: 3,
  maxLag: 0,
  clients: 0,
  options,
  createdAt: observedAt - 10_000,
  observedAt,
  ...change,
});

export const message = (change: Partial<QueueMessageView> = {}): QueueMessageView => ({
  sequence: 7,
  at: observedAt,
  clientId: 'dock-gw-1',
  key: null,
  headers: {},
  encoding: 'json',
  sizeBytes: 10,
  data: { line: 7 },
  cut: false,
  ...change,
});
