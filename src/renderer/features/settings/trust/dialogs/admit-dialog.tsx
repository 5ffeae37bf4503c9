import { type FormEvent, useState } from 'react';
import type { JoinRequestEntry } from '../../../../../common/contract/joining.ts';
import { type MemberRole, memberRoles } from '../../../../../common/contract/membership.ts';
import { useNow } from '../../../../app/frame/connection-label.tsx';
import { Button, TextInput } from '../../../../design/controls/index.ts';
import { Dialog } from '../../../../design/feedback/dialog.tsx';
import { showToast } from '../../../../design/feedback/toast.ts';
import { StateLabel } from '../../../../design/icons/index.ts';
import { KeyValues } from '../../../../design/layout/bars.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { asSignalboxError } from '../../../../state/as-signalbox-error.ts';
import { formatAge } from '../../../../state/format.ts';
import { membershipChanged } from '../../../../state/membership.ts';
import { nodeClient } from '../../../../state/node.ts';
import { refuseRequest } from '../membership-acts.ts';
import { useRoleNames } from '../role-words.ts';
import { RoleChoice } from './role-choice.tsx';

type InvitedRole = Exclude<MemberRole, 'admin'>;

const isInvited = (role: MemberRole): role is InvitedRole => role !== 'admin';
const numberPattern = /^\d{6}$/;

/**
 * Lets a node in that waits. Without a code the six digits on its screen are typed, never shown here: typing them is what proves
 * that nobody stands between the two (security.md 2.4). There is one attempt.
 */
export function AdmitDialog({ request, onClose }: { readonly request: JoinRequestEntry; readonly onClose: () => void }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const roleNames = useRoleNames();
  const [number, setNumber] = useState('');
  const [roles, setRoles] = useState<readonly InvitedRole[]>(['peer', 'viewer']);
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const nowMs = useNow(true);
  const { requestId, kind, name, shortId, address, fingerprint, expiresAt } = request;
  const digits = number.replaceAll(/\s/g, '');
  const byNumber = kind === 'number';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setWorking(true);
    setFailure(undefined);
    try {
      await nodeClient().call('membership.admit', byNumber ? { requestId, number: digits, roles: [...roles] } : { requestId });
      onClose();
      showToast({ title: t('admitted', { name }), ...(byNumber && { message: t('admittedHelp') }) });
    } catch (error) {
      setFailure(asSignalboxError(error).message);
      setWorking(false);
    }
    membershipChanged();
  };
  return (
    <Dialog title={t('admitTitle', { name })} opened onClose={onClose} closeLabel={common('close')} widthPx={480}>
      <form className="st-form" onSubmit={(event) => void submit(event)}>
        <p className="sb-2 tr-help">{t(byNumber ? 'admitHelp' : 'admitCodeHelp', { name })}</p>
        <KeyValues
          items={[
            [t('fact_name'), <b key="name">{name}</b>],
            [t('fact_shortId'), <code key="id">{shortId}</code>],
            [t('asksFrom'), address],
            [t('fingerprint'), <span key="words">{fingerprint.words.join(' ')}</span>],
            ...(request.roles === null ? [] : [[t('codeGives'), roleNames(request.roles)] as const]),
            [t('waits'), <span key="waits">{t('waitsFor', { time: formatAge(expiresAt - nowMs) })}</span>],
          ]}
        />
        {byNumber && (
          <>
            <TextInput
              label={t('numberOn', { name })}
              description={t('numberHelp')}
              data-autofocus
              className="tr-number"
              inputMode="numeric"
              autoComplete="off"
              maxLength={7}
              value={number}
              onChange={(event) => setNumber(event.currentTarget.value)}
            />
            <RoleChoice
              label={t('invitedRoles')}
              offered={memberRoles.filter(isInvited)}
              chosen={roles}
              onChange={(chosen) => setRoles(chosen.filter(isInvited))}
            />
          </>
        )}
        <div role="alert">{failure !== undefined && <StateLabel kind="failed">{failure}</StateLabel>}</div>
        <div className="sb-flex st-end">
          <button
            type="button"
            className="sb-link tr-revoke"
            onClick={() => {
              onClose();
              void refuseRequest(request);
            }}
          >
            {t('refuse')}
          </button>
          <span className="sb-grow" />
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={working} disabled={byNumber && (!numberPattern.test(digits) || roles.length === 0)}>
            {t('admitVerb')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
