import { SupportBundleDialog } from './diagnostics/support-bundle-dialog.tsx';
import { closeDialog, useDialog } from './dialogs.ts';
import { RestartDialog } from './node/restart.tsx';
import { AddUserDialog, RemoveUserDialog, SetPasswordDialog, SetRoleDialog, SetupLinkDialog } from './users/user-dialogs.tsx';
import { useUsers } from './users/users-store.ts';

/** The dialog that is open, if any. */
export function OpenDialog() {
  const dialog = useDialog((state) => state.dialog);
  const users = useUsers((state) => state.users);
  if (dialog === undefined) return null;
  switch (dialog.kind) {
    case 'restart':
      return <RestartDialog onClose={closeDialog} />;
    case 'addUser':
      return <AddUserDialog onClose={closeDialog} />;
    case 'setupLink':
      return <SetupLinkDialog onClose={closeDialog} />;
    case 'supportBundle':
      return <SupportBundleDialog onClose={closeDialog} />;
    default: {
      const user = users?.find(({ username }) => username === dialog.username);
      if (user === undefined) return null;
      if (dialog.kind === 'setRole') return <SetRoleDialog user={user} onClose={closeDialog} />;
      if (dialog.kind === 'setPassword') return <SetPasswordDialog user={user} onClose={closeDialog} />;
      return <RemoveUserDialog user={user} onClose={closeDialog} />;
    }
  }
}
