import { useState } from 'react';
import type { ParamsOf } from '../../../../common/contract/index.ts';
import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import { PasswordInput, Select, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { nodeClient } from '../../../state/node.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { accessFormOf, readAccess } from '../model/access-form.ts';
import { type GatewayStatus, parseTarget, targetText } from '../model/address.ts';
import { readPublicPort } from '../model/expose-form.ts';
import { atNode } from '../use-tunnels-data.ts';
import { AccessFields } from './access-fields.tsx';
import { PublicPortField } from './public-port-field.tsx';

export interface TunnelDialogProps {
  readonly tunnel: TunnelInfo;
  readonly ownId: string | undefined;
  readonly onClose: () => void;
  /** Read the figures again: something was changed. */
  readonly refresh: () => void;
}

interface EditDialogProps extends TunnelDialogProps {
  /** Undefined: a gateway that is no node of this cluster, or does not answer. */
  readonly gateway: GatewayStatus | undefined;
}

/** Where a tunnel goes, what the service is told as its host, who may come in, which port a raw one has. */
export function EditDialog({ tunnel, ownId, gateway, onClose, refresh }: EditDialogProps) {
  const { t } = useTranslation('tunnels');
  const attempt = useAttempt();
  const before = accessFormOf(tunnel.access);
  const [service, setService] = useState(targetText(tunnel.target));
  const [hostHeader, setHostHeader] = useState(tunnel.hostHeader);
  const [links, setLinks] = useState(String(tunnel.links));
  const [port, setPort] = useState(tunnel.publicPort === null ? '' : String(tunnel.publicPort));
  const [secret, setSecret] = useState('');
  const [access, setAccess] = useState(before);
  const [checked, setChecked] = useState(false);
  const target = parseTarget(service);
  const publicPort = readPublicPort(port);
  const accessChanged = JSON.stringify(access) !== JSON.stringify(before);
  const read = accessChanged ? readAccess(access) : undefined;
  const submit = () => {
    setChecked(true);
    if (target === undefined || publicPort === undefined || hostHeader.trim() === '' || (read !== undefined && 'wrong' in read)) return;
    const params: ParamsOf<'tunnels.update'> = {
      tunnelId: tunnel.tunnelId,
      ...(targetText(target) !== targetText(tunnel.target) && { target }),
      ...(hostHeader.trim() !== tunnel.hostHeader && { hostHeader: hostHeader.trim() }),
      ...(Number(links) !== tunnel.links && { links: Number(links) }),
      ...(publicPort !== tunnel.publicPort && { publicPort }),
      ...(secret !== '' && { secret }),
      ...(read !== undefined && { access: read.access }),
    };
    void attempt.run(async () => {
      await nodeClient().call('tunnels.update', params, { timeoutMs: writeTimeoutMs, ...atNode(tunnel.nodeId, ownId) });
      showToast({ title: t('changed', { name: tunnel.agentId }) });
      onClose();
      refresh();
    });
  };
  return (
    <FormDialog
      title={t('editTitle', { name: tunnel.agentId })}
      verb={t('editVerb')}
      widthPx={520}
      working={attempt.working}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="tu-fields">
        <TextInput
          label={t('field_service')}
          data-autofocus
          value={service}
          onChange={(event) => setService(event.currentTarget.value)}
          error={checked && target === undefined ? t('wrong_service') : undefined}
          autoComplete="off"
          spellCheck={false}
        />
        <Select
          label={t('field_links')}
          data={['1', '2', '3', '4']}
          value={links}
          onChange={(value) => setLinks(value ?? '1')}
          allowDeselect={false}
        />
        {tunnel.kind === 'tcp' && (
          <PublicPortField
            value={port}
            offered={gateway?.tcpPorts}
            error={checked && publicPort === undefined ? t('wrong_publicPort') : undefined}
            onChange={setPort}
          />
        )}
        {tunnel.kind === 'http' && (
          <TextInput
            className="tu-wide"
            label={t('field_host')}
            description={t('hostHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={hostHeader}
            onChange={(event) => setHostHeader(event.currentTarget.value)}
            error={checked && hostHeader.trim() === '' ? t('wrong_host') : undefined}
            maxLength={253}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        <PasswordInput
          className="tu-wide"
          label={t('field_newSecret')}
          placeholder={t('unchanged')}
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
          maxLength={256}
          autoComplete="new-password"
        />
      </div>
      {tunnel.kind === 'http' && (
        <AccessFields
          form={access}
          onChange={setAccess}
          wrong={checked && read !== undefined && 'wrong' in read ? read.wrong : []}
          disabled={attempt.working}
          keptPassword={tunnel.access.basicAuth !== null}
        />
      )}
    </FormDialog>
  );
}
