import type { Setting } from '../../../../common/contract/config.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { isPlainNumber, titleOf, unitHint, withUnit, wordsOf } from '../model/setting-form.ts';
import { discardDraft, resetSetting } from './setting-acts.ts';
import { SettingControl } from './setting-control.tsx';
import { useDrafts, useSettings } from './settings-store.ts';

/** One setting: name, changed dot, control, help, default, what is wrong, what it waits for. */
export function SettingRow({ setting, readOnly }: { readonly setting: Setting; readonly readOnly: boolean }) {
  const { t } = useTranslation('settings');
  const problem = useSettings(({ problems }) => problems[setting.key]);
  const drafted = useDrafts(({ drafts }) => drafts[setting.key] !== undefined);
  const { title, unit } = titleOf(setting);
  const id = `setting-${setting.key}`;
  const fixed = setting.source === 'option';
  const words = { on: t('on'), off: t('off'), empty: t('emptyValue'), plainNumbers: isPlainNumber(setting) };
  const differs = JSON.stringify(setting.saved) !== JSON.stringify(setting.default);
  const hint = unitHint(unit, setting.saved);
  return (
    <div className="st-setting" data-setting={setting.key}>
      <div className="sb-flex st-label">
        <label htmlFor={id}>{title}</label>
        {differs && <span className="st-dot" role="img" aria-label={t('changedFromDefault')} title={t('changedFromDefault')} />}
        {drafted && problem !== undefined && <span className="sb-tag warn">{t('notSaved')}</span>}
        {setting.pendingRestart && <span className="sb-tag warn">{t('waitsForRestart')}</span>}
        {differs && !readOnly && !fixed && (
          <button type="button" className="sb-link" onClick={() => void resetSetting(setting)} aria-label={t('resetOf', { title })}>
            {t('reset')}
          </button>
        )}
        {drafted && problem !== undefined && (
          <button type="button" className="sb-link" onClick={() => discardDraft(setting)} aria-label={t('discardOf', { title })}>
            {t('discard')}
          </button>
        )}
      </div>
      <div className="sb-flex">
        <SettingControl
          setting={setting}
          id={id}
          describedBy={`${id}-help ${id}-problem`}
          invalid={problem !== undefined}
          disabled={readOnly || fixed}
        />
        {hint !== undefined && <span className="sb-3 sb-num">{t('equals', { value: hint })}</span>}
      </div>
      <div id={`${id}-problem`} role="alert" className="st-problem">
        {problem !== undefined && <StateLabel kind="failed">{problem}</StateLabel>}
      </div>
      <p id={`${id}-help`} className="sb-3 st-help">
        {setting.help} {t('default', { value: withUnit(wordsOf(setting.default, words), unit) })}
        {fixed && ` ${t('fixedByOption')}`}
      </p>
    </div>
  );
}
