/** What is hard to undo about a tunnel: each names its object and says what follows (danger levels 2 and 3, ui.md section 4). */
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { act } from '../../shared/act.ts';
import { firstAddress, shortAddress } from '../model/tunnel-table.ts';
import { showTunnel } from '../tunnels-route.ts';
import { atNode } from '../use-tunnels-data.ts';
import type { TunnelDialogProps } from './edit-dialog.tsx';

/** Level 3: the name of the tunnel is typed. */
export function DeleteDialog({ tunnel, ownId, onClose, refresh }: TunnelDialogProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const node = useNodeNames()(tunnel.nodeId);
  const { agentId: name, tunnelId } = tunnel;
  const remove = async () => {
    const words = { done: () => t('deleted', { name }), failed: t('notDeleted', { name }) };
    const gone = await act('tunnels.delete', { tunnelId }, words, atNode(tunnel.nodeId, ownId));
    if (gone !== undefined) showTunnel();
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('deleteTitle', { name }),
        message: t('deleteMessage', { name, node }),
        effects: [
          [t('effect_address'), t('deleteAddress', { address: shortAddress(firstAddress(tunnel)) })],
          [t('effect_inFlight'), t('endsInFlight', { count: tunnel.inFlight, amount: formatCount(tunnel.inFlight) })],
          [t('effect_lost'), t('deleteLost')],
          [t('effect_undo'), t('deleteUndo')],
        ],
        verb: common('delete'),
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

/** Level 2. */
export function ClearDialog({ tunnel, ownId, onClose, refresh }: TunnelDialogProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const node = useNodeNames()(tunnel.nodeId);
  const { agentId: name, tunnelId } = tunnel;
  const clear = async () => {
    const words = {
      done: ({ removed }: { removed: number }) => t('cleared', { count: removed, amount: formatCount(removed) }),
      failed: t('notCleared'),
    };
    await act('tunnels.clearRequests', { tunnelId }, words, atNode(tunnel.nodeId, ownId));
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('clearTitle', { name }),
        message: t('clearMessage', { name, node }),
        verb: t('clearVerb'),
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void clear();
      }}
    />
  );
}
