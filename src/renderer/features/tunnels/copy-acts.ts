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

/** Whether an address can be opened from here: the window of the application opens pages of its own documentation only. */
export const canOpen = desktop === undefined;

/** Opens a public address in a tab of its own, which knows nothing of the console. */
export function openAddress(url: string): void {
  window.open(url, '_blank', 'noopener,noreferrer');
}
