import type { MenuEntry } from '../../../design/controls/context-menu.tsx';
import { showUndoToast } from '../../../design/feedback/undo-toast.tsx';
import { IconCopy, IconFileText, IconPencil, IconPlus, IconTerminal2, IconTrash } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { copyAsCli } from '../acts.ts';
import type { SideRow } from '../model/side-rows.ts';
import { useRpc } from '../state/rpc-store.ts';
import { duplicateSaved, removeHistory, removeSaved } from '../state/saved.ts';
import { canOpen, contentFor, openHistory, openListed, openSaved } from '../state/tabs.ts';

const icon = { size: 14, stroke: 1.6 };

/** What can be done with a row of the side list: the same for its menu and its keys. */
export function useRowMenu(): (row: SideRow) => readonly MenuEntry[] {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  return (row) => {
    switch (row.kind) {
      case 'saved': {
        const { id, name, content } = row.request;
        return [
          { id: 'open', label: t('open'), icon: <IconFileText {...icon} />, run: () => openSaved(id) },
          { id: 'rename', label: t('rename'), icon: <IconPencil {...icon} />, run: () => useRpc.setState({ dialog: { rename: id } }) },
          { id: 'duplicate', label: t('duplicate'), icon: <IconPlus {...icon} />, run: () => duplicateSaved(id) },
          { id: 'cli', label: t('copyCli'), icon: <IconTerminal2 {...icon} />, run: () => void copyAsCli(content) },
          {
            id: 'delete',
            label: common('delete'),
            icon: <IconTrash {...icon} />,
            dangerous: true,
            run: () => showUndoToast({ title: t('deleted', { name }), undoLabel: t('undo'), onUndo: removeSaved(id) }),
          },
        ];
      }
      case 'method':
        return [
          {
            id: 'open',
            label: t('open'),
            icon: <IconFileText {...icon} />,
            disabled: !canOpen(row.entry),
            run: () => openListed(row.entry.method),
          },
          {
            id: 'cli',
            label: t('copyCli'),
            icon: <IconTerminal2 {...icon} />,
            run: () => void copyAsCli(contentFor(useRpc.getState(), row.entry.method)),
          },
        ];
      case 'history':
        return [
          { id: 'open', label: t('open'), icon: <IconFileText {...icon} />, run: () => openHistory(row.entry.id) },
          { id: 'cli', label: t('copyCli'), icon: <IconCopy {...icon} />, run: () => void copyAsCli(row.entry.content) },
          {
            id: 'delete',
            label: t('removeHistory'),
            icon: <IconTrash {...icon} />,
            dangerous: true,
            run: () => removeHistory(row.entry.id),
          },
        ];
      default:
        return [];
    }
  };
}
