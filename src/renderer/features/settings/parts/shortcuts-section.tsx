import { useActions } from '../../../app/actions/registry.ts';
import { shortcutLabel } from '../../../app/actions/shortcuts.ts';
import { Kbd } from '../../../design/controls/index.ts';
import { GridTable } from '../../../design/data/grid-table.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { Part } from './part.tsx';

/** Keys of screens that are not open: their acts are not in the registry now. */
const elsewhere = [
  ['rpc', 'send', 'mod+enter'],
  ['events', 'pause', 'space'],
  ['events', 'inspect', 'enter'],
  ['everywhere', 'filter', '/'],
  ['everywhere', 'new', 'mod+n'],
  ['everywhere', 'close', 'escape'],
] as const;

/** Which keys do what. */
export function ShortcutsSection() {
  const { t } = useTranslation('settings');
  const global = useActions().filter((action) => action.shortcut !== undefined);
  const columns = [
    { id: 'act', title: t('act'), width: 'minmax(0, 1fr)' },
    { id: 'where', title: t('where'), width: '160px' },
    { id: 'keys', title: t('keys'), width: '120px' },
  ];
  const key = (shortcut: string) => <Kbd>{shortcutLabel(shortcut)}</Kbd>;
  return (
    <div className="st-page st-broad">
      <Part title={t('shortcutsNow')}>
        <GridTable
          label={t('shortcutsNow')}
          columns={columns}
          rows={global.map((action) => ({ id: action.id, cells: [action.title, t('where_everywhere'), key(action.shortcut ?? '')] }))}
        />
      </Part>
      <Part title={t('shortcutsViews')}>
        <GridTable
          label={t('shortcutsViews')}
          columns={columns}
          rows={elsewhere.map(([where, act, shortcut]) => ({ id: act, cells: [t(`key_${act}`), t(`where_${where}`), key(shortcut)] }))}
        />
      </Part>
    </div>
  );
}
