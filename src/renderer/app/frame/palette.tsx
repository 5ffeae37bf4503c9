import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Kbd } from '../../design/controls/index.ts';
import { Overlay } from '../../design/feedback/overlay.tsx';
import { IconSearch } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useNode } from '../../state/node.ts';
import { useOverlay } from '../actions/overlay.ts';
import { type Action, useActions } from '../actions/registry.ts';
import { shortcutLabel } from '../actions/shortcuts.ts';
import { goTo } from '../routes.ts';
import { searchPalette } from './palette-search.ts';

/** Go to or run: every act of the registry and every method of the node, by a few letters. */
export function Palette() {
  const { t } = useTranslation('frame');
  const close = () => useOverlay.setState({ open: undefined });
  return (
    <Overlay label={t('paletteTitle')} onClose={close}>
      <PaletteBody onClose={close} />
    </Overlay>
  );
}

function PaletteBody({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('frame');
  const { t: common } = useTranslation('common');
  const [query, setQuery] = useState('');
  const [index, setIndex] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  const actions = useActions();
  const catalogue = useNode((state) => state.catalogue);
  const found = useMemo(() => {
    const methods = (catalogue ?? []).map(
      (entry): Action => ({
        id: `method.${entry.method}`,
        group: 'method',
        title: entry.method,
        detail: entry.help,
        danger: entry.effect === 'read' ? 0 : entry.effect === 'write' ? 2 : 3,
        // Opens the form; a method that changes something never runs from here.
        run: () => goTo('rpc', { method: entry.method }),
      }),
    );
    const possible = actions.filter((action) => action.enabled !== false && action.id !== 'palette.open');
    return searchPalette([...possible, ...methods], query);
  }, [actions, catalogue, query]);
  const active = found[Math.min(index, found.length - 1)];
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  const run = (action: Action | undefined) => {
    if (action === undefined) return;
    onClose();
    action.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setIndex((before) => Math.min(before + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setIndex((before) => Math.max(before - 1, 0));
    else if (event.key === 'Enter') run(active);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className="sb-palette-input sb-flex">
        <IconSearch size={16} stroke={1.6} />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette was asked for to write in it
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={active === undefined ? undefined : `palette-${active.id}`}
          aria-label={t('goOrRun')}
          placeholder={t('goOrRun')}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setIndex(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div ref={list} id={listId} role="listbox" aria-label={t('paletteTitle')} className="sb-palette-list">
        {found.length === 0 && <p className="sb-3 sb-palette-none">{t('paletteEmpty', { query })}</p>}
        {found.map((action, position) => (
          <div key={action.id} role="presentation">
            {found[position - 1]?.group !== action.group && <div className="sb-cap sb-palette-group">{t(`group_${action.group}`)}</div>}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the combobox */}
            <div
              id={`palette-${action.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={action === active}
              className="sb-palette-row"
              onPointerMove={() => setIndex(position)}
              onClick={() => run(action)}
            >
              <span className={action.group === 'method' ? 'sb-mono' : undefined}>{action.title}</span>
              <span className="sb-3 sb-clip sb-grow">{action.detail}</span>
              {action.danger === 2 && <span className="sb-tag warn">{common('effect_write')}</span>}
              {action.danger === 3 && <span className="sb-tag crit">{common('effect_destructive')}</span>}
              {action.shortcut !== undefined && <Kbd>{shortcutLabel(action.shortcut)}</Kbd>}
            </div>
          </div>
        ))}
      </div>
      <div className="sb-palette-foot sb-3">
        <span>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd> {t('paletteMove')}
        </span>
        <span>
          <Kbd>↵</Kbd> {t('paletteRun')}
        </span>
        <span className="sb-grow" />
        <span>
          <Kbd>{'>'}</Kbd> {t('paletteOnlyActs')}
        </span>
        <span>
          <Kbd>/</Kbd> {t('paletteOnlyMethods')}
        </span>
      </div>
    </>
  );
}
