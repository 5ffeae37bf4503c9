/** What a person writes and is shown when a service is exposed: the local service, the name, the address to be. */
import type { ResultOf } from '../../../../common/contract/index.ts';
import { agentIdPattern, type TunnelInfo, type TunnelKind } from '../../../../common/contract/tunnels.ts';

export type GatewayStatus = ResultOf<'gateway.status'>;
export type LocalService = ResultOf<'tunnels.services'>['services'][number];

/** `3000`, `:3000`, `printer:9100`, `[::1]:8080`; undefined: not understood. */
export function parseTarget(text: string): TunnelInfo['target'] | undefined {
  const found = /^(?:(\[[0-9a-f:.]+\]|[a-z0-9.-]{1,253})?:)?(\d{1,5})$/i.exec(text.trim());
  const port = Number(found?.[2]);
  if (found === null || port < 1 || port > 65_535) return undefined;
  return { host: (found[1] ?? 'localhost').replaceAll(/^\[|\]$/g, ''), port };
}

/** A target as it is written in a field. */
export function targetText({ host, port }: TunnelInfo['target']): string {
  return host === 'localhost' ? String(port) : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The beginning of a host name from what a machine or program is called. */
export function agentIdFrom(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return agentIdPattern.test(plain) ? plain : '';
}

/**
 * The address under which a tunnel will answer; undefined where the gateway alone chooses it.
 *
 * @param publicPort of a raw tunnel, as it is written in a field
 */
export function addressToBe(
  kind: TunnelKind,
  agentId: string,
  gateway: Pick<GatewayStatus, 'domain' | 'public'> | undefined,
  publicPort = '',
): string | undefined {
  if (gateway === undefined || agentId === '') return undefined;
  const { domain, public: listener } = gateway;
  if (domain === '') return undefined;
  if (kind === 'tcp') return /^\d{1,5}$/.test(publicPort.trim()) ? `tcp://${domain}:${publicPort.trim()}` : undefined;
  const secure = listener.tls || kind === 'tls';
  const usual = secure ? 443 : 80;
  const port = listener.port === null || listener.port === usual ? '' : `:${listener.port}`;
  return `${secure ? 'https' : 'http'}://${agentId}.${domain}${port}/`;
}

/** Services in the order of their ports, each once: a program often listens on IPv4 and IPv6. */
export function servicesToChoose(services: readonly LocalService[]): readonly LocalService[] {
  const byPort = new Map<number, LocalService>();
  for (const service of services) {
    const known = byPort.get(service.port);
    if (known === undefined || (known.process === null && service.process !== null)) byPort.set(service.port, service);
  }
  return [...byPort.values()].toSorted((a, b) => Number(a.own) - Number(b.own) || a.port - b.port);
}
