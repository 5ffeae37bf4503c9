import { useMemo, useState } from 'react';
import { SegmentedControl, Select, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { nodeClient } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { mayNow } from '../../shared/rights.ts';
import { turnGatewayOn } from '../gateway/turn-on.ts';
import { readAccess } from '../model/access-form.ts';
import { addressToBe, agentIdFrom, targetText } from '../model/address.ts';
import { byAddress, type ExposeField, type ExposeForm, emptyExpose, readExpose } from '../model/expose-form.ts';
import type { ActContext } from '../tunnel-actions.ts';
import { showTunnel } from '../tunnels-route.ts';
import { atNode, type TunnelsData } from '../use-tunnels-data.ts';
import { AccessFields } from './access-fields.tsx';
import { ExposureNote } from './exposure-note.tsx';
import { ExposureQuestion } from './exposure-question.tsx';
import { GatewayByAddress } from './gateway-by-address.tsx';
import { PublicPortField } from './public-port-field.tsx';
import { ServiceField } from './service-field.tsx';

interface ExposeDialogProps {
  readonly data: TunnelsData;
  readonly context: ActContext;
  readonly onClose: () => void;
}

/** A local service gets a public address. What reaches beyond this machine asks once more, with who can come in (ui.md 4.6, level 2). */
export function ExposeDialog({ data, context, onClose }: ExposeDialogProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const nameOf = useNodeNames();
  const attempt = useAttempt();
  const ownId = data.ownId ?? '';
  const [form, setForm] = useState(() => emptyExpose(ownId));
  const [checked, setChecked] = useState(false);
  const [asking, setAsking] = useState(false);
  const choices = useGatewayChoices(data);
  const gatewayId = form.gateway ?? choices[0]?.value ?? null;
  const gateway = gatewayId === null || gatewayId === byAddress ? undefined : data.gateways?.get(gatewayId);
  const turnsOn = gateway !== undefined && gateway.state !== 'running';
  const mayTurnOn = mayNow(context.rights, 'admin');
  const taken = useMemo(
    () => new Set(data.tunnels.filter(({ gateway: { nodeId } }) => nodeId !== null && nodeId === gatewayId).map(({ agentId }) => agentId)),
    [data.tunnels, gatewayId],
  );
  const read = readExpose({ ...form, gateway: gatewayId }, taken, gateway?.tcpPorts);
  const wrong = checked && 'wrong' in read ? read.wrong : [];
  const fault = (field: ExposeField) => (wrong.includes(field) ? t(`wrong_${field}`, { name: form.name }) : undefined);
  const access = readAccess(form.access);
  // A gateway that is asked for the first time listens on its own machine alone.
  const exposure = gateway === undefined ? 'unknown' : gateway.exposure;
  const address = addressToBe(form.kind, form.name, gateway, form.publicPort);

  const submit = () => {
    setChecked(true);
    if ('wrong' in read) return;
    if (exposure === 'thisMachine') void create();
    else setAsking(true);
  };
  const create = async () => {
    if ('wrong' in read) return;
    setAsking(false);
    await attempt.run(async () => {
      if (turnsOn && gatewayId !== null) await turnGatewayOn(atNode(gatewayId, data.ownId));
      const at = atNode(form.nodeId, data.ownId);
      const { tunnelId } = await nodeClient().call('tunnels.create', read.params, { timeoutMs: writeTimeoutMs, ...at });
      showToast({ title: t('exposed', { name: form.name }) });
      onClose();
      data.refresh();
      showTunnel(tunnelId);
    });
  };
  if (asking) {
    return (
      <ExposureQuestion
        form={form}
        node={nameOf(form.nodeId)}
        exposure={exposure}
        address={address}
        access={'wrong' in access ? undefined : access.access}
        onAnswer={(yes) => (yes ? void create() : setAsking(false))}
      />
    );
  }
  return (
    <FormDialog
      title={t('exposeTitle')}
      verb={t(verbOf(turnsOn, exposure))}
      widthPx={560}
      working={attempt.working}
      disabled={gatewayId === null || (turnsOn && !mayTurnOn)}
      failure={attempt.failure}
      note={turnsOn && !mayTurnOn ? common('needsRole', { role: common('role_admin') }) : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="tu-fields">
        <NodeField form={form} onChange={setForm} ownId={ownId} />
        <ServiceField
          nodeId={form.nodeId}
          ownId={data.ownId}
          value={form.service}
          error={fault('service')}
          onChange={(service, chosen) =>
            setForm((now) => ({
              ...now,
              service,
              // What a person has named stays.
              name: chosen?.process != null && now.name === '' ? agentIdFrom(chosen.process) : now.name,
            }))
          }
        />
        <TextInput
          label={t('field_name')}
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.currentTarget.value.toLowerCase() })}
          error={fault('name') ?? fault('taken')}
          placeholder={t('namePlaceholder')}
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
        />
        <Select
          label={t('field_gateway')}
          data={choices.map(({ value, label }) => ({ value, label }))}
          value={gatewayId}
          onChange={(next) => setForm({ ...form, gateway: next })}
          error={fault('gateway')}
          placeholder={t('noGateway')}
          allowDeselect={false}
        />
        <div>
          <span className="mantine-InputWrapper-label tu-label" id="tu-kind">
            {t('field_kind')}
          </span>
          <SegmentedControl
            aria-labelledby="tu-kind"
            fullWidth
            data={(['http', 'tcp', 'tls'] as const).map((value) => ({ value, label: t(`kind_${value}`) }))}
            value={form.kind}
            onChange={(kind) => setForm({ ...form, kind: kind as typeof form.kind })}
          />
        </div>
        {form.kind === 'tcp' && (
          <PublicPortField
            value={form.publicPort}
            offered={gateway?.tcpPorts}
            error={fault('publicPort') ?? fault('portNotOffered') ?? fault('noPorts')}
            onChange={(publicPort) => setForm({ ...form, publicPort })}
          />
        )}
      </div>
      {gatewayId === byAddress && <GatewayByAddress form={form} onChange={setForm} fault={fault} />}
      {form.kind === 'http' && (
        <AccessFields
          form={form.access}
          onChange={(next) => setForm({ ...form, access: next })}
          wrong={checked && 'wrong' in access ? access.wrong : []}
          disabled={attempt.working}
        />
      )}
      <ExposureNote
        gateway={gateway}
        gatewayNode={gatewayId === null || gatewayId === byAddress ? undefined : nameOf(gatewayId)}
        turnsOn={turnsOn}
        address={address}
        target={'params' in read ? targetText(read.params.target) : form.service}
        node={nameOf(form.nodeId)}
        kind={form.kind}
      />
    </FormDialog>
  );
}

