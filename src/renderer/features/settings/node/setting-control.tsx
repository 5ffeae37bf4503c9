import type { KeyboardEvent } from 'react';
import type { Setting } from '../../../../common/contract/config.ts';
import { NumberInput, Select, Switch, TagsInput, TextInput } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { controlOf, type Draft, isPlainNumber, titleOf, toDraft } from '../model/setting-form.ts';
import { applyNow, commitSetting, discardDraft } from './setting-acts.ts';
import { setDraft, useDrafts } from './settings-store.ts';

interface ControlProps {
  readonly setting: Setting;
  readonly id: string;
  /** Ids of what is said about the field. */
  readonly describedBy: string;
  readonly invalid: boolean;
  readonly disabled: boolean;
}

/** Addresses, paths and names that a machine reads stand in mono. */
const machineText = /(host|port|file|path|name)/i;

/** The control that fits the JSON Schema of a setting. */
export function SettingControl({ setting, id, describedBy, invalid, disabled }: ControlProps) {
  const { t } = useTranslation('settings');
  const control = controlOf(setting.schema);
  const typed = useDrafts(({ drafts }) => drafts[setting.key]);
  const draft = typed ?? toDraft(control, setting.saved);
  const apply = (next: Draft) => void applyNow(setting, next);
  const commit = () => void commitSetting(setting);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') commit();
    else if (event.key === 'Escape' && typed !== undefined) {
      event.stopPropagation();
      discardDraft(setting);
    }
  };
  const common = { id, disabled, 'aria-describedby': describedBy, error: invalid };
  switch (control.kind) {
    case 'switch':
      return (
        <Switch
          id={id}
          disabled={disabled}
          aria-describedby={describedBy}
          checked={draft === true}
          onChange={(event) => apply(event.currentTarget.checked)}
          label={draft === true ? t('on') : t('off')}
        />
      );
    case 'select':
      return (
        <Select
          {...common}
          className="st-choice"
          data={[...control.options]}
          value={String(draft)}
          onChange={(next) => next !== null && apply(next)}
        />
      );
    case 'list':
      return (
        <TagsInput
          {...common}
          className="st-wide"
          value={Array.isArray(draft) ? [...draft] : []}
          onChange={apply}
          placeholder={t('addToList')}
          {...(control.most !== undefined && { maxTags: control.most })}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...common}
          className="st-number"
          value={String(draft)}
          onChange={(next) => setDraft(setting.key, String(next))}
          onBlur={commit}
          onKeyDown={onKeyDown}
          allowDecimal={!control.whole}
          clampBehavior="none"
          hideControls
          suffix={titleOf(setting).unit === undefined ? '' : ` ${titleOf(setting).unit}`}
          thousandSeparator={isPlainNumber(setting) ? '' : ','}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          className={control.kind === 'json' || machineText.test(setting.key) ? 'st-wide st-mono' : 'st-wide'}
          value={String(draft)}
          onChange={(event) => setDraft(setting.key, event.currentTarget.value)}
          onBlur={commit}
          onKeyDown={onKeyDown}
          spellCheck={false}
          autoComplete="off"
        />
      );
  }
}
