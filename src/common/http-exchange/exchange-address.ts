import type { TunnelRequestDetail } from '../contract/tunnels.ts';

/**
 * The address that the client asked for.
 *
 * @param scheme of the tunnel's public address; what passes in the tunnel does not say it
 */
export function addressOf({ host, path }: Pick<TunnelRequestDetail, 'host' | 'path'>, scheme: 'http' | 'https'): string {
  return `${scheme}://${host === '' ? 'localhost' : host}${path.startsWith('/') ? path : `/${path}`}`;
}

/** Scheme of a tunnel's first public address; `http` when it has none. */
export function schemeOf(publicUrls: readonly string[]): 'http' | 'https' {
  return publicUrls[0]?.startsWith('https:') === true ? 'https' : 'http';
}
