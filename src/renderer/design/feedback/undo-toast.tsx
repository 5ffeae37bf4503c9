import { notifications } from '@mantine/notifications';
import { i18next } from '../../i18n/index.ts';

/** Danger level 1 (ui.md section 4): done at once, with a way back for 8 s. */
const undoMs = 8_000;

/** Says what was done and offers to undo it. */
export function showUndoToast(toast: { readonly title: string; readonly undoLabel: string; readonly onUndo: () => void }): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    color: 'accent',
    autoClose: undoMs,
    withBorder: true,
    closeButtonProps: { 'aria-label': i18next.t('close') },
    message: (
      <span className="sb-flex">
        <span className="sb-clip">{toast.title}</span>
        <span className="sb-grow" />
        <button
          type="button"
          className="sb-link"
          onClick={() => {
            toast.onUndo();
            notifications.hide(id);
          }}
        >
          {toast.undoLabel}
        </button>
      </span>
    ),
  });
}
