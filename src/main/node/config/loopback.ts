const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '::1', '[::1]']);

/** True when only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  return loopbackHosts.has(host) || /^127(\.\d{1,3}){3}$/.test(host);
}
