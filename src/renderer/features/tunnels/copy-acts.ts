/** What is put on the clipboard or opened elsewhere: each says how it went. */
import { copyText } from '../../design/copy-text.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { i18next } from '../../i18n/index.ts';
import { desktop } from '../../state/host.ts';

const t = i18next.getFixedT(null, 'tunnels');

/** @param what names it in the toast; @param note said below it */
export async function copyAndSay(text: string, what: string, note = ''): Promise<void> {
  const done = { title: t('wasCopied', { what }), ...(note !== '' && { message: note }) };
  showToast((await copyText(text)) ? done : { title: t('notCopied'), tone: 'error' });
}

/** Whether a browser can open the address: that of a raw connection it cannot. */
export function canOpen(url: string): boolean {
  return /^https?:/.test(url);
}

/** Opens a public address in a tab of its own, which knows nothing of the console; out of the window after the shell has asked. */
export async function openAddress(url: string): Promise<void> {
  if (desktop === undefined) {
    window.open(url, '_blank', 'noopener,noreferrer');
    return;
  }
  try {
    await desktop.openExternal(url);
  } catch (error) {
    showToast({ title: t('notOpened'), message: (error as Error).message, tone: 'error' });
  }
}
