import type { NodeInfo, nodesContract } from '../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { type Federation, federationIsOff, type KnownNode } from '../federation/index.ts';
import type { Handlers } from '../router/index.ts';
import type { Startable } from '../startable.ts';

export const nodesTopic = '/cluster/nodes';
/** Changes of that time go out together. */
const beatMs = 250;

export interface NodesServiceOptions {
  readonly federation: Federation;
  /** This node, as `nodes.list` shows it. */
  readonly self: () => Omit<
    NodeInfo,
    'self' | 'status' | 'pendingCalls' | 'clockOffsetMs' | 'rttMs' | 'lastSeenAt' | 'via' | 'secure' | 'circuit' | 'circuitOpenMs'
  >;
  readonly nowMs?: () => number;
}

/** The nodes of the cluster as this one sees them. */
export function createNodesService(options: NodesServiceOptions): Handlers<keyof typeof nodesContract> {
  const { federation, self, nowMs = Date.now } = options;
  const isSelf = (idOrName: string) => idOrName === self().nodeId || idOrName === self().name;
  const find = (idOrName: string): KnownNode => {
    const node = federation.directory.find(idOrName);
    if (node === undefined) throw new SignalboxError('NOT_FOUND', `No node named ${idOrName} is known here.`, { executed: 'no' });
    return node;
  };
  return {
    'nodes.list': ({ onlineOnly }) => ({
      nodes: listNodes(options).filter(({ status }) => !onlineOnly || status === 'online'),
    }),
    'nodes.get': ({ node }) => (isSelf(node) ? ownInfo(options) : infoOf(find(node), federation)),
    'nodes.ping': async ({ node, count }) => {
      const { nodeId, name } = self();
      if (isSelf(node)) return { nodeId, name, rttMs: 0, roundTripsMs: [0], clockOffsetMs: 0 };
      if (federation.isAlone) throw federationIsOff();
      const known = find(node);
      const { roundTripsMs, rttMs, clockOffsetMs } = await federation.clocks.measure(known, count);
      return { nodeId: known.nodeId, name: known.name, rttMs, roundTripsMs: [...roundTripsMs], clockOffsetMs: Math.round(clockOffsetMs) };
    },
    'nodes.clock': () => ({ nowMs: nowMs() }),
  };
}

/** Publishes the list of nodes when it changes; its last value is kept for whoever asks later. */
export function createNodesFeed(options: NodesServiceOptions, publish: (topic: string, data: unknown) => void): Startable {
  let timer: NodeJS.Timeout | undefined;
  let unlisten: (() => void) | undefined;
  const send = () => {
    timer = undefined;
    publish(nodesTopic, { nodes: listNodes(options) });
  };
  return {
    start: () => {
      unlisten = options.federation.directory.listen({
        changed: () => {
          timer ??= setTimeout(send, beatMs).unref();
        },
      });
      send();
      return Promise.resolve();
    },
    stop: () => {
      unlisten?.();
      clearTimeout(timer);
      return Promise.resolve();
    },
  };
}

function listNodes(options: NodesServiceOptions): NodeInfo[] {
  const others = options.federation.directory.all().map((node) => infoOf(node, options.federation));
  others.sort((a, b) => compare(a.name, b.name) || compare(a.nodeId, b.nodeId));
  return [ownInfo(options), ...others];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function ownInfo({ self, nowMs = Date.now }: NodesServiceOptions): NodeInfo {
  return {
    ...self(),
    self: true,
    status: 'online',
    lastSeenAt: nowMs(),
    clockOffsetMs: 0,
    rttMs: 0,
    pendingCalls: 0,
    via: null,
    secure: true,
    circuit: 'closed',
    circuitOpenMs: 0,
  };
}

function infoOf(node: KnownNode, federation: Federation): NodeInfo {
  const { presence } = node;
  return {
    nodeId: node.nodeId,
    name: node.name,
    self: false,
    status: node.reachability,
    version: presence.version,
    capabilities: [...node.capabilities],
    health: presence.health,
    load: node.load,
    since: presence.since === 0 ? null : presence.since,
    lastSeenAt: node.lastSeenMs,
    epoch: presence.epoch,
    clockOffsetMs: node.clockOffsetMs ?? null,
    rttMs: node.rttMs ?? null,
    pendingCalls: federation.gateway.pending.countOf(node.nodeId),
    via: node.via,
    secure: node.secure,
    circuit: federation.circuits.stateOf(node.nodeId),
    circuitOpenMs: Math.ceil(federation.circuits.restMsOf(node.nodeId)),
  };
}
