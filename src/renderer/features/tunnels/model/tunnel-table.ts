/** The table of tunnels: its columns, its order, which one is meant. */
import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import { columnsThatFit } from '../../shared/fitting-columns.ts';
import { tunnelHealth, worseFirst } from '../../shared/tunnels/tunnel-health.ts';

export const columnIds = ['address', 'target', 'state', 'rate', 'p95', 'errors', 'exposure'] as const;
export type ColumnId = (typeof columnIds)[number];

export interface Column {
  readonly id: ColumnId;
  readonly width: string;
  /** What the track needs at least, in px. */
  readonly minPx: number;
  readonly right: boolean;
  /** The highest leaves first: address, state and the number that is wrong stay (look.md section 4). */
  readonly leaves: number;
}

const number = (id: ColumnId, minPx: number, leaves: number): Column => ({ id, width: `${minPx}px`, minPx, right: true, leaves });

const columns: readonly Column[] = [
  { id: 'address', width: 'minmax(168px, 1.3fr)', minPx: 168, right: false, leaves: 0 },
  { id: 'target', width: 'minmax(132px, 0.9fr)', minPx: 132, right: false, leaves: 3 },
  { id: 'state', width: '128px', minPx: 128, right: false, leaves: 0 },
  number('rate', 60, 4),
  number('p95', 64, 5),
  number('errors', 60, 1),
  { id: 'exposure', width: 'minmax(176px, 1.2fr)', minPx: 176, right: false, leaves: 2 },
];

/** The columns that fit into a width in px, in their order. */
export function fittingColumns(widthPx: number): readonly Column[] {
  return columnsThatFit(columns, widthPx);
}

export interface Sort {
  readonly column: ColumnId;
  readonly descending: boolean;
}

/** The next order after a click on a head: the other way round, or that column, numbers with the largest first. */
export function toggledSort(sort: Sort, column: ColumnId): Sort {
  if (sort.column === column) return { column, descending: !sort.descending };
  return { column, descending: column === 'rate' || column === 'p95' || column === 'errors' };
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

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

/** The tunnels in order; equals stand by address, then by id. */
export function sortTunnels(
  tunnels: readonly TunnelInfo[],
  { column, descending }: Sort,
  nameOf: (nodeId: string) => string,
): readonly TunnelInfo[] {
  const sign = descending ? -1 : 1;
  const text: Partial<Record<ColumnId, (tunnel: TunnelInfo) => string>> = {
    address: (tunnel) => shortAddress(firstAddress(tunnel)),
    target: ({ nodeId, target }) => `${nameOf(nodeId)} ${target.host} ${target.port}`,
    exposure: ({ exposure }) => exposure ?? '',
  };
  const value: Partial<Record<ColumnId, (tunnel: TunnelInfo) => number>> = {
    rate: ({ requestsPerSecond }) => requestsPerSecond,
    p95: ({ p95Ms }) => p95Ms ?? -1,
    errors: ({ errorRatio }) => errorRatio ?? -1,
  };
  const compare = (a: TunnelInfo, b: TunnelInfo): number => {
    const [asText, asValue] = [text[column], value[column]];
    if (asText !== undefined) return collator.compare(asText(a), asText(b));
    if (asValue !== undefined) return asValue(a) - asValue(b);
    return worseFirst(tunnelHealth(a), tunnelHealth(b));
  };
  return tunnels.toSorted(
    (a, b) =>
      sign * compare(a, b) ||
      collator.compare(shortAddress(firstAddress(a)), shortAddress(firstAddress(b))) ||
      (a.tunnelId < b.tunnelId ? -1 : 1),
  );
}

/** The tunnel that an address means: by id, or by a name that only one has. */
export function findTunnel(tunnels: readonly TunnelInfo[], asked: string | undefined): TunnelInfo | undefined {
  if (asked === undefined) return undefined;
  const byId = tunnels.find(({ tunnelId }) => tunnelId === asked);
  if (byId !== undefined) return byId;
  const named = tunnels.filter(({ agentId }) => agentId === asked);
  return named.length === 1 ? named[0] : undefined;
}
