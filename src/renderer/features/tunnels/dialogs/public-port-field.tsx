import { TextInput } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';

interface PublicPortFieldProps {
  readonly value: string;
  /** Ports and ranges that the gateway gives out, empty: none; undefined: not known. */
  readonly offered: string | undefined;
  readonly error: string | undefined;
  readonly onChange: (text: string) => void;
}

/** The port of a TCP tunnel at the gateway, with those that it gives out. */
export function PublicPortField({ value, offered, error, onChange }: PublicPortFieldProps) {
  const { t } = useTranslation('tunnels');
  const help = offered === undefined ? t('portsNotKnown') : offered.trim() === '' ? t('portsNone') : t('portsOffered', { ports: offered });
  return (
    <TextInput
      label={t('field_publicPort')}
      description={help}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      placeholder={t('anyPort')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      inputMode="numeric"
      maxLength={5}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
