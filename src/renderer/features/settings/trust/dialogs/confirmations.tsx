/** What is hard to undo: each names its object and says what follows, in numbers (danger levels 2 and 3, ui.md section 4). */
import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import { ConfirmDialog } from '../../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { useNode } from '../../../../state/node.ts';
import { act } from '../membership-acts.ts';
import type { Cluster } from '../trust-data.ts';
import { showTrust } from '../trust-route.ts';

interface DialogProps {
  readonly onClose: () => void;
}

/** Level 3: the name of the cluster is typed. */
export function LeaveDialog(props: DialogProps & { readonly cluster: Cluster }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const { name, members, linked } = props.cluster;
  const alone = members === 1;
  const leave = async () => {
    const left = await act('membership.leave', {}, { done: () => t('left', { cluster: name }), failed: t('notLeft', { cluster: name }) });
    if (left !== undefined) showTrust('overview');
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('leaveTitle', { cluster: name }),
        message: t('leaveMessage', { node, cluster: name }),
        effects: [
          [t('effect_links'), t('leaveLinks', { count: linked })],
          [t('effect_keys'), t('leaveKeys')],
          [t('effect_others'), t(alone ? 'leaveAlone' : 'leaveOthers', { node })],
          [t('effect_undo'), t(alone ? 'leaveUndoAlone' : 'leaveUndo')],
        ],
        verb: t('leaveVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { name }), value: name },
      }}
      onAnswer={(yes) => {
        props.onClose();
        if (yes) void leave();
      }}
    />
  );
}

/** Level 3: the name of the member is typed. */
export function RevokeDialog(props: DialogProps & { readonly member: ClusterMember; readonly cluster: Cluster }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const { member, cluster } = props;
  const { nodeId, name } = member;
  const revoke = async () => {
    const words = { done: () => t('revoked', { name }), failed: t('notRevoked', { name }) };
    if ((await act('membership.revoke', { node: nodeId }, words)) !== undefined) showTrust('members');
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('revokeTitle', { name }),
        message: t('revokeMessage', { name, cluster: cluster.name }),
        effects: [
          [t('effect_links'), t(member.state === 'linked' ? 'revokeLinksNow' : 'revokeLinks')],
          [t('effect_refused'), t('revokeRefused', { count: Math.max(0, cluster.members - 2) })],
          [t('effect_keys'), t('revokeKeys')],
          [t('effect_invites'), t('revokeInvites')],
          [t('effect_undo'), t('revokeUndo')],
        ],
        verb: t('revokeVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { name }), value: name },
      }}
      onAnswer={(yes) => {
        props.onClose();
        if (yes) void revoke();
      }}
    />
  );
}

/** Level 2. The code may have been read out already. */
export function WithdrawDialog(props: DialogProps & { readonly inviteId: string }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  return (
    <ConfirmDialog
      confirmation={{
        title: t('withdrawTitle'),
        message: t('withdrawMessage'),
        verb: t('withdraw'),
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        props.onClose();
        if (yes) void act('membership.withdraw', { inviteId: props.inviteId }, { done: () => t('withdrawn'), failed: t('notWithdrawn') });
      }}
    />
  );
}

/** Level 2. */
export function RotateDialog(props: DialogProps & { readonly cluster: Cluster }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const { name, members } = props.cluster;
  return (
    <ConfirmDialog
      confirmation={{
        title: t('rotateTitle', { cluster: name }),
        message: t('rotateMessage'),
        effects: [
          [t('fact_members'), t('rotateMembers', { count: members })],
          [t('effect_away'), t('rotateAway')],
          [t('effect_undo'), t('rotateUndo')],
        ],
        verb: t('rotateVerb'),
        harmless: true,
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        props.onClose();
        if (yes) void act('membership.rotate', {}, { done: ({ epoch }) => t('rotates', { epoch }), failed: t('notRotated') });
      }}
    />
  );
}

/** Level 2. */
export function SkipDialog(props: DialogProps & { readonly member: Pick<ClusterMember, 'nodeId' | 'name'> }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const { nodeId, name } = props.member;
  return (
    <ConfirmDialog
      confirmation={{
        title: t('skipTitle', { name }),
        message: t('skipMessage', { name }),
        verb: t('skipVerb'),
        harmless: true,
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        props.onClose();
        if (yes) void act('membership.skip', { node: nodeId }, { done: () => t('skipped', { name }), failed: t('notSkipped', { name }) });
      }}
    />
  );
}
