import { type BrowserWindow, dialog, shell } from 'electron';
import { addressLines } from './external-address.ts';
import { ExternalOpener } from './external-opener.ts';

const openButton = 0;
const cancelButton = 1;

/**
 * What the window's page opens in the system's browser, with a question of the system's own in front of the window.
 *
 * @param window the one that asks; without one nobody can answer, and nothing is opened
 */
export function createExternalOpener(window: () => BrowserWindow | undefined): ExternalOpener {
  return new ExternalOpener({
    ask: async (url) => {
      const parent = window();
      return parent !== undefined && (await confirmed(parent, url));
    },
    open: (href) => shell.openExternal(href),
  });
}

/** The page has no part in this question: it can neither draw nor answer it. Enter and Escape both cancel. */
async function confirmed(parent: BrowserWindow, url: URL): Promise<boolean> {
  const closing = new AbortController();
  const onClosed = () => closing.abort();
  parent.once('closed', onClosed);
  try {
    const { response } = await dialog.showMessageBox(parent, {
      type: 'question',
      title: 'Open an address',
      message: `Open ${url.protocol === 'https:' ? 'a' : 'an unencrypted'} page of ${url.host} in the browser?`,
      detail: `${addressLines(url)}\n\nIt opens in the browser of this computer, outside Signalbox.`,
      buttons: ['Open in browser', 'Cancel'],
      defaultId: cancelButton,
      cancelId: cancelButton,
      noLink: true,
      signal: closing.signal,
    });
    return response === openButton;
  } finally {
    parent.off('closed', onClosed);
  }
}
