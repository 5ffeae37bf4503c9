/** Of a value: how its copies are, and who changed it. */
import type { StoreItem } from '../../../../common/contract/store.ts';
import type { StateKind } from '../../../design/icons/index.ts';

export type CopyState = StoreItem['replicas'][number]['state'];

export const copyShapes: Record<CopyState, StateKind> = {
  current: 'online',
  behind: 'lagging',
  waiting: 'running',
  refused: 'failed',
};

/** The worst first. */
const ranks: readonly CopyState[] = ['refused', 'behind', 'waiting', 'current'];

export interface CopySummary {
  readonly copies: number;
  readonly current: number;
  /** The worst state of any copy; undefined without copies. */
  readonly worst: CopyState | undefined;
}

export function summaryOf({ replicas }: Pick<StoreItem, 'replicas'>): CopySummary {
  return {
    copies: replicas.length,
    current: replicas.filter(({ state }) => state === 'current').length,
    worst: ranks.find((rank) => replicas.some(({ state }) => state === rank)),
  };
}

/** `alice@press-07`: who changed a value, with the name of the node in the place of its id. @param nameOf what people call a node */
export function changedByWords(updatedBy: string, nameOf: (nodeId: string) => string): string {
  const at = updatedBy.lastIndexOf('@');
  return at === -1 ? updatedBy : `${updatedBy.slice(0, at)}@${nameOf(updatedBy.slice(at + 1))}`;
}