/** What the button says: whether something is turned on, or asked, first. */
function verbOf(turnsOn: boolean, exposure: string) {
  if (turnsOn) return 'turnOnAndExpose' as const;
  return exposure === 'thisMachine' ? ('exposeVerb' as const) : ('exposeVerbAsks' as const);
}

interface NodeFieldProps {
  readonly form: ExposeForm;
  readonly onChange: (form: ExposeForm) => void;
  readonly ownId: string;
}

/** Whose service it is; not asked where there is one node. */
function NodeField({ form, onChange, ownId }: NodeFieldProps) {
  const { t } = useTranslation('tunnels');
  const nodes = useCluster((state) => state.nodes);
  const nameOf = useNodeNames();
  if (nodes.length < 2) return null;
  return (
    <Select
      className="tu-wide"
      label={t('field_node')}
      data={nodes.map(({ nodeId, status }) => ({ value: nodeId, label: nameOf(nodeId), disabled: status !== 'online' }))}
      value={form.nodeId}
      onChange={(nodeId) => onChange({ ...form, nodeId: nodeId ?? ownId, service: '' })}
      allowDeselect={false}
      searchable={nodes.length > 10}
    />
  );
}

/** Gateways that run, the own node's whatever it does, one by its address. Those that run stand first. */
function useGatewayChoices({ gateways, ownId }: TunnelsData): readonly { readonly value: string; readonly label: string }[] {
  const { t } = useTranslation('tunnels');
  const nameOf = useNodeNames();
  return useMemo(() => {
    const running = [...(gateways ?? [])].filter(([, { state }]) => state === 'running');
    const own = ownId === undefined ? undefined : gateways?.get(ownId);
    return [
      ...running.map(([nodeId, { domain }]) => ({ value: nodeId, label: t('choice_running', { node: nameOf(nodeId), domain }) })),
      ...(ownId !== undefined && own !== undefined && own.state !== 'running'
        ? [{ value: ownId, label: t('choice_turnOn', { node: nameOf(ownId) }) }]
        : []),
      { value: byAddress, label: t('choice_byAddress') },
    ];
  }, [gateways, ownId, nameOf, t]);
}
