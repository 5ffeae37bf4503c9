import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import type { ErrorCode } from '../../../../../common/errors.ts';
import type { StateKind } from '../../../../design/icons/index.ts';

/** A member that is off or out of reach is no alarm (look.md section 6). */
const awayCodes: ReadonlySet<string> = new Set<ErrorCode>(['NODE_UNREACHABLE', 'NODE_LOST', 'TIMEOUT', 'CANCELLED', 'CIRCUIT_OPEN']);

export type LinkWord = 'self' | 'linked' | 'notLinked' | 'refused';

export interface LinkState {
  readonly kind: StateKind;
  readonly word: LinkWord;
}

/** How a member stands to this node. `refused`: it answers, and one of the two does not accept the other. */
export function linkStateOf({ state, failure }: Pick<ClusterMember, 'state' | 'failure'>): LinkState {
  if (state === 'self') return { kind: 'online', word: 'self' };
  if (state === 'linked') return { kind: 'online', word: 'linked' };
  if (failure === null || awayCodes.has(failure.code)) return { kind: 'offline', word: 'notLinked' };
  return { kind: 'failed', word: 'refused' };
}
