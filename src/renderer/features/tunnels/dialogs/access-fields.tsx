import { PasswordInput, TextInput } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import type { AccessField, AccessForm } from '../model/access-form.ts';

interface AccessFieldsProps {
  readonly form: AccessForm;
  readonly onChange: (form: AccessForm) => void;
  readonly wrong: readonly AccessField[];
  readonly disabled?: boolean;
  /** There is a password already, which nobody is shown. */
  readonly keptPassword?: boolean;
}

/** Who may come in at the gateway. */
export function AccessFields({ form, onChange, wrong, disabled = false, keptPassword = false }: AccessFieldsProps) {
  const { t } = useTranslation('tunnels');
  const fault = (field: AccessField) => (wrong.includes(field) ? t(`wrong_${field}`) : undefined);
  return (
    <fieldset className="tu-fields" disabled={disabled}>
      <legend className="sb-h">{t('accessTitle')}</legend>
      <TextInput
        label={t('field_username')}
        placeholder={t('nobodyAsked')}
        value={form.username}
        onChange={(event) => onChange({ ...form, username: event.currentTarget.value })}
        error={fault('username')}
        maxLength={128}
        autoComplete="off"
        spellCheck={false}
      />
      <PasswordInput
        label={t('field_password')}
        placeholder={keptPassword ? t('typeAgain') : ''}
        value={form.password}
        onChange={(event) => onChange({ ...form, password: event.currentTarget.value })}
        error={fault('password')}
        maxLength={256}
        autoComplete="new-password"
      />
      <TextInput
        label={t('field_addresses')}
        placeholder={t('everyAddress')}
        value={form.addresses}
        onChange={(event) => onChange({ ...form, addresses: event.currentTarget.value })}
        error={fault('addresses')}
        autoComplete="off"
        spellCheck={false}
      />
      <TextInput
        label={t('field_rate')}
        placeholder={t('noLimit')}
        value={form.rate}
        onChange={(event) => onChange({ ...form, rate: event.currentTarget.value })}
        error={fault('rate')}
        inputMode="decimal"
        autoComplete="off"
      />
    </fieldset>
  );
}
