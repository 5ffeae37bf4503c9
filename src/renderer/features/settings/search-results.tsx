import { goTo } from '../../app/routes.ts';
import { ScrollArea } from '../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { matches, type Section, sectionOf, sections } from './model/sections.ts';
import { NodeSettings } from './node/node-settings.tsx';
import { useSettings } from './node/settings-store.ts';
import { AppearanceSection } from './parts/appearance-section.tsx';
import { useSectionName } from './use-section-name.ts';

/** Sections that are no list of settings: found by their name and what they are for. */
const places: readonly Section[] = ['trust', 'users', 'logs', 'diagnostics', 'audit', 'shortcuts', 'about'];

/** Every setting that matches, of the node and of this console, with the section it is in. */
export function SearchResults(props: { readonly query: string; readonly readOnly: boolean; readonly onClear: () => void }) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const { query, readOnly } = props;
  const settings = useSettings((state) => state.settings) ?? [];
  const name = useSectionName();
  const found = settings.filter((setting) => matches(query, setting.title, setting.help, setting.key, name(sectionOf(setting))));
  const appearance = matches(
    query,
    ...[name('appearance'), t('scheme'), t('schemeHelp'), t('density'), t('densityHelp'), t('rail'), t('railHelp')],
  );
  const foundPlaces = places.filter((section) => matches(query, name(section), t(`about_${section as 'logs'}`)));
  const nothing = found.length === 0 && !appearance && foundPlaces.length === 0;
  if (nothing)
    return (
      <div className="sb-empty">
        <h2>{t('noSettingMatches', { query })}</h2>
        <button type="button" className="sb-link" onClick={props.onClear}>
          {common('clearFilter')}
        </button>
      </div>
    );
  return (
    <ScrollArea label={t('searchResults')}>
      <div className="st-page">
        {foundPlaces.map((section) => (
          <p key={section} className="st-place">
            <button
              type="button"
              className="sb-link"
              onClick={() => {
                props.onClear();
                goTo('settings', { section });
              }}
            >
              {name(section)}
            </button>{' '}
            <span className="sb-3">{t(`about_${section as 'logs'}`)}</span>
          </p>
        ))}
        {appearance && <AppearanceSection query={query} />}
        {sections
          .filter((section) => found.some((setting) => sectionOf(setting) === section))
          .map((section) => (
            <div key={section} className="st-found">
              <h2 className="sb-cap">{name(section)}</h2>
              <NodeSettings filter={(setting) => sectionOf(setting) === section && found.includes(setting)} readOnly={readOnly} />
            </div>
          ))}
      </div>
    </ScrollArea>
  );
}
