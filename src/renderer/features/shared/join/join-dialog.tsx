import './join.css';
import './texts.ts';
import { useState } from 'react';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useNode } from '../../../state/node.ts';
import { Asking, Working } from './asking.tsx';
import { emptyDraft, JoinForm } from './join-form.tsx';
import { Failure, Success } from './outcome.tsx';
import { type Joined, type JoinOrder, useJoining } from './use-joining.ts';

/**
 * Makes this node a member of a cluster: with a code, with an invite file, or by asking an admin (security.md 2.4). Closing it gives up
 * what runs; a node that has joined stays joined.
 *
 * @param props.onJoined called once when this node is a member, while the dialog still shows it
 */
export function JoinDialog(props: { readonly onClose: () => void; readonly onJoined?: (joined: Joined) => void }) {
  const { t } = useTranslation('join');
  const { t: common } = useTranslation('common');
  const [draft, setDraft] = useState(emptyDraft);
  const joining = useJoining(props.onJoined);
  const { state } = joining;
  return (
    <Dialog title={t('title')} opened onClose={props.onClose} closeLabel={common('close')} widthPx={520}>
      {state.kind === 'form' && <JoinForm draft={draft} onDraft={setDraft} onCancel={props.onClose} onJoin={joining.join} />}
      {state.kind === 'working' && <WorkingOn order={state.order} onCancel={joining.back} />}
      {state.kind === 'waits' && <Waits expiresAt={state.expiresAt} onCancel={joining.back} />}
      {state.kind === 'asking' && <Asking key={state.step} progress={state} onAccept={joining.accept} onCancel={joining.back} />}
      {state.kind === 'joined' && <Success joined={state.joined} onClose={props.onClose} />}
      {state.kind === 'failed' && (
        <Failure error={state.error} order={state.order} onRetry={() => joining.join(state.order)} onChange={joining.back} />
      )}
    </Dialog>
  );
}

function WorkingOn({ order, onCancel }: { readonly order: JoinOrder; readonly onCancel: () => void }) {
  const { t } = useTranslation('join');
  if (order.way === 'ask')
    return <Working title={t('asking', { address: order.address })} detail={t('askingDetail')} onCancel={onCancel} />;
  const address = order.way === 'code' ? order.address : undefined;
  return (
    <Working title={address === undefined ? t('working') : t('workingAt', { address })} detail={t('workingDetail')} onCancel={onCancel} />
  );
}

function Waits({ expiresAt, onCancel }: { readonly expiresAt: number; readonly onCancel: () => void }) {
  const { t } = useTranslation('join');
  const name = useNode(({ status }) => status?.name) ?? '';
  return <Working title={t('waits')} detail={t('waitsDetail', { name })} expiresAt={expiresAt} onCancel={onCancel} />;
}
