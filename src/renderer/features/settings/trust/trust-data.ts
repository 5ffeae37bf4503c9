import type { ResultOf } from '../../../../common/contract/index.ts';
import type { CallState } from '../../../state/use-call.ts';

export type Status = ResultOf<'membership.status'>;
export type Cluster = NonNullable<Status['cluster']>;
export type Rotation = ResultOf<'membership.rotation'>;
export type Members = ResultOf<'membership.members'>;

/** The last answer, also when a later one failed. */
export function dataOf<R>(state: CallState<R>): R | undefined {
  return state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
}
