import { type FormEvent, useRef, useState } from 'react';
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
import { useJoinRequests } from '../../../../state/join-requests.ts';
import { membershipChanged } from '../../../../state/membership.ts';
import { nodeClient } from '../../../../state/node.ts';
import { FingerprintWords } from '../../../shared/fingerprint.tsx';
import { refuseRequest } from '../membership-acts.ts';
import { useRoleNames } from '../role-words.ts';
import type { Status } from '../trust-data.ts';
import { RoleChoice } from './role-choice.tsx';

type InvitedRole = Exclude<MemberRole, 'admin'>;

const isInvited = (role: MemberRole): role is InvitedRole => role !== 'admin';
/** This node, as the person at the other one compares it. */
type OwnNode = Pick<Status, 'name' | 'fingerprint'>;

const numberPattern = /^\d{6}$/;

/** The dialog of a request for as long as the person looks at it: one that has ended meanwhile says so. */
export function AdmitRequest(props: { readonly requestId: string; readonly own: OwnNode; readonly onClose: () => void }) {
  const { requestId, own, onClose } = props;
  const request = useJoinRequests(({ requests }) => requests.find((known) => known.requestId === requestId));
  const last = useRef(request);
  if (request !== undefined) last.current = request;
  if (last.current === undefined) return null;
  return <AdmitDialog request={last.current} over={request === undefined} own={own} onClose={onClose} />;
}

/**
 * Lets a node in that waits. Without a code the six digits on its screen are typed, never shown here: typing them is what proves
 * that nobody stands between the two (security.md 2.4). There is one attempt.
 */
function AdmitDialog(props: {
  readonly request: JoinRequestEntry;
  readonly over: boolean;
  readonly own: OwnNode;
  readonly onClose: () => void;
}) {
  const { request, over, own, onClose } = props;
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const roleNames = useRoleNames();
  const [number, setNumber] = useState('');
  const [roles, setRoles] = useState<readonly InvitedRole[]>(['peer', 'viewer']);
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const [admitted, setAdmitted] = useState(false);
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
      if (byNumber) setAdmitted(true);
      else {
        onClose();
        showToast({ title: t('admitted', { name }) });
      }
    } catch (error) {
      setFailure(asSignalboxError(error).message);
      setWorking(false);
    }
    membershipChanged();
  };
  if (admitted) return <Admitted name={name} own={own} onClose={onClose} />;
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
            [t('waits'), <span key="waits">{over ? t('noLonger') : t('another', { time: formatAge(expiresAt - nowMs) })}</span>],
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
        <div role="alert">
          {failure !== undefined && <StateLabel kind="failed">{failure}</StateLabel>}
          {over && failure === undefined && !working && <StateLabel kind="failed">{t('requestOver', { name })}</StateLabel>}
        </div>
        <div className="sb-flex st-end">
          <button
            type="button"
            className="sb-link sb-danger"
            disabled={over}
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
          <Button type="submit" loading={working} disabled={over || (byNumber && (!numberPattern.test(digits) || roles.length === 0))}>
            {t('admitVerb')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The other person is asked whether it was this node that answered: anybody on the way could have (security.md 2.4). */
function Admitted({ name, own, onClose }: { readonly name: string; readonly own: OwnNode; readonly onClose: () => void }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  return (
    <Dialog title={t('admitted', { name })} opened onClose={onClose} closeLabel={common('close')} widthPx={480}>
      <div className="st-form">
        <p className="sb-2 tr-help">{t('admittedHelp', { name, own: own.name })}</p>
        <FingerprintWords name={own.name} words={own.fingerprint.words} />
        <div className="sb-flex st-end">
          <Button data-autofocus onClick={onClose}>
            {common('close')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
