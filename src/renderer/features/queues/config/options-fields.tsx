import { useId } from 'react';
import { Select, TextInput } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { byteUnits, timeUnits, type Unit } from '../model/amounts.ts';
import { type AmountField, countUnits, type OptionsForm } from '../model/options-form.ts';

interface OptionsFieldsProps {
  readonly form: OptionsForm;
  readonly onChange: (form: OptionsForm) => void;
  readonly wrong: readonly AmountField[];
  readonly disabled: boolean;
}

const unitsOf: Record<AmountField, readonly Unit[]> = {
  maxAge: timeUnits,
  maxMessages: countUnits,
  maxBytes: byteUnits,
  maxMessageBytes: byteUnits,
};
const accessRoles = ['viewer', 'operator', 'admin'] as const;

/** What a queue keeps and who may use it, as fields; the same for a new queue and for one that is there. */
export function OptionsFields({ form, onChange, wrong, disabled }: OptionsFieldsProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const roleData = accessRoles.map((value) => ({ value, label: t('atLeast', { role: common(`role_${value}`) }) }));
  const amount = (field: AmountField) => (
    <AmountInput
      field={field}
      units={unitsOf[field]}
      amount={form[field]}
      wrong={wrong.includes(field)}
      disabled={disabled}
      onChange={(next) => onChange({ ...form, [field]: next })}
    />
  );
  return (
    <>
      <fieldset className="qu-fields">
        <legend className="sb-h">{t('keepsLegend')}</legend>
        {amount('maxAge')}
        {amount('maxMessages')}
        {amount('maxBytes')}
        <Select
          label={t('field_overflow')}
          data={(['dropOldest', 'reject'] as const).map((value) => ({ value, label: t(`overflow_${value}`) }))}
          value={form.overflow}
          onChange={(value) => onChange({ ...form, overflow: (value ?? 'dropOldest') as OptionsForm['overflow'] })}
          allowDeselect={false}
          disabled={disabled}
        />
      </fieldset>
      <fieldset className="qu-fields">
        <legend className="sb-h">{t('usesLegend')}</legend>
        {amount('maxMessageBytes')}
        <Select
          label={t('field_appendRole')}
          data={roleData}
          value={form.appendRole}
          onChange={(value) => onChange({ ...form, appendRole: (value ?? 'operator') as OptionsForm['appendRole'] })}
          allowDeselect={false}
          disabled={disabled}
        />
        <Select
          label={t('field_readRole')}
          data={roleData}
          value={form.readRole}
          onChange={(value) => onChange({ ...form, readRole: (value ?? 'viewer') as OptionsForm['readRole'] })}
          allowDeselect={false}
          disabled={disabled}
        />
      </fieldset>
    </>
  );
}

interface AmountInputProps {
  readonly field: AmountField;
  readonly units: readonly Unit[];
  readonly amount: OptionsForm[AmountField];
  readonly wrong: boolean;
  readonly disabled: boolean;
  readonly onChange: (amount: OptionsForm[AmountField]) => void;
}

/** A number and its unit; nothing written is no bound. */
function AmountInput({ field, units, amount, wrong, disabled, onChange }: AmountInputProps) {
  const { t } = useTranslation('queues');
  const errorId = useId();
  return (
    <div className="qu-amount">
      <TextInput
        label={t(`field_${field}`)}
        placeholder={field === 'maxMessageBytes' ? '' : t('noBound')}
        value={amount.text}
        onChange={(event) => onChange({ ...amount, text: event.currentTarget.value })}
        error={wrong}
        disabled={disabled}
        inputMode="decimal"
        autoComplete="off"
        {...(wrong && { 'aria-describedby': errorId })}
      />
      {units.length > 1 && (
        <Select
          aria-label={t('unitOf', { field: t(`field_${field}`) })}
          data={units.map(({ id }) => ({ value: id, label: t(`unit_${id as 'days'}`) }))}
          value={amount.unit}
          onChange={(unit) => onChange({ ...amount, unit: unit ?? amount.unit })}
          allowDeselect={false}
          disabled={disabled}
        />
      )}
      {wrong && (
        <p id={errorId} className="sb-crit qu-wide">
          {t(`wrong_${field}`)}
        </p>
      )}
    </div>
  );
}
