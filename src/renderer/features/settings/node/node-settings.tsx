import type { Setting } from '../../../../common/contract/config.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { loadSettings } from './setting-acts.ts';
import { SettingRow } from './setting-row.tsx';
import { useSettings } from './settings-store.ts';

/** The settings of the node that pass, or the state of reading them. */
export function NodeSettings({ filter, readOnly }: { readonly filter: (setting: Setting) => boolean; readonly readOnly: boolean }) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const { settings, failure } = useSettings();
  if (settings === undefined && failure !== undefined)
    return <CallFailure title={t('settingsFailed')} error={failure} call="config.schema" onRetry={() => void loadSettings()} />;
  if (settings === undefined)
    return <Loading asking={(seconds) => common('asking', { node: common('thisNode'), seconds })} cancelLabel={common('cancel')} />;
  return settings.filter(filter).map((setting) => <SettingRow key={setting.key} setting={setting} readOnly={readOnly} />);
}
