/** The methods of other nodes: asked for when a request goes there, and kept for a while. */
import { useEffect, useMemo } from 'react';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { useCluster } from '../../../state/cluster.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import type { RequestTarget } from '../model/target.ts';
import { nodesOf } from '../model/target.ts';
import { type RemoteCatalogue, useRpc } from './rpc-store.ts';

/** After that, what a node said is asked for again: rights and services may have changed. */
const keptMs = 60_000;
/** Catalogues of so many nodes are kept; the oldest goes first. */
const mostKept = 32;
/** Of a cluster with many versions, so many are looked at to say what not every node offers. */
const mostVersions = 4;
const timeoutMs = 5_000;

/** Reads what a node offers, unless that is known. A failure is no fault of the screen: the own node's methods are offered instead. */
async function readCatalogue(node: NodeInfo): Promise<void> {
  const { nodeId, epoch } = node;
  const known = useRpc.getState().remoteCatalogues[nodeId];
  if (known?.state === 'reading' || (known?.state === 'ready' && known.epoch === epoch && Date.now() - known.atMs < keptMs)) return;
  keep(nodeId, { state: 'reading', methods: known?.methods, atMs: known?.atMs ?? 0, epoch });
  try {
    const answer = await nodeClient().call('rpc.catalogue', {}, { target: { node: nodeId }, timeoutMs });
    keep(nodeId, { state: 'ready', methods: answer.methods, atMs: Date.now(), epoch });
  } catch {
    keep(nodeId, { state: 'failed', methods: known?.methods, atMs: Date.now(), epoch });
  }
}

function keep(nodeId: string, catalogue: RemoteCatalogue): void {
  useRpc.setState(({ remoteCatalogues }) => {
    const all = Object.entries({ ...remoteCatalogues, [nodeId]: catalogue });
    const kept = all.toSorted(([, a], [, b]) => b.atMs - a.atMs).filter(([id], index) => id === nodeId || index < mostKept);
    return { remoteCatalogues: Object.fromEntries(kept) };
  });
}

/**
 * The nodes whose word tells what a target offers: a chosen node; of many, one for each other version than the own node's,
 * because nodes of one version offer the same methods.
 */
export function askedForMethods(target: RequestTarget, nodes: readonly NodeInfo[]): readonly NodeInfo[] {
  if (target.kind === 'self' || target.kind === 'any') return [];
  const online = nodesOf(target, nodes).filter((node) => !node.self && node.status === 'online');
  if (target.kind === 'node') return online;
  const seen = new Set([nodes.find((node) => node.self)?.version]);
  const first = online.filter(({ version }) => {
    if (seen.has(version)) return false;
    seen.add(version);
    return true;
  });
  return first.slice(0, mostVersions);
}

/** Reads the methods of the nodes that a target stands for, as long as it is looked at. */
export function useTargetCatalogue(target: RequestTarget | undefined): void {
  const nodes = useCluster((state) => state.nodes);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const asked = useMemo(() => (target === undefined ? [] : askedForMethods(target, nodes)), [target, nodes]);
  const key = asked.map(({ nodeId, epoch }) => `${nodeId}@${epoch}`).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says whether other nodes, or others of their starts, are asked
  useEffect(() => {
    if (connected) for (const node of asked) void readCatalogue(node);
  }, [key, connected]);
}

/** Says which node lacks a method, by name; undefined where none is known to lack it. */
export function useLacking(target: RequestTarget | undefined): (method: string) => string | undefined {
  const nodes = useCluster((state) => state.nodes);
  const catalogues = useRpc((state) => state.remoteCatalogues);
  return useMemo(() => {
    const known = target === undefined ? [] : askedForMethods(target, nodes);
    const offered = known.flatMap(({ nodeId, name }) => {
      const methods = catalogues[nodeId]?.methods;
      return methods === undefined ? [] : [{ name, methods: new Set(methods.map((entry) => entry.method)) }];
    });
    return (method) => offered.find(({ methods }) => !methods.has(method))?.name;
  }, [target, nodes, catalogues]);
}
