import type { TFunction } from 'i18next';
import type { Rotation } from './trust-data.ts';

/** `1 of 3 have installed the new key`, as far as this node knows: members are known where the change is led from. */
export function rotationWords(t: TFunction<'membership'>, { state, leader, members }: Rotation): string {
  if (state === 'idle') return t('keyInUse');
  if (members.length === 0) return t('rotationElsewhere', { leader: leader?.name ?? t('formerMember') });
  const done = members.filter(({ confirmed }) => confirmed).length;
  return t(`rotation_${state}`, { done, count: members.length });
}
