/** Nodes with brokers that only pretend: what is replicated is one object that all replicas share, and a test says who leads. */
import type { QueueMessageView } from '../../src/common/contract/queues.ts';
import { SignalboxError, toErrorShape } from '../../src/common/errors.ts';
import type { Principal } from '../../src/common/roles.ts';
import {
  type BrokerFace,
  brokerThatIsOff,
  type HeldReplica,
  type OperationAnswer,
  type OperationRequest,
} from '../../src/main/node/broker/broker-face.ts';
import type { QueueMessage } from '../../src/main/node/broker/machine/types.ts';
import { toWireMessage } from '../../src/main/node/broker/protocol/index.ts';
import type { Router } from '../../src/main/node/router/index.ts';
import type { RemoteNode, RemoteNodes } from '../../src/main/node/router/remote-nodes.ts';
import { createBrokerServices } from '../../src/main/node/services/broker-services.ts';
import { createRouterFixture, type RouterFixture } from './router-fixture.ts';

interface PretendedQueue {
  readonly id: string;
  readonly name: string;
  readonly messages: { readonly data: unknown; readonly clientId: string }[];
}

export interface PretendedGroup {
  readonly id: string;
  /** Name of the node that leads; undefined: nobody. */
  leader: string | undefined;
  term: number;
  readonly members: readonly string[];
  readonly queues: PretendedQueue[];
}

export interface PretendedNode extends RouterFixture {
  readonly name: string;
  readonly nodeId: string;
  /** Operations that its broker was asked, in order. */
  readonly asked: OperationRequest[];
  /** Others do not reach it any more. */
  isGone: boolean;
  /** So many of its next answers to other nodes get lost on the way, after it has done what was asked. */
  losesAnswers: number;
  call(method: string, params?: Record<string, unknown>, principal?: Principal): Promise<unknown>;
}

export const nodeIdOf = (name: string) => `n1${name.padEnd(52, 'a')}`;
const brokerIdOf = (name: string) => `B-${name.toUpperCase().padEnd(5, '0').slice(0, 5)}`;
const admin: Principal = { user: 'ada@test', roles: ['admin'], via: 'ws' };

export interface PretendedOptions {
  readonly nodes: readonly string[];
  readonly groups: readonly PretendedGroup[];
  /** Nodes without a broker. */
  readonly without?: readonly string[];
}

/** Makes a group. @param queues names */
export function pretendGroup(
  id: string,
  members: readonly string[],
  queues: readonly string[],
  leader: string | undefined = members[0],
): PretendedGroup {
  const part = id.slice(2);
  return {
    id,
    leader,
    term: 1,
    members,
    queues: queues.map((name, index) => ({ id: `Q-${part}${String(index).padStart(5, '0')}`, name, messages: [] })),
  };
}

/** Routers with the services of queues and brokers, connected by function calls. Gives a node by its name. */
export function startPretended({ nodes, groups, without = [] }: PretendedOptions): (name: string) => PretendedNode {
  const made = new Map<string, PretendedNode>();
  const describe = (name: string): RemoteNode => ({
    nodeId: nodeIdOf(name),
    name,
    capabilities: without.includes(name) ? [] : ['broker'],
    healthy: true,
    load: 0,
  });
  for (const name of nodes) {
    const asked: OperationRequest[] = [];
    const others = nodes.filter((other) => other !== name);
    const reachable = () => others.filter((other) => made.get(other)?.isGone === false).map(describe);
    const remoteNodes: RemoteNodes = {
      list: reachable,
      find: (idOrName) => others.map(describe).find((node) => node.nodeId === idOrName || node.name === idOrName),
      call: async (node, request) => {
        const there = made.get(node.name);
        if (there === undefined || there.isGone)
          throw new SignalboxError('NODE_UNREACHABLE', `${node.name} is not connected.`, { executed: 'no' });
        try {
          const principal: Principal = { ...request.principal, via: 'node' };
          const said = await callHere(there.router, request.method, request.params, principal, request.timeoutMs);
          if (there.losesAnswers-- > 0) throw new SignalboxError('NODE_LOST', `${node.name} was lost.`, { executed: 'maybe' });
          return said;
        } catch (error) {
          // As over a wire: only the shape arrives.
          throw SignalboxError.fromShape(toErrorShape(error));
        }
      },
      broadcast: () => undefined,
      subscribe: () => Promise.resolve(() => undefined),
      onLost: () => undefined,
    };
    const fixture = createRouterFixture({
      nodeId: nodeIdOf(name),
      name: () => name,
      capabilities: () => describe(name).capabilities,
      remoteNodes,
    });
    const directory = {
      get: (nodeId: string) =>
        reachable()
          .map((node) => ({ ...node, reachability: 'online' }))
          .find((node) => node.nodeId === nodeId),
      online: reachable,
    };
    const broker = without.includes(name) ? brokerThatIsOff : pretendBroker(name, groups, asked);
    fixture.router.register(createBrokerServices({ broker, router: fixture.router, federation: { directory } as never, name: () => name }));
    made.set(name, {
      ...fixture,
      name,
      nodeId: nodeIdOf(name),
      asked,
      isGone: false,
      losesAnswers: 0,
      call: (method, params = {}, principal = admin) => callHere(fixture.router, method, params, principal, 10_000),
    });
  }
  return (name) => {
    const found = made.get(name);
    if (found === undefined) throw new Error(`there is no node ${name}`);
    return found;
  };
}

