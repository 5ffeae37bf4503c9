/** Who joined and who left, as this console saw it: kept as long as it is open. */
import { create } from 'zustand';
import type { NodeInfo } from '../../common/contract/nodes.ts';

/** Changes kept; the oldest go. */
const mostChanges = 200;

export interface ClusterChange {
  /** Stable, for React. */
  readonly id: number;
  readonly atMs: number;
  readonly nodeId: string;
  readonly name: string;
  /** `lost`: the own node lost the broker and cannot tell. */
  readonly kind: 'joined' | 'left' | 'lost' | 'forgotten';
}

/** Newest first. */
export const useClusterHistory = create<{ readonly changes: readonly ClusterChange[] }>(() => ({ changes: [] }));

let lastId = 0;

/** Takes note of what is different in a new list of nodes. The first list says nothing about what happened. */
export function recordChanges(before: readonly NodeInfo[], now: readonly NodeInfo[], atMs: number): void {
  const changes = changesBetween(before, now).map((change) => ({ ...change, id: ++lastId, atMs }));
  if (changes.length === 0) return;
  useClusterHistory.setState((state) => ({ changes: [...changes, ...state.changes].slice(0, mostChanges) }));
}

/** The changes of status, in the order of the new list, then what is no longer in it. */
export function changesBetween(before: readonly NodeInfo[], now: readonly NodeInfo[]): readonly Omit<ClusterChange, 'id' | 'atMs'>[] {
  if (before.length === 0) return [];
  const old = new Map(before.map((node) => [node.nodeId, node]));
  const changes: Omit<ClusterChange, 'id' | 'atMs'>[] = [];
  for (const { nodeId, name, status } of now) {
    const known = old.get(nodeId);
    old.delete(nodeId);
    if (known?.status === status) continue;
    if (status === 'online') changes.push({ nodeId, name, kind: 'joined' });
    else if (status === 'unknown') changes.push({ nodeId, name, kind: 'lost' });
    else if (known !== undefined) changes.push({ nodeId, name, kind: 'left' });
  }
  for (const { nodeId, name } of old.values()) changes.push({ nodeId, name, kind: 'forgotten' });
  return changes;
}
