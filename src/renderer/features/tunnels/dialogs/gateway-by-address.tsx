import { Checkbox, PasswordInput, TextInput } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import type { ExposeField, ExposeForm } from '../model/expose-form.ts';

interface GatewayByAddressProps {
  readonly form: ExposeForm;
  readonly onChange: (form: ExposeForm) => void;
  readonly fault: (field: ExposeField) => string | undefined;
}

/** A gateway that is no node of this cluster: its address, and the token that it gave. */
export function GatewayByAddress({ form, onChange, fault }: GatewayByAddressProps) {
  const { t } = useTranslation('tunnels');
  const text = { autoComplete: 'off', spellCheck: false } as const;
  return (
    <div className="tu-fields">
      <TextInput
        className="tu-wide"
        label={t('field_url')}
        placeholder="wss://gateway.example.com:8080/tunnel"
        value={form.url}
        onChange={(event) => onChange({ ...form, url: event.currentTarget.value })}
        error={fault('url')}
        maxLength={300}
        {...text}
      />
      <TextInput
        label={t('field_token')}
        value={form.tokenId}
        onChange={(event) => onChange({ ...form, tokenId: event.currentTarget.value })}
        error={fault('tokenId')}
        {...text}
      />
      <PasswordInput
        label={t('field_secret')}
        value={form.secret}
        onChange={(event) => onChange({ ...form, secret: event.currentTarget.value })}
        error={fault('secret')}
        autoComplete="new-password"
        maxLength={256}
      />
      <Checkbox
        label={t('field_authority')}
        checked={form.authority}
        onChange={(event) => onChange({ ...form, authority: event.currentTarget.checked })}
      />
      <Checkbox
        label={t('field_legacy')}
        checked={form.legacy}
        onChange={(event) => onChange({ ...form, legacy: event.currentTarget.checked })}
      />
    </div>
  );
}