function callHere(router: Router, method: string, params: Readonly<Record<string, unknown>>, principal: Principal, timeoutMs: number) {
  return router.call(method as 'queues.list', params as never, { principal, timeoutMs }) as Promise<unknown>;
}

function pretendBroker(name: string, groups: readonly PretendedGroup[], asked: OperationRequest[]): BrokerFace {
  const held = () => groups.filter(({ members }) => members.includes(name));
  const leaderOf = ({ leader }: PretendedGroup) =>
    leader === undefined ? null : { brokerId: brokerIdOf(leader), nodeId: nodeIdOf(leader) };
  const replicaOf = (group: PretendedGroup): HeldReplica => ({
    groupId: group.id,
    role: group.leader === name ? 'leader' : 'follower',
    term: group.term,
    ready: true,
    leader: leaderOf(group),
  });
  return {
    status: () => ({ ...brokerThatIsOff.status(), state: 'running', brokerId: brokerIdOf(name), replicas: held().map(replicaOf) }),
    onChange: () => () => undefined,
    request: (operation) => {
      asked.push(operation);
      return Promise.resolve(answer(name, held(), operation));
    },
  };
}

const localOperations = new Set(['GROUP_LIST', 'QUEUE_LIST', 'QUEUE_STATS']);

function answer(name: string, groups: readonly PretendedGroup[], operation: OperationRequest): OperationAnswer {
  const { operation: kind, queue_name: named, level, ...rest } = operation as Record<string, string>;
  const [inGroup, queue_name] = named?.includes('/') === true ? named.split('/') : [undefined, named];
  const cluster_id = rest.cluster_id ?? inGroup;
  if (kind === 'GROUP_LIST') return { status: 'success', groups: groups.map((group) => groupFields(group)) };
  const group = groups.find(
    ({ id, queues }) =>
      (cluster_id === undefined || id === cluster_id) &&
      (queue_name === undefined || cluster_id !== undefined || queues.some((queue) => isIt(queue, queue_name))),
  );
  if (group === undefined) return { status: 'error', code: 'NOT_FOUND', message: 'There is no such queue.' };
  if (group.leader !== name && level !== 'local' && !localOperations.has(kind ?? '')) {
    const leader =
      group.leader === undefined
        ? null
        : { broker_id: brokerIdOf(group.leader), node_id: nodeIdOf(group.leader), host: '127.0.0.1', port: 9401 };
    return { status: 'error', code: 'NOT_LEADER', message: 'Only leader answers.', leader };
  }
  if (kind === 'QUEUE_LIST') return { status: 'success', queues: group.queues.map((queue) => queueFields(group, queue)), complete: true };
  if (kind === 'TRANSFER_LEADER') {
    const to = group.members.find((member) => brokerIdOf(member) === operation.to);
    group.leader = to;
    group.term++;
    return { status: 'success', leader: operation.to, term: group.term };
  }
  if (kind === 'CREATE_QUEUE') {
    const known = group.queues.find((queue) => queue.name === operation.queue_name);
    const queue = known ?? { id: `Q-${group.id.slice(2)}0000N`, name: String(operation.queue_name), messages: [] };
    if (known === undefined) group.queues.push(queue);
    return { status: 'success', queue_id: queue.id, queue_name: queue.name, cluster_id: group.id, created: known === undefined };
  }
  const queue = group.queues.find((candidate) => isIt(candidate, queue_name ?? ''));
  if (queue === undefined) return { status: 'error', code: 'NOT_FOUND', message: `There is no queue ${queue_name}.` };
  return onQueue(group, queue, operation);
}

