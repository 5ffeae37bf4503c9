import { useState } from 'react';
import type { ParamsOf } from '../../../../common/contract/index.ts';
import type { TunnelKind } from '../../../../common/contract/tunnels.ts';
import { Checkbox, Select, TextInput } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { nodeClient } from '../../../state/node.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { atNode } from '../use-tunnels-data.ts';
import type { GatewayDialogProps } from './gateway-dialog.tsx';
import { SecretShown } from './secret-shown.tsx';

const policies = ['replace', 'reject', 'pool'] as const;
const kinds = ['http', 'tcp', 'tls'] as const;

/** A token with which agents sign in that are no nodes of this cluster. Its secret is shown once. */
export function CreateTokenDialog(props: GatewayDialogProps) {
  const { t } = useTranslation('tunnels');
  const { nodeId, ownId, onClose, refresh } = props;
  const attempt = useAttempt();
  const [name, setName] = useState('');
  const [agents, setAgents] = useState('*');
  const [allowed, setAllowed] = useState<readonly TunnelKind[]>(['http']);
  const [duplicates, setDuplicates] = useState<(typeof policies)[number]>('replace');
  const [legacy, setLegacy] = useState(false);
  const [checked, setChecked] = useState(false);
  const [made, setMade] = useState<{ readonly tokenId: string; readonly secret: string }>();
  const agentIds = agents.split(/[\s,]+/).filter((part) => part !== '');
  if (made !== undefined) return <SecretShown {...props} {...made} name={name.trim()} agentIds={agentIds} />;
  const agentsWrong = agentIds.length === 0 || agentIds.length > 32 || agentIds.some((id) => !/^[a-z0-9-]{0,62}\*?$/.test(id));
  const submit = () => {
    setChecked(true);
    if (name.trim() === '' || agentsWrong || allowed.length === 0) return;
    void attempt.run(async () => {
      const params: ParamsOf<'gateway.createToken'> = { name: name.trim(), agentIds, kinds: [...allowed], duplicates, legacy };
      setMade(await nodeClient().call('gateway.createToken', params, atNode(nodeId, ownId)));
      refresh();
    });
  };
  return (
    <FormDialog
      title={t('createTokenTitle')}
      verb={t('createTokenVerb')}
      working={attempt.working}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label={t('field_tokenName')}
        description={t('tokenNameHelp')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={checked && name.trim() === '' ? t('wrong_tokenName') : undefined}
        maxLength={128}
        autoComplete="off"
      />
      <TextInput
        label={t('field_agents')}
        description={t('agentsHelp')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={agents}
        onChange={(event) => setAgents(event.currentTarget.value.toLowerCase())}
        error={checked && agentsWrong ? t('wrong_agents') : undefined}
        autoComplete="off"
        spellCheck={false}
      />
      <fieldset className="tu-checks">
        <legend className="tu-label">{t('field_kinds')}</legend>
        {kinds.map((kind) => (
          <Checkbox
            key={kind}
            label={t(`kind_${kind}`)}
            checked={allowed.includes(kind)}
            onChange={(event) =>
              setAllowed(kinds.filter((known) => (known === kind ? event.currentTarget.checked : allowed.includes(known))))
            }
          />
        ))}
        {checked && allowed.length === 0 && <span className="sb-crit">{t('wrong_kinds')}</span>}
      </fieldset>
      <Select
        label={t('field_duplicates')}
        description={t(`duplicatesHelp_${duplicates}`)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={policies.map((value) => ({ value, label: t(`duplicates_${value}`) }))}
        value={duplicates}
        onChange={(value) => setDuplicates((value ?? 'replace') as typeof duplicates)}
        allowDeselect={false}
      />
      <Checkbox
        label={t('field_legacyAgents')}
        description={t('legacyAgentsHelp')}
        checked={legacy}
        onChange={(event) => setLegacy(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
