/** What people are shown of a gateway, in the form of the contract. */
import type { GatewayRoute, GatewaySession } from '../../../../common/contract/gateway.ts';
import type { AccessRules } from '../../../../common/contract/tunnels.ts';
import type { Gateway } from './gateway.ts';
import type { Session } from './session.ts';
import type { FrontFigures, RouteDefinition } from './types.ts';

const noRules: AccessRules = { basicAuth: null, allowedAddresses: [], requestsPerSecond: null };

export function describeSession({ facts, state, links, rttMs, inFlight, requests, bytes }: Session): GatewaySession {
  return {
    sessionId: facts.sessionId,
    agentId: facts.agentId,
    kind: facts.kind,
    tokenId: facts.tokenId,
    protocol: facts.protocol,
    agentVersion: facts.agentVersion,
    nodeId: facts.nodeId,
    remoteAddress: facts.remoteAddress,
    tls: facts.tls,
    state,
    since: facts.sinceMs,
    links,
    rttMs,
    inFlight,
    requests,
    bytesIn: bytes.toAgent,
    bytesOut: bytes.fromAgent,
  };
}

/** Addresses of a running gateway: of each agent that is there, and of each route that people have made. */
export function describeRoutes(gateway: Gateway, routes: readonly RouteDefinition[]): GatewayRoute[] {
  const ofAgents = gateway.agentIds.flatMap((agentId): GatewayRoute[] => {
    const agent = gateway.agent(agentId);
    if (agent === undefined) return [];
    const url = gateway.urlOf(agent.kind, agentId);
    return [
      {
        routeId: null,
        kind: agent.kind,
        host: agent.kind === 'tcp' ? null : new URL(url).hostname,
        pathPrefix: '/',
        port: agent.kind === 'tcp' ? (gateway.tcpPortOf(agentId) ?? null) : null,
        agentId,
        url,
        access: shown(agent.access),
        state: agent.state === 'grace' ? 'grace' : 'up',
        ...figuresOf(gateway.agentFigures(agentId)),
      },
    ];
  });
  return [
    ...ofAgents,
    ...routes.map((route) => {
      const state = gateway.agent(route.agentId)?.state;
      const url = `${gateway.urlOf(route.kind, route.host)}${route.pathPrefix.slice(1)}`;
      return { ...describeIdleRoute(route, url), state: stateOf(state), ...figuresOf(gateway.routeFigures(route.routeId)) };
    }),
  ];
}

/** A route of a gateway that does not run. */
export function describeIdleRoute(route: RouteDefinition, url: string): GatewayRoute {
  const { routeId, kind, host, pathPrefix, agentId, access } = route;
  return {
    routeId,
    kind,
    host,
    pathPrefix,
    port: null,
    agentId,
    url,
    access: shown(access),
    state: 'down',
    requestsPerSecond: 0,
    p95Ms: null,
    errorRatio: null,
    refused: 0,
  };
}

function stateOf(state: 'up' | 'draining' | 'grace' | undefined): GatewayRoute['state'] {
  if (state === undefined) return 'down';
  return state === 'grace' ? 'grace' : 'up';
}

function figuresOf(figures: FrontFigures | undefined) {
  const { requestsPerSecond = 0, p95Ms = null, errorRatio = null, refused = 0 } = figures ?? {};
  return { requestsPerSecond, p95Ms, errorRatio, refused };
}

/** Without the password. */
function shown({ basicAuth, ...rules }: AccessRules = noRules): GatewayRoute['access'] {
  return { ...rules, basicAuth: basicAuth === null ? null : { username: basicAuth.username } };
}
