import { useRef } from 'react';
import { MenuEntries } from '../../../design/controls/context-menu.tsx';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { ActionIcon, Menu } from '../../../design/controls/index.ts';
import { showUndoToast } from '../../../design/feedback/undo-toast.tsx';
import { IconDots, IconDownload, IconEraser, IconPlus, IconUpload, IconVariable } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { exportRequests, importRequests } from '../acts.ts';
import { useRpc } from '../state/rpc-store.ts';
import { clearHistory } from '../state/saved.ts';
import { newTab } from '../state/tabs.ts';

const icon = { size: 14, stroke: 1.6 };

/** Title of the side list with new tab and the menu of files, variables and history. */
export function SideHead() {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const file = useRef<HTMLInputElement>(null);
  const savedCount = useRpc(({ saved }) => saved.length);
  const historyCount = useRpc(({ history }) => history.length);
  const entries = [
    {
      id: 'variables',
      label: t('editVariables'),
      icon: <IconVariable {...icon} />,
      run: () => useRpc.setState({ dialog: 'variables' }),
    },
    { id: 'import', label: t('importRequests'), icon: <IconUpload {...icon} />, run: () => file.current?.click() },
    { id: 'export', label: t('exportRequests'), icon: <IconDownload {...icon} />, disabled: savedCount === 0, run: exportRequests },
    {
      id: 'clearHistory',
      label: t('clearHistory'),
      icon: <IconEraser {...icon} />,
      dangerous: true,
      disabled: historyCount === 0,
      run: () => showUndoToast({ title: t('historyCleared', { count: historyCount }), undoLabel: t('undo'), onUndo: clearHistory() }),
    },
  ];
  return (
    <header className="sb-viewbar sb-rpc-side-head">
      <h1>{t('title')}</h1>
      <span className="sb-grow" />
      <IconButton label={t('newTab')} onClick={newTab}>
        <IconPlus size={16} stroke={1.6} />
      </IconButton>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={common('more')}>
            <IconDots size={16} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuEntries entries={entries} />
        </Menu.Dropdown>
      </Menu>
      <input
        ref={file}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label={t('importRequests')}
        onChange={(event) => {
          const [chosen] = event.currentTarget.files ?? [];
          if (chosen !== undefined) void importRequests(chosen);
          event.currentTarget.value = '';
        }}
      />
    </header>
  );
}
