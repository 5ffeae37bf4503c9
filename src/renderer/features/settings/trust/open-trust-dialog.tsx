import type { ReactNode } from 'react';
import type { ClusterMember } from '../../../../common/contract/membership.ts';
import { onDemand } from '../../../design/on-demand.tsx';
import { membershipChanged } from '../../../state/membership.ts';
import { AdmitRequest } from './dialogs/admit-dialog.tsx';
import { LeaveDialog, RevokeDialog, RotateDialog, SkipDialog, WithdrawDialog } from './dialogs/confirmations.tsx';
import { InviteDialog } from './dialogs/invite-dialog.tsx';
import { OpenLinksDialog } from './dialogs/open-links-dialog.tsx';
import { RecoverDialog } from './dialogs/recover-dialog.tsx';
import { RolesDialog } from './dialogs/roles-dialog.tsx';
import type { Status } from './trust-data.ts';
import { closeTrustDialog, type TrustDialog, useTrustDialog } from './trust-dialogs.ts';

// Shared with the first run, and not often needed here.
const CreateClusterDialog = onDemand(() =>
  import('../../shared/create-cluster/create-cluster-dialog.tsx').then((module) => module.CreateClusterDialog),
);

const JoinDialog = onDemand(() => import('../../shared/join/join-dialog.tsx').then((module) => module.JoinDialog));
const BackupDialog = onDemand(() => import('../../shared/backup/backup-dialog.tsx').then((module) => module.BackupDialog));

interface Known {
  readonly status: Status | undefined;
  readonly members: readonly ClusterMember[] | undefined;
}

/** The dialog that is open, if any. */
export function OpenTrustDialog(known: Known) {
  const dialog = useTrustDialog((state) => state.dialog);
  if (dialog === undefined || known.status === undefined) return null;
  const onClose = closeTrustDialog;
  switch (dialog.kind) {
    case 'create':
      return <CreateClusterDialog onClose={onClose} />;
    case 'openLinks':
      return <OpenLinksDialog onClose={onClose} />;
    case 'join':
      return <JoinDialog onClose={onClose} onJoined={membershipChanged} />;
    case 'backup':
      return <BackupDialog onClose={onClose} />;
    case 'admit':
      return <AdmitRequest key={dialog.requestId} requestId={dialog.requestId} own={known.status} onClose={onClose} />;
    default:
      return inCluster(dialog, known.status, known.members ?? [], onClose);
  }
}

/** Dialogs that need a cluster: without one an address may still ask for them. */
function inCluster(dialog: TrustDialog, status: Status, members: readonly ClusterMember[], onClose: () => void): ReactNode {
  const { cluster, addresses } = status;
  if (cluster === null) return null;
  switch (dialog.kind) {
    case 'leave':
      return <LeaveDialog cluster={cluster} onClose={onClose} />;
    case 'invite':
      return <InviteDialog cluster={cluster.name} addresses={addresses} members={members} onClose={onClose} />;
    case 'withdraw':
      return <WithdrawDialog inviteId={dialog.inviteId} onClose={onClose} />;
    case 'rotate':
      return <RotateDialog cluster={cluster} onClose={onClose} />;
    case 'recover':
      return <RecoverDialog cluster={cluster.name} onClose={onClose} />;
    case 'roles':
    case 'revoke':
    case 'skip': {
      const member = members.find(({ nodeId }) => nodeId === dialog.nodeId);
      if (member === undefined) return null;
      if (dialog.kind === 'roles') return <RolesDialog member={member} members={members} onClose={onClose} />;
      if (dialog.kind === 'skip') return <SkipDialog member={member} onClose={onClose} />;
      return <RevokeDialog member={member} cluster={cluster} onClose={onClose} />;
    }
    default:
      return null;
  }
}