function isIt({ id, name }: PretendedQueue, wanted: string): boolean {
  return id === wanted || name === wanted;
}

function onQueue(group: PretendedGroup, queue: PretendedQueue, operation: OperationRequest): OperationAnswer {
  const { messages } = queue;
  switch (operation.operation) {
    case 'QUEUE_STATS':
      return { status: 'success', ...queueFields(group, queue) };
    case 'APPEND': {
      const added = operation.messages as readonly { readonly data: unknown }[];
      const first = messages.length + 1;
      for (const { data } of added) messages.push({ data, clientId: String(operation.client_id) });
      return { status: 'success', sequence_num: first, count: added.length, repeated: false };
    }
    case 'FETCH': {
      const { preview_bytes: previewBytes } = operation as { readonly preview_bytes?: number };
      const all = messages.map((message, index) => toWireMessage(stored(message, index), { previewBytes }));
      const from = typeof operation.from_sequence === 'number' ? operation.from_sequence : 1;
      const to = typeof operation.to_sequence === 'number' ? operation.to_sequence : messages.length;
      const found = all.filter(({ sequence_num }) => sequence_num >= from && sequence_num <= to).slice(0, Number(operation.max));
      return { status: 'success', messages: found, scanned_from: from, scanned_to: to, scanned: found.length, more: false };
    }
    default:
      return { status: 'error', code: 'METHOD_NOT_FOUND', message: `${operation.operation} is not pretended.` };
  }
}

function stored({ data, clientId }: PretendedQueue['messages'][number], index: number): QueueMessage {
  const bytes = Buffer.from(JSON.stringify(data));
  return { sequence: index + 1, timeMs: index, clientId, key: null, headers: {}, encoding: 'json', data: bytes };
}

function groupFields(group: PretendedGroup): Record<string, unknown> {
  return {
    cluster_id: group.id,
    cluster_version: 1,
    term: group.term,
    leader: group.leader === undefined ? null : brokerIdOf(group.leader),
    leader_since_ms: null,
    commit_index: 10,
    applied_index: 10,
    writable: group.leader !== undefined,
    why_not_writable: group.leader === undefined ? 'no leader' : null,
    voters: group.members.length,
    quorum: 2,
    active_voters: group.members.length,
    members: group.members.map((member) => ({
      broker_id: brokerIdOf(member),
      node_id: nodeIdOf(member),
      host: '127.0.0.1',
      port: 9401,
      role: group.leader === member ? 'leader' : 'replica',
      status: 'active',
      match_index: 10,
      lag: 0,
      lag_since_ms: null,
      snapshot: null,
      impaired: false,
    })),
    queues: group.queues.length,
    messages: 0,
    bytes: 0,
    log_bytes: 0,
    in_per_second: 0,
    out_per_second: 0,
  };
}

function queueFields(group: PretendedGroup, { id, name, messages }: PretendedQueue): Record<string, unknown> {
  return {
    queue_id: id,
    queue_name: name,
    cluster_id: group.id,
    options: {
      max_messages: null,
      max_bytes: null,
      max_age_ms: null,
      max_message_bytes: 1_048_576,
      overflow: 'dropOldest',
      read_role: 'viewer',
      append_role: 'operator',
    },
    created_at_ms: 1,
    first_sequence: 1,
    last_sequence: messages.length,
    messages: messages.length,
    bytes: 0,
    oldest_time_ms: null,
    dropped: 0,
    clients: 0,
    in_per_second: 0,
    out_per_second: 0,
  };
}

/** What the messages of a browse are. */
export function dataOf(answer: unknown): unknown[] {
  return (answer as { readonly messages: readonly QueueMessageView[] }).messages.map(({ data }) => data);
}
