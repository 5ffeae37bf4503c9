import { useMemo } from 'react';
import { Autocomplete } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { type LocalService, servicesToChoose } from '../model/address.ts';

interface ServiceFieldProps {
  readonly nodeId: string;
  readonly ownId: string | undefined;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (text: string, chosen: LocalService | undefined) => void;
}

/** The local service: one that listens on the machine of the node, or what is typed. */
export function ServiceField({ nodeId, ownId, value, error, onChange }: ServiceFieldProps) {
  const { t } = useTranslation('tunnels');
  const { state } = useCall('tunnels.services', {}, { nodeId: nodeId === ownId ? undefined : nodeId });
  const services = useMemo(() => servicesToChoose(dataOf(state)?.services ?? []).filter(({ own }) => !own), [state]);
  const byText = useMemo(() => new Map(services.map((service) => [String(service.port), service])), [services]);
  return (
    <Autocomplete
      label={t('field_service')}
      placeholder={t('servicePlaceholder')}
      description={state.kind === 'error' ? t('servicesFailed') : undefined}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data-autofocus
      data={[...byText.keys()]}
      renderOption={({ option }) => {
        const service = byText.get(option.value);
        return (
          <span className="tu-service">
            <b className="sb-num">{option.value}</b>
            <span className="sb-2 sb-clip sb-grow">{service?.process ?? t('unknownProcess')}</span>
            <span className="sb-3 sb-mono">{service?.address}</span>
          </span>
        );
      }}
      filter={({ options, search }) =>
        options.filter((option) => {
          if (!('value' in option)) return true;
          const service = byText.get(option.value);
          return `${option.value} ${service?.process ?? ''}`.toLowerCase().includes(search.trim().toLowerCase());
        })
      }
      limit={50}
      value={value}
      onChange={(text) => onChange(text, undefined)}
      onOptionSubmit={(text) => onChange(text, byText.get(text))}
      error={error}
      comboboxProps={{ shadow: 'md' }}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
