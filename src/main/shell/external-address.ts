/** Which addresses may leave for the system's browser, and how a person is shown one before it does. */
import { SignalboxError } from '../../common/errors.ts';

/** Sites that the console links to: the product's own. They are opened without a question. */
const documentationHosts: readonly string[] = ['signalbox.invalid'];

/** Characters of an address at most, as it is opened; the question shows all of them. */
export const longestAddress = 1_024;
/** Characters on one line of the question: a window of the system does not break a long word by itself. */
const lineLength = 72;

/**
 * Reads an address that a page wants opened. What is opened later is the text of the parsed address and nothing else.
 *
 * @throws SignalboxError `FORBIDDEN` not http or https, a name or password in it, or longer than {@link longestAddress}
 */
export function readExternalAddress(link: string): URL {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new SignalboxError('FORBIDDEN', 'Signalbox opens http and https addresses only. Copy the address to use it elsewhere.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new SignalboxError('FORBIDDEN', 'Signalbox opens no address with a user name or password in it. Copy it to open it yourself.');
  }
  if (url.href.length > longestAddress) {
    throw new SignalboxError(
      'FORBIDDEN',
      `Signalbox opens addresses of at most ${longestAddress} characters: it shows them whole before. Copy it to open it yourself.`,
    );
  }
  return url;
}

/** Whether it is a page of the product's own documentation. */
export function isDocumentation({ protocol, port, hostname }: URL): boolean {
  return protocol === 'https:' && port === '' && documentationHosts.includes(hostname);
}

/** The address whole, on lines of a length that fits a message box. It is ASCII: the host in Punycode, the rest percent-encoded. */
export function addressLines({ href }: URL): string {
  return href.match(new RegExp(`.{1,${lineLength}}`, 'g'))?.join('\n') ?? href;
}
