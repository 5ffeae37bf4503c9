import { shortcutLabel } from '../../../app/actions/shortcuts.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button, Kbd, TextInput } from '../../../design/controls/index.ts';
import { IconDownload, IconEraser, IconPlayerPause, IconPlayerPlay, IconSearch, IconX } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { clearList, exportList, setFilter, togglePause } from '../acts.ts';
import { useEvents } from '../events-state.ts';

/** Filter, pause, clear, export. */
export function Toolbar() {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const filterText = useEvents((state) => state.filterText);
  const paused = useEvents((state) => state.paused);
  const exporting = useEvents((state) => state.exporting !== undefined);
  return (
    <div className="sb-viewbar sb-events-toolbar" role="toolbar" aria-label={t('title')}>
      <TextInput
        className="sb-events-filter"
        data-events-filter
        aria-label={t('filterPlaceholder')}
        placeholder={t('filterPlaceholder')}
        title={t('filterHelp')}
        value={filterText}
        onChange={(event) => setFilter(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          if (filterText === '') event.currentTarget.blur();
          else setFilter('');
        }}
        leftSection={<IconSearch size={14} stroke={1.6} />}
        rightSection={
          filterText === '' ? (
            <Kbd>/</Kbd>
          ) : (
            <button type="button" className="sb-plain" aria-label={common('clearFilter')} onClick={() => setFilter('')}>
              <IconX size={14} stroke={1.6} />
            </button>
          )
        }
        autoComplete="off"
        spellCheck={false}
      />
      <span className="sb-grow" />
      <Button
        variant="default"
        aria-pressed={paused}
        onClick={togglePause}
        leftSection={paused ? <IconPlayerPlay size={14} stroke={1.6} /> : <IconPlayerPause size={14} stroke={1.6} />}
        rightSection={<Kbd>{shortcutLabel('space')}</Kbd>}
      >
        {paused ? t('resume') : t('pause')}
      </Button>
      <IconButton label={t('clearList')} onClick={clearList}>
        <IconEraser size={16} stroke={1.5} />
      </IconButton>
      <IconButton label={t('export')} onClick={() => void exportList()} disabled={exporting}>
        <IconDownload size={16} stroke={1.5} />
      </IconButton>
    </div>
  );
}
