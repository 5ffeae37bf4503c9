/** The host of `HOST:PORT`, without the brackets of IPv6. */
function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':')).replaceAll(/[[\]]/g, '');
}

/** True when no other machine reaches any of the addresses: each is of this machine alone. */
export function onlyThisMachine(addresses: readonly string[]): boolean {
  return addresses.length > 0 && addresses.map(hostOf).every((host) => host === 'localhost' || host === '::1' || host.startsWith('127.'));
}
