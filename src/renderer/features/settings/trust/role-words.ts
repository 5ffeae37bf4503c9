import { useCallback } from 'react';
import { type MemberRole, memberRoles } from '../../../../common/contract/membership.ts';
import { useTranslation } from '../../../i18n/index.ts';

/** Roles in words, always in the same order: `peer, viewer, operator`. */
export function useRoleNames(): (roles: readonly MemberRole[]) => string {
  const { t } = useTranslation('membership');
  return useCallback(
    (roles) =>
      memberRoles
        .filter((role) => roles.includes(role))
        .map((role) => t(`role_${role}`))
        .join(', '),
    [t],
  );
}
