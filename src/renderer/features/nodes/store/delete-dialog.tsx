import type { StoreItem } from '../../../../common/contract/store.ts';
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes } from '../../../state/format.ts';
import { act } from '../../shared/act.ts';
import { useStorePlace } from './store-place.ts';

interface DeleteDialogProps {
  readonly item: StoreItem;
  readonly refresh: () => void;
  readonly onClose: () => void;
}

/** Danger level 3 (ui.md section 4): the key is typed. One that was changed meanwhile is not deleted. */
export function DeleteDialog({ item: { key, version, sizeBytes, replicas }, refresh, onClose }: DeleteDialogProps) {
  const { t } = useTranslation('store');
  const { t: common } = useTranslation('common');
  const { nodeId } = useStorePlace();
  const remove = async () => {
    await act(
      'store.delete',
      { key, ifVersion: version },
      { done: () => t('deleted', { key }), failed: t('notDeleted', { key }) },
      { ...(nodeId !== undefined && { serviceId: nodeId }) },
    );
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('deleteTitle', { key }),
        message: t('deleteMessage'),
        effects: [
          [t('value'), formatBytes(sizeBytes)],
          [t('col_copies'), replicas.length === 0 ? t('copiesNone') : t('deleteCopies', { count: replicas.length })],
          [t('effect_undo'), t('deleteUndo')],
        ],
        verb: common('delete'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { key }), value: key },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void remove();
      }}
    />
  );
}
