import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import type { Action } from '../../../../app/actions/registry.ts';
import { copyText } from '../../../../design/copy-text.ts';
import { showToast } from '../../../../design/feedback/toast.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { useRights } from '../rights.ts';
import { openTrustDialog } from '../trust-dialogs.ts';

/** What can be done with a member: the menu of its row and the foot of its inspector show the same. */
export function useMemberActions(): (member: ClusterMember) => readonly Action[] {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const { mayLead } = useRights();
  return ({ nodeId, name, state }) => {
    const act = (id: string, title: string, danger: Action['danger'], enabled: boolean, run: () => void): Action => {
      return { id: `members.${id}`, group: 'act', title, detail: name, danger, enabled, run };
    };
    const copy = () => void copyText(nodeId).then((done) => done && showToast({ title: common('copied') }));
    return [
      act('roles', t('setRoles'), 2, mayLead, () => openTrustDialog({ kind: 'roles', nodeId })),
      act('copyId', t('copyNodeId'), 0, true, copy),
      // A node leaves by itself, which also forgets the cluster there.
      ...(state === 'self' ? [] : [act('revoke', t('revoke'), 3, mayLead, () => openTrustDialog({ kind: 'revoke', nodeId }))]),
    ];
  };
}
