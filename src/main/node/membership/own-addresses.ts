import { networkInterfaces } from 'node:os';
import type { Address } from './contacts.ts';
import { membershipLimits } from './limits.ts';

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::', '']);

/**
 * Where others can find a node that listens on an address: that address, or each of the machine's when it listens on all.
 *
 * @param interfaces for tests
 */
export function reachableAddresses(host: string, port: number, interfaces = networkInterfaces()): readonly Address[] {
  if (!wildcards.has(host)) return [{ host, port }];
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const usable = all.filter(({ family, scopeid }) => family === 'IPv4' || (host === '::' && !scopeid));
  // Those that only this machine can reach come last.
  return usable
    .sort((a, b) => Number(a.internal) - Number(b.internal))
    .slice(0, membershipLimits.addresses)
    .map(({ address }) => ({ host: address, port }));
}
