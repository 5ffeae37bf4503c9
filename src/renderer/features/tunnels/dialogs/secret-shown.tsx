import type { ReactNode } from 'react';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button } from '../../../design/controls/index.ts';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { IconCopy, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { copyAndSay } from '../copy-acts.ts';

interface SecretShownProps {
  readonly nodeId: string;
  readonly ownId: string | undefined;
  readonly name: string;
  readonly tokenId: string;
  readonly secret: string;
  readonly agentIds: readonly string[];
  readonly onClose: () => void;
}

/** The secret of a token, which is shown this once, with the line that an agent is started with. */
export function SecretShown({ nodeId, ownId, name, tokenId, secret, agentIds, onClose }: SecretShownProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const { state } = useCall('gateway.status', {}, { nodeId: nodeId === ownId ? undefined : nodeId });
  const url = dataOf(state)?.agentsUrl ?? 'wss://GATEWAY:8080/tunnel';
  const line = `signalbox tunnel connect --gateway ${url} --token ${tokenId} --secret ${secret} --id ${idOf(agentIds)} --to localhost:3000`;
  return (
    <Dialog title={t('secretTitle', { name })} opened onClose={onClose} closeLabel={common('close')} widthPx={560} closable={false}>
      <div className="sb-form">
        <div className="tu-note-box" role="note">
          <StateShape kind="warn" />
          <div>
            <b>{t('secretOnce')}</b>
            <p>{t('secretOnceHelp')}</p>
          </div>
        </div>
        <Shown label={t('field_token')} text={tokenId} copy={<Copy text={tokenId} label={t('field_token')} />} />
        <Shown label={t('field_secret')} text={secret} copy={<Copy text={secret} label={t('field_secret')} />} />
        <Shown label={t('connectLine')} text={line} copy={<Copy text={line} label={t('connectLine')} />} />
        <div className="sb-flex">
          <span className="sb-grow" />
          <Button onClick={onClose} data-autofocus>
            {t('secretSaved')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** A name that may sign in with the token. */
function idOf(agentIds: readonly string[]): string {
  return (agentIds[0] ?? '*').replace('*', 'NAME');
}

function Copy({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useTranslation('tunnels');
  return (
    <IconButton label={t('copyOne', { address: label })} onClick={() => void copyAndSay(text, label)}>
      <IconCopy size={16} stroke={1.5} />
    </IconButton>
  );
}

function Shown({ label, text, copy }: { readonly label: string; readonly text: string; readonly copy: ReactNode }) {
  return (
    <div>
      <div className="tu-label">{label}</div>
      <div className="tu-shown">
        <code className="sb-mono sb-select">{text}</code>
        {copy}
      </div>
    </div>
  );
}
