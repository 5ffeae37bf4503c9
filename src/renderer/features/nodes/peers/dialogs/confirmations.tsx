/** What destroys something of a peer: each names its object and says what follows (danger level 3, ui.md section 4). */
import type { PeerInfo, PeerPriority } from '../../../../../common/contract/peers.ts';
import { ConfirmDialog } from '../../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatCount } from '../../../../state/format.ts';
import { useNode } from '../../../../state/node.ts';
import { act } from '../../../shared/act.ts';
import { type Backlog, totalQueued } from '../model/backlog.ts';
import type { PeerActContext } from '../peer-actions.ts';
import { amountOf } from '../peer-words.ts';

interface PeerDialogProps {
  readonly peer: PeerInfo;
  readonly refresh: () => void;
  readonly onClose: () => void;
}

/** The name of the peer is typed. */
export function RemoveDialog({ peer, refresh, onClose }: PeerDialogProps) {
  const { t } = useTranslation('peers');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const { nodeId, name } = peer;
  const remove = async () => {
    await act(
      'peers.remove',
      { node: nodeId },
      {
        done: ({ discarded }) => t('removed', { name, count: discarded, amount: formatCount(discarded) }),
        failed: t('notRemoved', { name }),
      },
    );
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('removeTitle', { name }),
        message: t('removeMessage', { name, node }),
        effects: [
          [t('effect_messages'), t('removeMessages', { name })],
          [t('effect_discarded'), waitingWords(t, totalQueued(peer))],
          [t('effect_stays'), t('removeStays')],
          [t('effect_undo'), t('removeUndo')],
        ],
        verb: t('removeVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { name }), value: name },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void remove();
      }}
    />
  );
}

export function DiscardDialog({ peer, priority, refresh, onClose }: PeerDialogProps & { readonly priority: PeerPriority }) {
  const { t } = useTranslation('peers');
  const { t: common } = useTranslation('common');
  const { nodeId, name } = peer;
  const word = t(`priority_${priority}`);
  const discard = async () => {
    await act(
      'peers.discard',
      { node: nodeId, priority },
      {
        done: ({ discarded }) => t('discarded', { name, priority: word, count: discarded, amount: formatCount(discarded) }),
        failed: t('notDiscarded', { name }),
      },
    );
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('discardTitle', { priority: word, name }),
        message: t('discardMessage', { name, priority: word }),
        effects: [
          [t('effect_discarded'), waitingWords(t, peer.queued[priority])],
          [t('effect_kept'), t('discardKept')],
          [t('effect_undo'), t('discardUndo')],
        ],
        verb: t('discardVerb'),
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void discard();
      }}
    />
  );
}

/** `12 messages, 4.1 KB`, or that nothing waits. */
function waitingWords(t: PeerActContext['t'], backlog: Backlog): string {
  return backlog.messages === 0 ? t('nothingWaits') : t('messages', amountOf(backlog));
}
