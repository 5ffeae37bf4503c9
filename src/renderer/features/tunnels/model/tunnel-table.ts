/** The table of tunnels: its columns, what they are ordered by, which tunnel is meant. */
import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import type { TableColumn, TableModel } from '../../shared/table/table-model.ts';
import { healthRank, tunnelHealth } from '../../shared/tunnels/tunnel-health.ts';

export type TunnelColumnId = 'address' | 'target' | 'state' | 'rate' | 'p95' | 'errors' | 'exposure';
/** What people call a node. */
type NameOf = (nodeId: string) => string;
export type TunnelColumn = TableColumn<TunnelInfo, TunnelColumnId, NameOf>;

const number = { right: true, largestFirst: true } as const;

/** Address, state and the number that is wrong stay longest. */
export const tunnelTable: TableModel<TunnelInfo, TunnelColumnId, NameOf> = {
  keyOf: ({ tunnelId }) => tunnelId,
  nameOf: (tunnel) => shortAddress(firstAddress(tunnel)),
  columns: [
    { id: 'address', minPx: 168, share: 1.3, leaves: 0, by: (tunnel) => shortAddress(firstAddress(tunnel)) },
    {
      id: 'target',
      minPx: 132,
      share: 0.9,
      leaves: 3,
      by: ({ nodeId, target }, nameOf) => `${nameOf(nodeId)} ${target.host} ${target.port}`,
    },
    { id: 'state', minPx: 128, leaves: 0, by: (tunnel) => healthRank[tunnelHealth(tunnel)] },
    { id: 'rate', minPx: 60, leaves: 4, by: ({ requestsPerSecond }) => requestsPerSecond, ...number },
    { id: 'p95', minPx: 64, leaves: 5, by: ({ p95Ms }) => p95Ms, ...number },
    { id: 'errors', minPx: 60, leaves: 1, by: ({ errorRatio }) => errorRatio, ...number },
    { id: 'exposure', minPx: 176, share: 1.2, leaves: 2, by: ({ exposure }) => exposure },
  ],
};

/** The address that people are given first; the name while there is none. */
export function firstAddress({ publicUrls, agentId }: Pick<TunnelInfo, 'publicUrls' | 'agentId'>): string {
  return publicUrls[0] ?? agentId;
}

/** `orders.north.example`, `gw:8443`: an address as a row shows it, without what every one has. */
export function shortAddress(url: string): string {
  return url.replace(/^[a-z]+:\/\//, '').replace(/\/$/, '');
}

/** `localhost:3000` is `:3000`; another host is named. */
export function shortTarget({ host, port }: TunnelInfo['target']): string {
  return ['localhost', '127.0.0.1', '::1'].includes(host) ? `:${port}` : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The tunnel that an address means: by id, or by a name that only one has. */
export function findTunnel(tunnels: readonly TunnelInfo[], asked: string | undefined): TunnelInfo | undefined {
  if (asked === undefined) return undefined;
  const byId = tunnels.find(({ tunnelId }) => tunnelId === asked);
  if (byId !== undefined) return byId;
  const named = tunnels.filter(({ agentId }) => agentId === asked);
  return named.length === 1 ? named[0] : undefined;
}
