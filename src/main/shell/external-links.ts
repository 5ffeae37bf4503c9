import { shell } from 'electron';
import { SignalboxError } from '../../common/errors.ts';

/** Sites that the console links to: the product's own. Any other address is shown as text that can be copied. */
const allowedHosts: readonly string[] = ['signalbox.invalid'];

/**
 * Opens a page in the system's browser.
 *
 * @throws SignalboxError `FORBIDDEN` for anything but https to a known site
 */
export async function openExternalLink(link: string): Promise<void> {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.port !== '' || !allowedHosts.includes(url.hostname)) {
    throw new SignalboxError(
      'FORBIDDEN',
      'Signalbox opens https pages of its own documentation only. Copy the address to open it yourself.',
    );
  }
  await shell.openExternal(url.href);
}
