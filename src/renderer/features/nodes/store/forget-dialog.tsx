import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { act } from '../../shared/act.ts';
import type { StoreUsage } from './store-bar.tsx';
import { useStorePlace } from './store-place.ts';

interface ForgetDialogProps {
  readonly copies: StoreUsage['copies'][number];
  /** The copies are gone, or were not there any more. */
  readonly onForgotten: () => void;
  readonly onClose: () => void;
}

/** Danger level 3 (ui.md section 4): the name of the node whose copies they are is typed. */
export function ForgetDialog({ copies: { ownerId, name, items, sizeBytes }, onForgotten, onClose }: ForgetDialogProps) {
  const { t } = useTranslation('store');
  const { t: common } = useTranslation('common');
  const { nodeId, name: place } = useStorePlace();
  const online = useCluster(({ nodes }) => nodes.some((node) => node.nodeId === ownerId && node.status === 'online'));
  const forget = async () => {
    const answer = await act(
      'store.forget',
      { owner: ownerId },
      {
        done: ({ forgotten }) => t('forgotten', { name, count: forgotten, amount: formatCount(forgotten) }),
        failed: t('notForgotten', { name }),
      },
      { ...(nodeId !== undefined && { serviceId: nodeId }) },
    );
    if (answer !== undefined) onForgotten();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('forgetTitle', { name }),
        message: t('forgetMessage', { name, place }),
        effects: [
          [t('col_copies'), `${formatCount(items)}, ${formatBytes(sizeBytes)}`],
          [t('effect_values'), t('forgetValues', { name })],
          [t('effect_back'), t(online ? 'forgetOnline' : 'forgetBack', { name })],
          [t('effect_undo'), t('deleteUndo')],
        ],
        verb: t('forgetVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { key: name }), value: name },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void forget();
      }}
    />
  );
}
