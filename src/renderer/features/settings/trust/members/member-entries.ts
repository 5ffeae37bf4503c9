import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import type { MenuEntry } from '../../../../design/controls/context-menu.tsx';
import { copyText } from '../../../../design/copy-text.ts';
import { showToast } from '../../../../design/feedback/toast.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { useRights } from '../rights.ts';
import { openTrustDialog } from '../trust-dialogs.ts';

/** What can be done with a member: the menu of its row and the foot of its inspector show the same. */
export function useMemberEntries({ nodeId, state }: ClusterMember): readonly MenuEntry[] {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const { mayLead } = useRights();
  const copy = () => void copyText(nodeId).then((done) => done && showToast({ title: common('copied') }));
  return [
    { id: 'roles', label: t('setRoles'), disabled: !mayLead, run: () => openTrustDialog({ kind: 'roles', nodeId }) },
    { id: 'copyId', label: t('copyNodeId'), run: copy },
    // A node leaves by itself, which also forgets the cluster there.
    ...(state === 'self'
      ? []
      : [
          { id: 'revoke', label: t('revoke'), dangerous: true, disabled: !mayLead, run: () => openTrustDialog({ kind: 'revoke', nodeId }) },
        ]),
  ];
}
