import { useRef, useState } from 'react';
import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import { useNow } from '../../../../app/frame/connection-label.tsx';
import { Button } from '../../../../design/controls/index.ts';
import { copyText, saveTextFile } from '../../../../design/copy-text.ts';
import { showToast } from '../../../../design/feedback/toast.ts';
import { IconCopy, IconDownload, StateLabel } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { asSignalboxError } from '../../../../state/as-signalbox-error.ts';
import { formatAge } from '../../../../state/format.ts';
import { membershipChanged } from '../../../../state/membership.ts';
import { nodeClient } from '../../../../state/node.ts';
import { useMembershipCall } from '../../../../state/use-membership-call.ts';
import { joinText } from '../../../shared/join-text.ts';
import { fateOf } from '../model/invite-fate.ts';
import { dataOf } from '../trust-data.ts';
import { InviteCode } from './invite-code.tsx';
import type { MadeInvite } from './made-invite.ts';

/** What was made, to be handed over, and live what becomes of it. */
export function InviteShown(props: {
  readonly made: MadeInvite;
  readonly members: readonly ClusterMember[];
  readonly onAnother: () => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const { made, members, onClose } = props;
  const { state } = useMembershipCall('membership.invites', {});
  const nowMs = useNow(true);
  const joined = members.filter(({ nodeId }) => !made.membersBefore.has(nodeId));
  const invite = dataOf(state)?.invites.find(({ inviteId }) => inviteId === made.inviteId);
  const wasListed = useRef(false);
  if (invite !== undefined) wasListed.current = true;
  const fate = fateOf(made, dataOf(state)?.invites, joined.length, wasListed.current, nowMs);
  const ended = fate !== 'open' && fate !== 'tried';
  const [failure, setFailure] = useState<string>();
  const withdraw = () => {
    nodeClient()
      .call('membership.withdraw', { inviteId: made.inviteId })
      .then(
        () => {
          membershipChanged();
          onClose();
          showToast({ title: t('withdrawn') });
        },
        (error: unknown) => setFailure(asSignalboxError(error).message),
      );
  };
  const handOver = () => {
    if (made.kind === 'file') saveTextFile('signalbox-invite.json', made.file);
    else void copyText(joinText(made)).then((done) => done && showToast({ title: t('codeCopied') }));
  };
  const kinds = { open: 'running', tried: 'warn', used: 'online', burned: 'failed', expired: 'paused', withdrawn: 'paused' } as const;
  const failures = invite?.failures ?? 0;
  const names = joined.map(({ name }) => name).join(', ');
  const words = () => {
    if (fate === 'used' && joined.length > 0) return t('fate_joined', { count: joined.length, names });
    if (fate === 'open' && made.kind === 'file') return t('fate_fileOpen', { left: invite?.usesLeft ?? made.uses, uses: made.uses });
    return t(`fate_${fate}`, { failures });
  };
  return (
    <div className="st-form">
      {made.kind === 'code' ? (
        <InviteCode made={made} ended={ended} />
      ) : (
        <p className="sb-2 tr-help">{t('fileHelp', { count: made.uses })}</p>
      )}
      <div className="tr-fate" role="status">
        <StateLabel kind={kinds[fate]}>{words()}</StateLabel>
        {made.kind === 'file' && !ended && joined.length > 0 && <span>{t('fate_joined', { count: joined.length, names })}</span>}
        <span className="sb-grow" />
        {!ended && (
          <span className="sb-num" role="timer">
            {t('goodForNow', { time: formatAge(made.expiresAt - nowMs) })}
          </span>
        )}
      </div>
      <div role="alert">{failure !== undefined && <StateLabel kind="failed">{failure}</StateLabel>}</div>
      <div className="sb-flex">
        {ended ? (
          <Button variant="default" onClick={props.onAnother}>
            {t('inviteAnother')}
          </Button>
        ) : (
          <>
            <Button
              variant="default"
              leftSection={made.kind === 'file' ? <IconDownload size={14} stroke={1.6} /> : <IconCopy size={14} stroke={1.6} />}
              onClick={handOver}
            >
              {t(made.kind === 'file' ? 'saveInvite' : 'copyCode')}
            </Button>
            <button type="button" className="sb-link sb-danger" onClick={withdraw}>
              {t('withdraw')}
            </button>
          </>
        )}
        <span className="sb-grow" />
        <Button {...(!ended && { variant: 'default' })} onClick={onClose}>
          {common('close')}
        </Button>
      </div>
    </div>
  );
}
