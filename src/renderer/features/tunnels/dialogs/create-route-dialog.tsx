import { useState } from 'react';
import type { ParamsOf } from '../../../../common/contract/index.ts';
import { agentIdPattern } from '../../../../common/contract/tunnels.ts';
import { Autocomplete, Checkbox, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { nodeClient } from '../../../state/node.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { emptyAccess, readAccess } from '../model/access-form.ts';
import { atNode } from '../use-tunnels-data.ts';
import { AccessFields } from './access-fields.tsx';
import type { GatewayDialogProps } from './gateway-dialog.tsx';

/** A host name, or the paths below a prefix of it, leads to an agent. */
export function CreateRouteDialog({ nodeId, ownId, onClose, refresh }: GatewayDialogProps) {
  const { t } = useTranslation('tunnels');
  const attempt = useAttempt();
  const [host, setHost] = useState('');
  const [pathPrefix, setPathPrefix] = useState('/');
  const [stripPrefix, setStripPrefix] = useState(false);
  const [agentId, setAgentId] = useState('');
  const [access, setAccess] = useState(emptyAccess);
  const [checked, setChecked] = useState(false);
  const { state } = useCall('gateway.sessions', {}, { nodeId: nodeId === ownId ? undefined : nodeId });
  const agents = [...new Set((dataOf(state)?.sessions ?? []).map((session) => session.agentId))];
  const read = readAccess(access);
  const hostWrong = !/^(\*\.)?[a-z0-9.-]{1,253}$/.test(host);
  const pathWrong = !/^\/[^?#\s]{0,255}$/.test(pathPrefix);
  const agentWrong = !agentIdPattern.test(agentId);
  const submit = () => {
    setChecked(true);
    if (hostWrong || pathWrong || agentWrong || 'wrong' in read) return;
    void attempt.run(async () => {
      const params: ParamsOf<'gateway.createRoute'> = { host, pathPrefix, stripPrefix, agentId, access: read.access };
      await nodeClient().call('gateway.createRoute', params, atNode(nodeId, ownId));
      showToast({ title: t('routeCreated', { host, name: agentId }) });
      onClose();
      refresh();
    });
  };
  const text = { autoComplete: 'off', spellCheck: false } as const;
  return (
    <FormDialog
      title={t('createRouteTitle')}
      verb={t('createRouteVerb')}
      widthPx={520}
      careful
      working={attempt.working}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="tu-fields">
        <TextInput
          label={t('field_routeHost')}
          placeholder="orders.example.com"
          value={host}
          onChange={(event) => setHost(event.currentTarget.value.toLowerCase())}
          error={checked && hostWrong ? t('wrong_routeHost') : undefined}
          {...text}
        />
        <TextInput
          label={t('field_prefix')}
          value={pathPrefix}
          onChange={(event) => setPathPrefix(event.currentTarget.value)}
          error={checked && pathWrong ? t('wrong_prefix') : undefined}
          {...text}
        />
        <Autocomplete
          label={t('field_agent')}
          data={agents}
          value={agentId}
          onChange={(value) => setAgentId(value.toLowerCase())}
          error={checked && agentWrong ? t('wrong_name', { name: agentId }) : undefined}
          {...text}
        />
        <Checkbox
          className="tu-check-beside"
          label={t('field_strip')}
          checked={stripPrefix}
          onChange={(event) => setStripPrefix(event.currentTarget.checked)}
        />
      </div>
      <AccessFields form={access} onChange={setAccess} wrong={checked && 'wrong' in read ? read.wrong : []} disabled={attempt.working} />
      <p className="sb-3 tu-text">{t('routeHelp')}</p>
    </FormDialog>
  );
}
