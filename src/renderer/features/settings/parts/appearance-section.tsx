import { SegmentedControl, Switch } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { usePreferences } from '../../../state/preferences.ts';
import { matches } from '../model/sections.ts';
import { useSectionName } from '../use-section-name.ts';

const schemes = ['system', 'light', 'dark'] as const;
const densities = ['compact', 'normal', 'relaxed'] as const;

/** How this console looks. Kept on this machine, for this person; the node knows nothing of it. */
export function AppearanceSection({ query = '' }: { readonly query?: string }) {
  const { t } = useTranslation('settings');
  const sectionName = useSectionName();
  const { scheme, density, railWide } = usePreferences();
  const shown = (...texts: string[]) => query === '' || matches(query, sectionName('appearance'), ...texts);
  return (
    <>
      {shown(t('scheme'), t('schemeHelp')) && (
        <div className="st-setting">
          <div className="st-label" id="st-scheme">
            {t('scheme')}
          </div>
          <SegmentedControl
            aria-labelledby="st-scheme"
            value={scheme}
            onChange={(next) => usePreferences.setState({ scheme: schemes.find((known) => known === next) ?? 'system' })}
            data={schemes.map((value) => ({ value, label: t(`scheme_${value}`) }))}
          />
          <p className="sb-3 st-help">{t('schemeHelp')}</p>
        </div>
      )}
      {shown(t('density'), t('densityHelp')) && (
        <div className="st-setting">
          <div className="st-label" id="st-density">
            {t('density')}
          </div>
          <SegmentedControl
            aria-labelledby="st-density"
            value={density}
            onChange={(next) => usePreferences.setState({ density: densities.find((known) => known === next) ?? 'normal' })}
            data={densities.map((value) => ({ value, label: t(`density_${value}`) }))}
          />
          <p className="sb-3 st-help">{t('densityHelp')}</p>
        </div>
      )}
      {shown(t('rail'), t('railHelp')) && (
        <div className="st-setting">
          <div className="st-label">
            <label htmlFor="st-rail">{t('rail')}</label>
          </div>
          <Switch
            id="st-rail"
            checked={railWide}
            onChange={(event) => usePreferences.setState({ railWide: event.currentTarget.checked })}
            label={railWide ? t('on') : t('off')}
          />
          <p className="sb-3 st-help">{t('railHelp')}</p>
        </div>
      )}
    </>
  );
}
