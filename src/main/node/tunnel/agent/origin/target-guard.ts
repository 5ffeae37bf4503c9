/** Which addresses a tunnel may lead to (security.md row 56): exactly the configured host and port, judged by the address it resolves to. */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { SignalboxError } from '../../../../../common/errors.ts';

/** How far an address reaches. `linkLocal` holds the metadata services of clouds too; `none` is no address of one machine. */
export type AddressScope = 'loopback' | 'private' | 'linkLocal' | 'public' | 'none';

/** A local service, as it was configured. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

type Network = readonly [address: string, prefix: number, family: 'ipv4' | 'ipv6'];

function networks(...list: readonly Network[]): BlockList {
  const result = new BlockList();
  for (const [address, prefix, family] of list) result.addSubnet(address, prefix, family);
  return result;
}

// fd00:ec2::/32 and 100.100.100.200 are where two clouds have their metadata, inside of ranges that are private otherwise.
const linkLocal = networks(
  ['169.254.0.0', 16, 'ipv4'],
  ['100.100.100.200', 32, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'],
);
const loopback = networks(['127.0.0.0', 8, 'ipv4'], ['::1', 128, 'ipv6']);
const privateUse = networks(
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
);
// Unspecified, multicast, reserved, broadcast, and forms that hide an IPv4 address in an IPv6 one.
const none = networks(
  ['0.0.0.0', 8, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['::', 96, 'ipv6'],
);

/** @param address an IP address in any spelling that Node takes as one */
export function scopeOf(address: string): AddressScope {
  const plain = plainAddress(address);
  const family = isIPv4(plain) ? 'ipv4' : 'ipv6';
  if (loopback.check(plain, family)) return 'loopback';
  if (linkLocal.check(plain, family)) return 'linkLocal';
  if (none.check(plain, family)) return 'none';
  return privateUse.check(plain, family) ? 'private' : 'public';
}

/** An IPv4 address that is written as an IPv6 one becomes what it is; IPv6 is written in one way. */
export function plainAddress(address: string): string {
  if (!isIPv6(address)) return address;
  const [withoutZone = ''] = address.split('%');
  const shortest = new URL(`http://[${withoutZone}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(shortest);
  if (mapped === null) return shortest;
  const high = Number.parseInt(mapped[1] ?? '', 16);
  const low = Number.parseInt(mapped[2] ?? '', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

const hostName = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const numeric = /^(?:0x[0-9a-f]+|\d+)$/;

/**
 * A target in the one form that is compared and connected to: lower case, no dot at the end, no brackets, IPv4 as four numbers.
 *
 * @throws SignalboxError `INVALID_PARAMS` when it is neither a host name nor an address that means one thing to everybody
 */
export function plainTarget({ host, port }: Target): Target {
  const lower = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (isIP(lower) !== 0) {
    const address = plainAddress(lower);
    if (scopeOf(address) === 'none') throw refused(host, 'no single machine has that address');
    return { host: address, port };
  }
  const name = lower.endsWith('.') ? lower.slice(0, -1) : lower;
  if (!hostName.test(name)) throw refused(host, 'it is neither a host name nor an address');
  // 2130706433, 0x7f.1 and 127.1 are 127.0.0.1 to some programs and something else to others.
  if (numeric.test(name.split('.').at(-1) ?? '')) throw refused(host, 'write an address as four numbers, for example 127.0.0.1');
  return { host: name, port };
}

/** True for names that mean this machine wherever they are asked for (RFC 6761 section 6.3). */
function isLocalName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/**
 * Judges the addresses of one target for as long as the tunnel lives. What a name may mean is settled by its first answer: a name of a
 * machine nearby that later answers with this machine's own address, or the reverse, leads nowhere.
 */
export class TargetGuard {
  readonly target: Target;
  #scope: AddressScope | undefined;

  /** @throws SignalboxError `INVALID_PARAMS` */
  constructor(target: Target) {
    this.target = plainTarget(target);
  }

  /**
   * Those of the addresses that may be connected to.
   *
   * @param addresses what the host resolved to, for this one connection
   * @throws SignalboxError `FORBIDDEN` none of them may
   */
  permit(addresses: readonly string[]): readonly string[] {
    const { host } = this.target;
    const plain = addresses.filter((address) => isIP(address) !== 0).map(plainAddress);
    const permitted = isIP(host) === 0 ? this.#permitByName(plain) : plain.filter((address) => address === host);
    if (permitted.length === 0)
      throw new SignalboxError(
        'FORBIDDEN',
        `${host} leads to ${plain.slice(0, 3).join(', ') || 'no address'}, where this tunnel may not lead. Names may lead to this machine or to a private network; anything else must be given as an address.`,
      );
    return permitted;
  }

  #permitByName(addresses: readonly string[]): readonly string[] {
    const wanted = isLocalName(this.target.host) ? 'loopback' : this.#scope;
    const permitted = addresses.filter((address) => {
      const scope = scopeOf(address);
      return wanted === undefined ? scope === 'loopback' || scope === 'private' : scope === wanted;
    });
    const [first] = permitted;
    if (first === undefined) return permitted;
    this.#scope ??= scopeOf(first);
    // An answer with both kinds: only those like the first, now and later.
    return permitted.filter((address) => scopeOf(address) === this.#scope);
  }
}

function refused(host: string, reason: string): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', `${host} cannot be the target of a tunnel: ${reason}.`);
}
