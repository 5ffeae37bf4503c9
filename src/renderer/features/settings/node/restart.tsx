import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { showToast } from '../../../design/feedback/toast.ts';
import { StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { i18next, useTranslation } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { formatCount } from '../../../state/format.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { openDialog } from '../dialogs.ts';
import { titleOf } from '../model/setting-form.ts';
import { useSettings } from './settings-store.ts';

/** Which saved settings wait for a restart, with the restart at hand. */
export function RestartStrip({ mayRestart }: { readonly mayRestart: boolean }) {
  const { t } = useTranslation('settings');
  const settings = useSettings((state) => state.settings);
  const waiting = (settings ?? []).filter((setting) => setting.pendingRestart).map((setting) => titleOf(setting).title);
  if (waiting.length === 0) return null;
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="warn" />}
      fact={t('restartNeeded')}
      act={
        mayRestart && (
          <button type="button" className="sb-link" onClick={() => openDialog({ kind: 'restart' })}>
            {t('restart')}
          </button>
        )
      }
    >
      {t('restartNeededDetail', { count: waiting.length, titles: waiting.join(', ') })}
    </Strip>
  );
}

/** Danger level 2: names the node and says who notices. In a production environment the name is typed. */
export function RestartDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const status = useNode((state) => state.status);
  const name = status?.name ?? common('thisNode');
  const clients = status === undefined ? 0 : status.clients.ipc + status.clients.ws + status.clients.cli;
  return (
    <ConfirmDialog
      confirmation={{
        title: t('restartTitle', { name }),
        message: t('restartMessage'),
        effects: [
          [t('restartClients'), t('restartClientsValue', { amount: formatCount(clients) })],
          [t('restartCalls'), t('restartCallsValue', { amount: formatCount(status?.rpc.inFlight ?? 0) })],
          [t('restartData'), t('restartDataValue')],
        ],
        verb: t('restartVerb'),
        cancel: common('cancel'),
        ...(status?.environment === 'prod' && { typeToConfirm: { label: t('typeNodeName', { name }), value: name } }),
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void restartNode();
      }}
    />
  );
}

async function restartNode(): Promise<void> {
  const t = i18next.getFixedT(null, 'settings');
  try {
    await nodeClient().call('node.restart', { reason: 'asked for in the console' });
    showToast({ title: t('restarting') });
  } catch (error) {
    // The answer may be lost with the connection: then the frame says that the node is away.
    const shown = asSignalboxError(error);
    if (shown.code !== 'NODE_LOST') showToast({ title: t('restartFailed'), message: shown.message, tone: 'error' });
  }
}
