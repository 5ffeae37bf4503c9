/** What is said of a cluster in parts. */
import type { ResultOf } from '../../../../../common/contract/index.ts';

export type PeersTopology = ResultOf<'peers.topology'>;

/** Names that a strip has room for; the others are counted. */
const mostNames = 4;
/** How long after it was whole again this is told. */
const healedForMs = 10 * 60_000;

export interface MissingNames {
  readonly names: readonly string[];
  /** Of those missing, not named. */
  readonly more: number;
}

export function missingNames(missing: readonly { readonly name: string }[]): MissingNames {
  const names = missing.map(({ name }) => name).sort();
  return { names: names.slice(0, mostNames), more: Math.max(0, names.length - mostNames) };
}

/** When the cluster was whole again, as long as that is news; undefined otherwise. */
export function healedLately({ partition, healedAt }: Pick<PeersTopology, 'partition' | 'healedAt'>, nowMs: number): number | undefined {
  return partition === null && healedAt !== null && nowMs - healedAt < healedForMs ? healedAt : undefined;
}
