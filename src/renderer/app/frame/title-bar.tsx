import { useEffect, useState } from 'react';
import { Kbd, Menu, UnstyledButton } from '../../design/controls/index.ts';
import { IconCopy, IconLogout, IconMinus, IconSearch, IconSquare, IconUserCircle, IconX } from '../../design/icons/index.ts';
import { Mark } from '../../design/icons/mark.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { desktop } from '../../state/host.ts';
import { useNode } from '../../state/node.ts';
import { signOut } from '../../state/session.ts';
import { useOverlay } from '../actions/overlay.ts';
import { shortcutLabel } from '../actions/shortcuts.ts';
import { ConnectionLabel } from './connection-label.tsx';
import { InstanceSwitcher } from './instance-switcher.tsx';

/** Name and environment of the node, connection, palette, who is signed in, window buttons. */
export function TitleBar() {
  const { t } = useTranslation('frame');
  const status = useNode((state) => state.status);
  const environment = status?.environment ?? 'none';
  useEffect(() => {
    document.title = status === undefined ? t('product') : `${status.name} · ${t('product')}`;
  }, [status, t]);
  const marked = environment === 'none' ? undefined : environment;
  return (
    <header className={`sb-title${desktop?.platform.os === 'darwin' ? ' mac' : ''}`} data-env={marked} data-region="title">
      <div className="sb-title-side">
        <Mark />
        <InstanceSwitcher />
        {marked !== undefined && (
          <span className="sb-env" data-env={marked}>
            {t(`env_${marked}`)}
          </span>
        )}
        <span className="sb-title-state sb-clip">
          <ConnectionLabel />
          <NodeCount />
        </span>
      </div>
      <UnstyledButton className="sb-palette-button" onClick={() => useOverlay.setState({ open: 'palette' })}>
        <IconSearch size={14} stroke={1.6} />
        <span className="sb-grow sb-clip">{t('goOrRun')}</span>
        <Kbd>{shortcutLabel('mod+k')}</Kbd>
      </UnstyledButton>
      <div className="sb-title-side end">
        <Account />
        <WindowButtons />
      </div>
    </header>
  );
}

/** How much of the cluster is there; nothing while this node is alone. */
function NodeCount() {
  const { t } = useTranslation('frame');
  const count = useCluster(({ nodes }) => nodes.length);
  const online = useCluster(({ nodes }) => nodes.filter(({ status }) => status === 'online').length);
  const away = useNode(({ connection }) => connection.kind !== 'connected');
  if (count < 2 || away) return null;
  return <span className="sb-title-count">{t('nodesOnline', { online, count })}</span>;
}

function Account() {
  const { t } = useTranslation('frame');
  const { t: common } = useTranslation('common');
  const me = useNode((state) => state.me);
  if (me === undefined) return null;
  const name = me.user.split('@')[0] ?? me.user;
  const role = me.roles.at(-1);
  const roleWord = role === undefined ? '' : common(`role_${role}`);
  const label = (
    <>
      <IconUserCircle size={16} stroke={1.5} />
      {name} {roleWord !== '' && <span className="sb-3">{roleWord}</span>}
    </>
  );
  if (desktop !== undefined) return <span className="sb-flex sb-account">{label}</span>;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton className="sb-flex sb-account" aria-label={`${t('account')}: ${name} ${roleWord}`.trim()}>
          {label}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLogout size={14} stroke={1.6} />} onClick={() => void signOut()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function WindowButtons() {
  const { t } = useTranslation('frame');
  const [maximized, setMaximized] = useState(false);
  useEffect(() => desktop?.window.onState((state) => setMaximized(state.maximized)), []);
  // macOS draws its own at the left; a browser tab has none.
  if (desktop === undefined || desktop.platform.os === 'darwin') return null;
  return (
    <span className="sb-window-buttons">
      <button type="button" aria-label={t('minimize')} onClick={() => void desktop?.window.minimize()}>
        <IconMinus size={14} stroke={1.5} />
      </button>
      <button type="button" aria-label={t('maximize')} onClick={() => void desktop?.window.toggleMaximize()}>
        {maximized ? <IconCopy size={12} stroke={1.5} /> : <IconSquare size={12} stroke={1.5} />}
      </button>
      <button type="button" aria-label={t('closeWindow')} onClick={() => void desktop?.window.close()}>
        <IconX size={14} stroke={1.5} />
      </button>
    </span>
  );
}
