import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';
import { discoveryLimits } from './limits.ts';

/** An IPv4 address of this machine on a network that others share. */
export interface LocalAddress {
  readonly address: string;
  readonly prefixBits: number;
}

/**
 * Addresses of this machine on which other machines can be found.
 *
 * @param interfaces for tests
 */
export function localAddresses(interfaces = networkInterfaces()): readonly LocalAddress[] {
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .slice(0, discoveryLimits.interfaces)
    .map(({ address, cidr }) => ({ address, prefixBits: Number(cidr?.split('/')[1] ?? 32) }));
}

/** True for hosts on one of the networks: multicast DNS is of one link, and what comes from elsewhere is forged (RFC 6762 section 11). */
export function onLink(addresses: readonly LocalAddress[]): (host: string) => boolean {
  const networks = new BlockList();
  for (const { address, prefixBits } of addresses) networks.addSubnet(address, prefixBits, 'ipv4');
  return (host) => networks.check(host, 'ipv4');
}
