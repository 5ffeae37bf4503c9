import { useEffect, useRef } from 'react';
import { shortcutLabel } from '../../../app/actions/shortcuts.ts';
import { MenuEntries } from '../../../design/controls/context-menu.tsx';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { ActionIcon, Button, Menu } from '../../../design/controls/index.ts';
import { IconCopy, IconDeviceFloppy, IconDots, IconFileText, IconPlus, IconTerminal2, IconX } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { copyAsCli, copyAsTypeScript } from '../acts.ts';
import { type Tab, titleOf, useRpc } from '../state/rpc-store.ts';
import { saveOrAsk } from '../state/saved.ts';
import { abandon } from '../state/sending.ts';
import { closeTab, duplicateTab, isDirty, newTab, reopenTab, showTab, stepTab } from '../state/tabs.ts';

const icon = { size: 14, stroke: 1.6 };

/** The panel that the tabs control. */
export const panelId = 'rpc-request';

/** Ends what runs in a tab and closes it. */
export function closeRequest(id: string): void {
  abandon(id);
  closeTab(id);
}

/** The open requests, and what can be done with the one in sight. */
export function RequestTabs({ active }: { readonly active: Tab }) {
  const { t } = useTranslation('rpc');
  const tabs = useRpc((state) => state.tabs);
  return (
    <div className="sb-viewbar sb-rpc-tabs">
      <div role="tablist" aria-label={t('tabsLabel')} className="sb-tabs sb-rpc-tablist">
        {tabs.map((tab) => (
          <RequestTab key={tab.id} tab={tab} isActive={tab.id === active.id} />
        ))}
      </div>
      <IconButton label={t('newTab')} shortcut={shortcutLabel('mod+n')} onClick={newTab}>
        <IconPlus {...icon} />
      </IconButton>
      <span className="sb-grow" />
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        leftSection={<IconDeviceFloppy {...icon} />}
        disabled={active.content.method === '' || (active.savedId !== undefined && !isDirty(active))}
        onClick={() => saveOrAsk(active.id)}
      >
        {t('save')}
      </Button>
      <RequestMenu active={active} />
    </div>
  );
}

function RequestTab({ tab, isActive }: { readonly tab: Tab; readonly isActive: boolean }) {
  const { t } = useTranslation('rpc');
  const title = useRpc((state) => titleOf(state, tab));
  const running = useRpc((state) => state.runs[tab.id]?.current.state === 'running');
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isActive) return;
    button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    // Arrow keys move the focus along with the choice.
    if (button.current?.closest('[role="tablist"]')?.contains(document.activeElement) === true) button.current.focus();
  }, [isActive]);
  const dirty = isDirty(tab);
  const shown = title === '' ? t('untitled') : title;
  return (
    <span role="presentation" className="sb-rpc-tab" data-active={isActive}>
      <button
        ref={button}
        type="button"
        role="tab"
        aria-selected={isActive}
        aria-controls={panelId}
        aria-label={dirty ? t('tabUnsaved', { title: shown }) : shown}
        aria-keyshortcuts="Delete"
        tabIndex={isActive ? 0 : -1}
        onClick={() => showTab(tab.id)}
        onAuxClick={(event) => {
          if (event.button === 1) closeRequest(tab.id);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowRight') stepTab(1);
          else if (event.key === 'ArrowLeft') stepTab(-1);
          else if (event.key === 'Delete') closeRequest(tab.id);
        }}
      >
        <span className={`sb-clip${tab.savedId === undefined ? ' sb-mono' : ''}`}>{shown}</span>
        {running && <span className="sb-rpc-dot running" />}
        {dirty && !running && <span className="sb-rpc-dot" />}
      </button>
      {/* For the pointer; the keyboard closes with Delete, a button inside a tab list would not be a tab. */}
      <ActionIcon className="sb-rpc-tab-close" size="xs" aria-hidden="true" tabIndex={-1} onClick={() => closeRequest(tab.id)}>
        <IconX size={12} stroke={1.6} />
      </ActionIcon>
    </span>
  );
}

function RequestMenu({ active }: { readonly active: Tab }) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const canReopen = useRpc(({ closedTabs }) => closedTabs.length > 0);
  const nothing = active.content.method === '';
  const entries = [
    {
      id: 'saveAs',
      label: t('saveAs'),
      icon: <IconDeviceFloppy {...icon} />,
      disabled: nothing,
      run: () => useRpc.setState({ dialog: 'save' }),
    },
    { id: 'duplicate', label: t('duplicate'), icon: <IconCopy {...icon} />, run: () => duplicateTab(active.id) },
    {
      id: 'cli',
      label: t('copyCli'),
      icon: <IconTerminal2 {...icon} />,
      disabled: nothing,
      run: () => void copyAsCli(active.content),
    },
    {
      id: 'typescript',
      label: t('copyTypeScript'),
      icon: <IconFileText {...icon} />,
      disabled: nothing,
      run: () => void copyAsTypeScript(active.content),
    },
    { id: 'reopen', label: t('reopenTab'), icon: <IconPlus {...icon} />, disabled: !canReopen, run: reopenTab },
    { id: 'close', label: t('closeTab'), icon: <IconX {...icon} />, run: () => closeRequest(active.id) },
  ];
  return (
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
  );
}
