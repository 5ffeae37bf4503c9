import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { SignalboxError } from '../../../common/errors.ts';
import { isLoopback } from '../loopback.ts';

/** A `Host` header taken apart. */
interface HostName {
  /** Lower case, without brackets and port. */
  readonly name: string;
  /** As the browser writes it in `Origin`: name and port, lower case. */
  readonly authority: string;
}

/**
 * Refuses what a web page of a stranger could send: a request under a name that is not ours (DNS rebinding) or from a
 * page that is not ours (security.md row 15). Programs send no `Origin` and pass.
 */
export class HostGuard {
  readonly #names: ReadonlySet<string>;

  /**
   * @param listenHost the configured listen address
   * @param allowedHosts further names under which people reach the node, with or without a port
   */
  constructor(listenHost: string, allowedHosts: readonly string[]) {
    const own = isLoopback(listenHost) ? [] : [listenHost, hostname()];
    this.#names = new Set([...own, ...allowedHosts].map((name) => parseHost(name)?.name ?? name.toLowerCase()));
  }

  /**
   * @param localAddress address of the socket on this machine: a request may name it, because an address cannot be rebound
   * @returns the authority of the request
   * @throws SignalboxError `FORBIDDEN`
   */
  check(headers: { readonly host?: string | undefined; readonly origin?: string | undefined }, localAddress: string | undefined): string {
    const host = parseHost(headers.host);
    if (host === undefined || !this.#isOurs(host.name, localAddress)) {
      throw new SignalboxError(
        'FORBIDDEN',
        'This node is not reached under that host name. Use its address, or add the name to the setting http.allowedHosts.',
        { executed: 'no' },
      );
    }
    if (headers.origin !== undefined && !isOrigin(headers.origin, host.authority)) {
      throw new SignalboxError('FORBIDDEN', 'The request comes from a page of another site.', { executed: 'no' });
    }
    return host.authority;
  }

  #isOurs(name: string, localAddress: string | undefined): boolean {
    if (isLoopback(name) || this.#names.has(name)) return true;
    return isIP(name) !== 0 && (name === localAddress || `::ffff:${name}` === localAddress);
  }
}

function parseHost(header: string | undefined): HostName | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(:\d{1,5})?$/i.exec(header ?? '');
  if (match === null) return undefined;
  return { name: (match[1] ?? match[2] ?? '').toLowerCase(), authority: match[0].toLowerCase() };
}

function isOrigin(origin: string, authority: string): boolean {
  const lower = origin.toLowerCase();
  return lower === `http://${authority}` || lower === `https://${authority}`;
}
