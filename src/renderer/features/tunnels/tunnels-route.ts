/** What the address says of the Tunnels screen: `#/tunnels/TU-AB12CD34?filter=status>=400&request=R-7`, `#/tunnels?gateway=NODE&part=tokens`. */
import { useMemo } from 'react';
import { goTo, type Route, routeNow, useRoute } from '../../app/routes.ts';

export const gatewayParts = ['routes', 'sessions', 'tokens'] as const;
export type GatewayPart = (typeof gatewayParts)[number];

export const requestTabs = ['request', 'response', 'timing', 'raw'] as const;
export type RequestTab = (typeof requestTabs)[number];

export interface TunnelsRoute {
  /** Id of the tunnel that is looked at. */
  readonly tunnel: string | undefined;
  /** What the live list is narrowed to. */
  readonly filter: string;
  /** The request that is looked at. */
  readonly request: string | undefined;
  readonly requestTab: RequestTab;
  /** The screen shows gateways; the id of the node of the one that is looked at, or empty. Undefined: it shows tunnels. */
  readonly gateway: string | undefined;
  readonly part: GatewayPart;
}

/** The address as this screen reads it. */
export function tunnelsRouteOf({ object, query }: Pick<Route, 'object' | 'query'>): TunnelsRoute {
  return {
    tunnel: object,
    filter: query.get('filter') ?? '',
    request: query.get('request') ?? undefined,
    requestTab: requestTabs.find((tab) => tab === query.get('show')) ?? 'response',
    gateway: query.get('gateway') ?? undefined,
    part: gatewayParts.find((part) => part === query.get('part')) ?? 'routes',
  };
}

export function useTunnelsRoute(): TunnelsRoute {
  const route = useRoute();
  return useMemo(() => tunnelsRouteOf(route), [route]);
}

/** Looks at a tunnel; at none in particular when absent. */
export function showTunnel(tunnelId?: string): void {
  goTo('tunnels', {}, { object: tunnelId, replace: true });
}

/** Looks at the first tunnel where nobody has chosen. A person who has gone on meanwhile is not brought back. */
export function showFirstTunnel(tunnelId: string): void {
  const route = routeNow();
  if (route.view === 'tunnels' && route.object === undefined && !route.query.has('gateway')) showTunnel(tunnelId);
}

/** Looks at the gateways, and at that of a node. */
export function showGateway(nodeId = '', part: GatewayPart = 'routes'): void {
  goTo('tunnels', { gateway: nodeId, ...(part !== 'routes' && { part }) }, { replace: true });
}

/** Changes which requests are listed or looked at, and keeps the rest of the address. */
export function showRequests(change: {
  readonly filter?: string;
  readonly request?: string | undefined;
  readonly requestTab?: RequestTab;
}): void {
  const now = { ...tunnelsRouteOf(routeNow()), ...change };
  const query: Record<string, string> = {};
  if (now.filter !== '') query.filter = now.filter;
  if (now.request !== undefined) query.request = now.request;
  if (now.requestTab !== 'response') query.show = now.requestTab;
  goTo('tunnels', query, { object: now.tunnel, replace: true });
}
