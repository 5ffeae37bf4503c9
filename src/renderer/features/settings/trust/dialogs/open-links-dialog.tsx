import { ConfirmDialog } from '../../../../design/feedback/dialog.tsx';
import { showToast } from '../../../../design/feedback/toast.ts';
import { i18next, useTranslation } from '../../../../i18n/index.ts';
import { asSignalboxError } from '../../../../state/as-signalbox-error.ts';
import { nodeClient, useNode } from '../../../../state/node.ts';
import { loadSettings } from '../../node/setting-acts.ts';
import { useSettings } from '../../node/settings-store.ts';

/** Every address of the machine. */
const everywhere = '0.0.0.0';

/** Danger level 2: a port is opened to other machines, after a restart. */
export function OpenLinksDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const port = useSettings(({ settings }) => settings?.find(({ key }) => key === 'links.port')?.saved);
  return (
    <ConfirmDialog
      confirmation={{
        title: t('openLinksTitle', { node }),
        message: t('openLinksMessage'),
        effects: [
          [
            t('effect_listens'),
            port === 0 ? t('openLinksAnyPort', { address: everywhere }) : t('openLinksWhere', { address: `${everywhere}:${port ?? ''}` }),
          ],
          [t('effect_protected'), t('openLinksProtected')],
          [t('effect_when'), t('openLinksWhen')],
          [t('effect_undo'), t('openLinksUndo')],
        ],
        verb: t('openLinksVerb'),
        harmless: true,
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        onClose();
        if (yes) void openLinks();
      }}
    />
  );
}

async function openLinks(): Promise<void> {
  const t = i18next.getFixedT(null, 'membership');
  try {
    await nodeClient().call('config.set', { values: { 'links.host': everywhere } });
    await loadSettings();
  } catch (error) {
    showToast({ title: t('notOpened'), message: asSignalboxError(error).message, tone: 'error' });
  }
}
