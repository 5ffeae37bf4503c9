import { useEffect, useState } from 'react';
import type { ResultOf } from '../../../../common/contract/index.ts';
import type { User } from '../../../../common/contract/users.ts';
import { Button } from '../../../design/controls/index.ts';
import { copyText } from '../../../design/copy-text.ts';
import { ConfirmDialog, Dialog } from '../../../design/feedback/dialog.tsx';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconCopy, StateLabel } from '../../../design/icons/index.ts';
import { i18next, useTranslation } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { formatCount, formatDuration } from '../../../state/format.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { sha256Hex } from '../../../state/session.ts';
import { PersonForm } from './person-form.tsx';
import { loadUsers } from './users-store.ts';

interface DialogProps {
  readonly onClose: () => void;
}

/** Says what was done and reads the list again. */
async function done(title: string): Promise<void> {
  await loadUsers();
  showToast({ title });
}

export function AddUserDialog({ onClose }: DialogProps) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  return (
    <Dialog title={t('addUserTitle')} opened onClose={onClose} closeLabel={common('close')}>
      <PersonForm
        asks={{ username: true, password: true, role: true }}
        initialRole="viewer"
        verb={t('addUserVerb')}
        onCancel={onClose}
        onSubmit={async ({ username, password, role }) => {
          await nodeClient().call('users.add', { username, role, passwordSha256: await sha256Hex(password) });
          onClose();
          await done(t('userAdded', { username }));
        }}
      />
    </Dialog>
  );
}

export function SetRoleDialog({ user, onClose }: DialogProps & { readonly user: User }) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const { username } = user;
  return (
    <Dialog title={t('setRoleTitle', { username })} opened onClose={onClose} closeLabel={common('close')}>
      <PersonForm
        asks={{ role: true }}
        initialRole={user.role}
        verb={t('setRoleVerb')}
        onCancel={onClose}
        onSubmit={async ({ role }) => {
          await nodeClient().call('users.setRole', { username, role });
          onClose();
          await done(t('roleSet', { username, role: common(`role_${role}`) }));
        }}
      />
    </Dialog>
  );
}

export function SetPasswordDialog({ user, onClose }: DialogProps & { readonly user: User }) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const { username } = user;
  return (
    <Dialog title={t('setPasswordTitle', { username })} opened onClose={onClose} closeLabel={common('close')}>
      <p className="sb-2 st-dialog-text">{t('setPasswordEffect', { count: user.sessions, amount: formatCount(user.sessions) })}</p>
      <PersonForm
        asks={{ password: true }}
        initialRole={user.role}
        verb={t('setPasswordVerb')}
        onCancel={onClose}
        onSubmit={async ({ password }) => {
          await nodeClient().call('users.setPassword', { username, passwordSha256: await sha256Hex(password) });
          onClose();
          await done(t('passwordSet', { username }));
        }}
      />
    </Dialog>
  );
}

/** Danger level 3: the name is typed. */
export function RemoveUserDialog({ user, onClose }: DialogProps & { readonly user: User }) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const { username } = user;
  return (
    <ConfirmDialog
      confirmation={{
        title: t('removeUserTitle', { username }),
        message: t('removeUserMessage', { username, node }),
        effects: [
          [t('sessions'), t('removeSessions', { amount: formatCount(user.sessions) })],
          [t('removeKept'), t('removeKeptValue')],
          [t('undo'), t('removeUndo')],
        ],
        verb: t('removeUserVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeUsername', { username }), value: username },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void removeUser(username);
      }}
    />
  );
}

async function removeUser(username: string): Promise<void> {
  const t = i18next.getFixedT(null, 'settings');
  try {
    await nodeClient().call('users.remove', { username });
    await done(t('userRemoved', { username }));
  } catch (error) {
    showToast({ title: t('notRemoved', { username }), message: asSignalboxError(error).message, tone: 'error' });
  }
}

/** Makes a one-time link when it opens. The link is shown once and kept nowhere. */
export function SetupLinkDialog({ onClose }: DialogProps) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const [link, setLink] = useState<ResultOf<'users.setupLink'>>();
  const [failure, setFailure] = useState<string>();
  const [copied, setCopied] = useState(false);
  const make = () => {
    setFailure(undefined);
    nodeClient()
      .call('users.setupLink', {})
      .then(setLink, (error: unknown) => setFailure(asSignalboxError(error).message));
  };
  const address = link === undefined ? '' : (link.url ?? link.path);
  useEffect(() => {
    if (copied) showToast({ title: i18next.t('settings:linkCopied') });
  }, [copied]);
  return (
    <Dialog title={t('setupLinkTitle')} opened onClose={onClose} closeLabel={common('close')} widthPx={520}>
      <div className="st-form">
        <p className="sb-2 st-dialog-text">{t('setupLinkHelp')}</p>
        {link !== undefined && (
          <>
            <code className="sb-mono sb-select st-link">{address}</code>
            <p className="sb-3">{t('setupLinkEnds', { time: formatDuration(link.expiresAt - Date.now()) })}</p>
          </>
        )}
        <div role="alert">{failure !== undefined && <StateLabel kind="failed">{failure}</StateLabel>}</div>
        <div className="sb-flex st-end">
          <Button variant="default" onClick={onClose} data-autofocus={link === undefined ? undefined : true}>
            {link === undefined ? common('cancel') : common('close')}
          </Button>
          {link === undefined ? (
            <Button onClick={make}>{t('setupLinkVerb')}</Button>
          ) : (
            <Button leftSection={<IconCopy size={14} stroke={1.6} />} onClick={() => void copyText(address).then(setCopied)}>
              {t('copyLink')}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
