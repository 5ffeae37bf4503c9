import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { TunnelKind } from '../../../../common/contract/tunnels.ts';
import { isLoopback } from '../../loopback.ts';

export type Exposure = 'thisMachine' | 'network' | 'public';

export interface PublicListener {
  /** That it has got. */
  readonly port: number;
  readonly tls: boolean;
  readonly domain: string;
}

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::', '']);

/** Networks that the internet does not reach (RFC 1918, 4193, 3927, 6598). */
const insideNetworks = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
] as const)
  insideNetworks.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const)
  insideNetworks.addSubnet(network, prefix, 'ipv6');

/**
 * How far the public listener reaches, as far as the machine can tell: a router that passes the port on is not seen from here.
 *
 * @param ownAddresses addresses of this machine, asked for when it listens on all of them
 */
export function exposureOf(host: string, ownAddresses: () => readonly string[] = addressesOfThisMachine): Exposure {
  if (isLoopback(host)) return 'thisMachine';
  const addresses = wildcards.has(host) ? ownAddresses() : [host];
  return addresses.some(isOutside) ? 'public' : 'network';
}

/** Where a tunnel answers. @param tcpPort of kind tcp: its public port */
export function publicUrl(kind: TunnelKind, name: string, { port, tls, domain }: PublicListener, tcpPort: number | undefined): string {
  if (kind === 'tcp') return `tcp://${domain}:${tcpPort ?? 0}`;
  const host = name.includes('.') ? name : `${name}.${domain}`;
  const secure = tls || kind === 'tls';
  const usual = secure ? 443 : 80;
  return `${secure ? 'https' : 'http'}://${host}${port === usual ? '' : `:${port}`}/`;
}

function isOutside(address: string): boolean {
  const version = isIP(address);
  // A host name is looked up elsewhere, and may lead anywhere.
  if (version === 0) return true;
  return !insideNetworks.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

function addressesOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
