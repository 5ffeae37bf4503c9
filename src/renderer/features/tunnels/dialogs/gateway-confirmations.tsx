/** What is hard to undo about a gateway (danger levels 2 and 3, ui.md section 4). */
import { useState } from 'react';
import type { GatewaySession, GatewayToken } from '../../../../common/contract/gateway.ts';
import { Select } from '../../../design/controls/index.ts';
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { nodeClient } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { act } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { shortAddress } from '../model/tunnel-table.ts';
import { atNode } from '../use-tunnels-data.ts';
import type { GatewayDialogProps } from './gateway-dialog.tsx';
import { SecretShown } from './secret-shown.tsx';

type Place = Pick<GatewayDialogProps, 'nodeId' | 'ownId'>;
const elsewhere = ({ nodeId, ownId }: Place) => ({ nodeId: nodeId === ownId ? undefined : nodeId });

function useSessions(place: Place): readonly GatewaySession[] | undefined {
  return dataOf(useCall('gateway.sessions', {}, elsewhere(place)).state)?.sessions;
}

function useToken(place: Place, tokenId: string): GatewayToken | undefined {
  return dataOf(useCall('gateway.tokens', {}, elsewhere(place)).state)?.tokens.find((known) => known.tokenId === tokenId);
}

/** Level 2: every tunnel through this gateway stops. */
export function TurnOffDialog(props: GatewayDialogProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const { nodeId, ownId, onClose, refresh } = props;
  const node = useNodeNames()(nodeId);
  const sessions = useSessions(props);
  const turnOff = async () => {
    const words = { done: () => t('gatewayTurnedOff', { node }), failed: t('gatewayNotTurnedOff', { node }) };
    await act('config.set', { values: { 'gateway.enabled': false } }, words, atNode(nodeId, ownId));
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('turnOffTitle', { node }),
        message: t('turnOffMessage', { node }),
        effects: [
          [
            t('effect_agents'),
            sessions === undefined ? '–' : t('agentsCut', { count: sessions.length, amount: formatCount(sessions.length) }),
          ],
          [t('effect_kept'), t('turnOffKept')],
        ],
        verb: t('turnOffVerb'),
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void turnOff();
      }}
    />
  );
}

/** Level 2. */
export function CloseSessionDialog(props: GatewayDialogProps & { readonly sessionId: string }) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const { nodeId, ownId, sessionId, onClose, refresh } = props;
  const session = useSessions(props)?.find((known) => known.sessionId === sessionId);
  const name = session?.agentId ?? sessionId;
  const close = async () => {
    const words = { done: () => t('sessionClosed', { name }), failed: t('sessionNotClosed', { name }) };
    await act('gateway.closeSession', { sessionId }, words, atNode(nodeId, ownId));
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('closeSessionTitle', { name }),
        message: t('closeSessionMessage', { name }),
        effects: [
          [t('effect_inFlight'), t('endsInFlight', { count: session?.inFlight ?? 0, amount: formatCount(session?.inFlight ?? 0) })],
          [t('effect_afterwards'), t('closeSessionAfter')],
        ],
        verb: t('closeSessionVerb'),
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void close();
      }}
    />
  );
}

/** Level 2. */
export function DeleteRouteDialog(props: GatewayDialogProps & { readonly routeId: string }) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const { nodeId, ownId, routeId, onClose, refresh } = props;
  const route = dataOf(useCall('gateway.routes', {}, elsewhere(props)).state)?.routes.find((known) => known.routeId === routeId);
  const address = route === undefined ? routeId : shortAddress(route.url);
  const remove = async () => {
    const words = { done: () => t('routeDeleted', { address }), failed: t('routeNotDeleted', { address }) };
    await act('gateway.deleteRoute', { routeId }, words, atNode(nodeId, ownId));
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('deleteRouteTitle', { address }),
        message: t('deleteRouteMessage', { address, name: route?.agentId ?? '' }),
        verb: t('deleteRouteVerb'),
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void remove();
      }}
    />
  );
}

type TokenDialogProps = GatewayDialogProps & { readonly tokenId: string };

/** Level 3: the name of the token is typed. */
export function RevokeTokenDialog(props: TokenDialogProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const { nodeId, ownId, tokenId, onClose, refresh } = props;
  const token = useToken(props, tokenId);
  const name = token?.name ?? tokenId;
  const revoke = async () => {
    const words = {
      done: ({ closedSessions }: { closedSessions: number }) =>
        t('tokenRevoked', { name, count: closedSessions, amount: formatCount(closedSessions) }),
      failed: t('tokenNotRevoked', { name }),
    };
    await act('gateway.revokeToken', { tokenId }, words, atNode(nodeId, ownId));
    refresh();
  };
  return (
    <ConfirmDialog
      confirmation={{
        title: t('revokeTitle', { name }),
        message: t('revokeMessage', { name, token: tokenId }),
        effects: [
          [t('effect_agents'), token === undefined ? '–' : t('agentsCut', { count: token.sessions, amount: formatCount(token.sessions) })],
          [t('effect_afterwards'), t('revokeAfter')],
          [t('effect_undo'), t('revokeUndo')],
        ],
        verb: t('revokeVerb'),
        cancel: common('cancel'),
        typeToConfirm: { label: t('typeToConfirm', { name }), value: name },
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void revoke();
      }}
    />
  );
}

const graces = [0, 600_000, 3_600_000, 86_400_000];

/** Level 2: a new secret; the old one opens for as long as the person says. */
export function RotateTokenDialog(props: TokenDialogProps) {
  const { t } = useTranslation('tunnels');
  const { nodeId, ownId, tokenId, onClose, refresh } = props;
  const token = useToken(props, tokenId);
  const [graceMs, setGraceMs] = useState(3_600_000);
  const [secret, setSecret] = useState<string>();
  const attempt = useAttempt();
  const name = token?.name ?? tokenId;
  if (secret !== undefined) return <SecretShown {...props} name={name} secret={secret} agentIds={token?.agentIds ?? ['*']} />;
  const submit = () =>
    void attempt.run(async () => {
      const made = await nodeClient().call('gateway.rotateToken', { tokenId, graceMs }, atNode(nodeId, ownId));
      setSecret(made.secret);
      refresh();
    });
  return (
    <FormDialog
      title={t('rotateTitle', { name })}
      verb={t('rotateVerb')}
      careful
      working={attempt.working}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="sb-2 tu-text">{t('rotateMessage', { count: token?.sessions ?? 0, amount: formatCount(token?.sessions ?? 0) })}</p>
      <Select
        label={t('field_grace')}
        data={graces.map((ms) => ({ value: String(ms), label: t(`grace_${ms as 0}`) }))}
        value={String(graceMs)}
        onChange={(value) => setGraceMs(Number(value ?? 0))}
        allowDeselect={false}
        w={200}
      />
    </FormDialog>
  );
}
