import { Kbd } from '../../design/controls/index.ts';
import { Dialog } from '../../design/feedback/dialog.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useOverlay } from '../actions/overlay.ts';
import { useActions } from '../actions/registry.ts';
import { shortcutLabel } from '../actions/shortcuts.ts';

/** Every act that has keys now. */
export function ShortcutsDialog() {
  const { t } = useTranslation('frame');
  const { t: common } = useTranslation('common');
  const actions = useActions().filter((action) => action.shortcut !== undefined);
  return (
    <Dialog title={t('shortcuts')} opened onClose={() => useOverlay.setState({ open: undefined })} closeLabel={common('close')}>
      <p className="sb-3" style={{ marginBottom: 8 }}>
        {t('shortcutsHelp')}
      </p>
      {actions.map((action) => (
        <div key={action.id} className="sb-flex" style={{ height: 26 }}>
          <span className="sb-grow">{action.title}</span>
          <Kbd>{shortcutLabel(action.shortcut ?? '')}</Kbd>
        </div>
      ))}
    </Dialog>
  );
}
