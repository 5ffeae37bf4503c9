/** How far a member is with the group key that the log announces, from what it says it holds. */
import { sameBytes, toBase64url } from '../../identity/index.ts';
import { type AnnouncedGroupKey, type GroupKey, groupKeyCommitment, type RotationStep, rotationSteps } from '../../trust/index.ts';
import type { GroupKeysHeld } from './messages.ts';

type Held = Pick<GroupKeysHeld, 'held'>;

/** True for the very key that was announced. */
export function isAnnounced(key: GroupKey | undefined, announced: AnnouncedGroupKey | undefined): key is GroupKey {
  if (key === undefined || announced === undefined || key.epoch !== announced.epoch) return false;
  return sameBytes(groupKeyCommitment(key), announced.commitment);
}

/** The last step a member has done; null: it does not hold the key. */
export function stepReached({ held }: Held, announced: AnnouncedGroupKey): RotationStep | null {
  const key = held.find(({ epoch }) => epoch === announced.epoch);
  if (key === undefined || key.commitment !== toBase64url(announced.commitment)) return null;
  if (key.state !== 'inUse') return 'install';
  return held.some(({ epoch }) => epoch < announced.epoch) ? 'use' : 'remove';
}

/** The step a member is to do next, so that it comes as far as `target`; undefined when it has. */
export function nextStep(reached: RotationStep | null, target: RotationStep): RotationStep | undefined {
  const next = reached === null ? 0 : rotationSteps.indexOf(reached) + 1;
  return next <= rotationSteps.indexOf(target) ? rotationSteps[next] : undefined;
}

/** True when a member has used another key under the announced number: two rotations ran apart, and only a later key puts it right. */
export function hasUsedAnother({ held }: Held, { epoch, commitment }: AnnouncedGroupKey): boolean {
  return held.some((key) => key.state !== 'installed' && key.epoch === epoch && key.commitment !== toBase64url(commitment));
}
