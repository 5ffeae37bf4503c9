import { useState } from 'react';
import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import { Dialog } from '../../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { InviteForm } from './invite-form.tsx';
import { InviteShown } from './invite-shown.tsx';
import type { MadeInvite } from './made-invite.ts';

/**
 * Invites one node by a code or several by a file. What is made is in this dialog's memory and nowhere else; closing does not
 * withdraw it.
 */
export function InviteDialog(props: {
  readonly cluster: string;
  readonly addresses: readonly string[];
  readonly members: readonly ClusterMember[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const [made, setMade] = useState<MadeInvite>();
  const { cluster, onClose } = props;
  return (
    <Dialog
      title={t('inviteTitle', { cluster })}
      opened
      onClose={onClose}
      closeLabel={common('close')}
      widthPx={made?.kind === 'code' ? 620 : 500}
    >
      {made === undefined ? (
        <InviteForm addresses={props.addresses} members={props.members} onMade={setMade} onCancel={onClose} />
      ) : (
        <InviteShown made={made} members={props.members} onAnother={() => setMade(undefined)} onClose={onClose} />
      )}
    </Dialog>
  );
}
