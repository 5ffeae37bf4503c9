import { Loading } from '../../../../design/feedback/states.tsx';
import { ScrollArea } from '../../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { useJoinRequests } from '../../../../state/join-requests.ts';
import { useMembershipCall } from '../../../../state/use-membership-call.ts';
import { CallFailure } from '../../../shared/call-failure.tsx';
import { LeadHint } from '../lead-hint.tsx';
import { useRights } from '../rights.ts';
import { InviteTable } from './invite-table.tsx';
import { RequestList } from './request-list.tsx';

/** Who asks to join, and the invitations that this node has made. */
export function InvitesTab({ isAdmin }: { readonly isAdmin: boolean }) {
  const { t } = useTranslation('membership');
  if (!isAdmin) return <p className="sb-3 st-note">{t('invitesForAdmins')}</p>;
  return (
    <>
      <LeadHint />
      <ScrollArea label={t('tab_invites')}>
        <Requests />
        <Invitations />
      </ScrollArea>
    </>
  );
}

function Requests() {
  const { t } = useTranslation('membership');
  const requests = useJoinRequests((state) => state.requests);
  return (
    <section aria-labelledby="tr-requests">
      <h3 id="tr-requests" className="sb-h tr-list-head">
        {t('requests')}
        {requests.length > 0 && <span className="sb-3">{requests.length}</span>}
      </h3>
      {requests.length === 0 ? <p className="sb-3 tr-list-none">{t('noRequests')}</p> : <RequestList requests={requests} />}
    </section>
  );
}

function Invitations() {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const { mayLead } = useRights();
  const { state, retry, cancel } = useMembershipCall('membership.invites', {});
  return (
    <section aria-labelledby="tr-invitations">
      <h3 id="tr-invitations" className="sb-h tr-list-head">
        {t('invitations')}
      </h3>
      {state.kind === 'loading' && (
        <Loading
          rows={3}
          asking={(seconds) => common('asking', { node: common('thisNode'), seconds })}
          cancelLabel={common('cancel')}
          onCancel={cancel}
        />
      )}
      {state.kind === 'error' && <CallFailure title={t('invitesFailed')} error={state.error} call="membership.invites" onRetry={retry} />}
      {(state.kind === 'ready' || state.kind === 'stale') &&
        (state.data.invites.length === 0 ? (
          <p className="sb-3 tr-list-none">{t('noInvites')}</p>
        ) : (
          <InviteTable invites={state.data.invites} mayWithdraw={mayLead} />
        ))}
    </section>
  );
}
