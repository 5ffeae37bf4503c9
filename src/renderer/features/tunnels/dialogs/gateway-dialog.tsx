import { useState } from 'react';
import { Checkbox, NumberInput, Select, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconWorld, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { nodeClient } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { turnGatewayOn } from '../gateway/turn-on.ts';
import { changedSettings, type GatewayForm, gatewayFormOf, gatewayKeys, isLoopback } from '../model/gateway-form.ts';
import { atNode } from '../use-tunnels-data.ts';

export interface GatewayDialogProps {
  readonly nodeId: string;
  readonly ownId: string | undefined;
  readonly onClose: () => void;
  readonly refresh: () => void;
}

/** Where a gateway listens and under which domain it answers. Turns it on where it is off. */
export function GatewayDialog(props: GatewayDialogProps) {
  const { t } = useTranslation('tunnels');
  const { nodeId, ownId } = props;
  const { state } = useCall('config.get', { keys: [...gatewayKeys, 'gateway.enabled'] }, { nodeId: nodeId === ownId ? undefined : nodeId });
  const values = dataOf(state)?.values;
  const node = useNodeNames()(nodeId);
  if (state.kind === 'error') {
    return (
      <FormDialog
        title={t('gatewayTitle', { node })}
        verb={t('editVerb')}
        working={false}
        disabled
        failure={state.error.message}
        onSubmit={() => undefined}
        onClose={props.onClose}
      >
        {null}
      </FormDialog>
    );
  }
  return values === undefined ? null : <Settings {...props} before={gatewayFormOf(values)} isOn={values['gateway.enabled'] === true} />;
}

type SettingsProps = GatewayDialogProps & { readonly before: GatewayForm; readonly isOn: boolean };

function Settings({ nodeId, ownId, before, isOn, onClose, refresh }: SettingsProps) {
  const { t } = useTranslation('tunnels');
  const node = useNodeNames()(nodeId);
  const attempt = useAttempt();
  const [form, setForm] = useState(before);
  const set = <K extends keyof GatewayForm>(key: K, value: GatewayForm[K]) => setForm((now) => ({ ...now, [key]: value }));
  const wide = !isLoopback(form['gateway.publicHost']);
  const plainWide = wide && form['gateway.publicTls'] === 'off';
  const agentsWide = !isLoopback(form['gateway.agentsHost']);
  const plainAgents = agentsWide && form['gateway.allowPlainAgents'];
  const submit = () =>
    void attempt.run(async () => {
      const changed = changedSettings(before, form);
      const at = atNode(nodeId, ownId);
      if (isOn) await nodeClient().call('config.set', { values: { ...changed } }, at);
      else await turnGatewayOn(at, changed);
      showToast({ title: t(isOn ? 'gatewayChanged' : 'gatewayTurnedOn', { node }) });
      onClose();
      refresh();
    });
  const text = { autoComplete: 'off', spellCheck: false } as const;
  const port = (key: 'gateway.publicPort' | 'gateway.agentsPort') => (
    <NumberInput
      label={t('field_port')}
      value={form[key]}
      onChange={(value) => set(key, Number(value) || 0)}
      min={0}
      max={65_535}
      allowDecimal={false}
      hideControls
    />
  );
  return (
    <FormDialog
      title={t('gatewayTitle', { node })}
      verb={isOn ? t('gatewaySave') : t('gatewayTurnOn')}
      widthPx={560}
      careful={wide && !isOn}
      working={attempt.working}
      disabled={plainWide && !form['gateway.allowPlainPublic']}
      failure={attempt.failure}
      note={isOn ? t('gatewayRestarts') : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label={t('field_domain')}
        description={t('domainHelp', { domain: form['gateway.domain'] || 'localhost' })}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data-autofocus={wide && !isOn ? undefined : true}
        value={form['gateway.domain']}
        onChange={(event) => set('gateway.domain', event.currentTarget.value.toLowerCase())}
        {...text}
      />
      <fieldset className="tu-listener">
        <legend className="sb-h">{t('publicSide')}</legend>
        <TextInput
          label={t('field_listen')}
          value={form['gateway.publicHost']}
          onChange={(event) => set('gateway.publicHost', event.currentTarget.value)}
          {...text}
        />
        {port('gateway.publicPort')}
        <Select
          label={t('field_tls')}
          data={(['off', 'own', 'files'] as const).map((value) => ({ value, label: t(`tls_${value}`) }))}
          value={form['gateway.publicTls']}
          onChange={(value) => set('gateway.publicTls', (value ?? 'off') as GatewayForm['gateway.publicTls'])}
          allowDeselect={false}
        />
        {form['gateway.publicTls'] === 'files' && (
          <TextInput
            className="tu-wide"
            label={t('field_certificates')}
            description={t('certificatesHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={form['gateway.certificates']}
            onChange={(event) => set('gateway.certificates', event.currentTarget.value)}
            {...text}
          />
        )}
        <TextInput
          className="tu-wide"
          label={t('field_tcpPorts')}
          placeholder={t('noTcpPorts')}
          value={form['gateway.tcpPorts']}
          onChange={(event) => set('gateway.tcpPorts', event.currentTarget.value)}
          {...text}
        />
      </fieldset>
      <fieldset className="tu-listener">
        <legend className="sb-h">{t('agentsSide')}</legend>
        <TextInput
          label={t('field_listen')}
          value={form['gateway.agentsHost']}
          onChange={(event) => set('gateway.agentsHost', event.currentTarget.value)}
          {...text}
        />
        {port('gateway.agentsPort')}
        <TextInput
          label={t('field_agentsUrl')}
          placeholder={t('foundByItself')}
          value={form['gateway.agentsUrl']}
          onChange={(event) => set('gateway.agentsUrl', event.currentTarget.value)}
          {...text}
        />
      </fieldset>
      <div className="tu-note-box" role="note">
        {wide ? <IconWorld size={14} stroke={1.6} /> : <StateShape kind="online" />}
        <div>
          <b>{t(wide ? 'reachWide' : 'reachOwn', { host: form['gateway.publicHost'] })}</b>
          <p>{t(wide ? 'reachWideHelp' : 'reachOwnHelp')}</p>
          {!plainAgents && <p>{t(agentsWide ? 'agentsWide' : 'agentsOwn')}</p>}
        </div>
      </div>
      {agentsWide && (
        <Checkbox
          label={t('field_allowPlainAgents')}
          checked={form['gateway.allowPlainAgents']}
          onChange={(event) => set('gateway.allowPlainAgents', event.currentTarget.checked)}
        />
      )}
      {plainAgents && (
        <div className="tu-note-box" role="note">
          <StateShape kind="warn" />
          <div>
            <b>{t('plainAgents')}</b>
            <p>{t('plainAgentsHelp')}</p>
          </div>
        </div>
      )}
      {plainWide && (
        <Checkbox
          label={t('field_allowPlain')}
          checked={form['gateway.allowPlainPublic']}
          onChange={(event) => set('gateway.allowPlainPublic', event.currentTarget.checked)}
        />
      )}
    </FormDialog>
  );
}
