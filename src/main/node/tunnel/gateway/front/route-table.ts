import type { AccessRules } from '../../../../../common/contract/tunnels.ts';
import { agentIdPattern } from '../../../../../common/contract/tunnels.ts';
import type { RouteDefinition } from '../types.ts';
import { normalPath } from './request-target.ts';

/** Where a request goes. */
export interface RouteMatch {
  readonly agentId: string;
  /** undefined: its host name begins with the name of the agent. */
  readonly routeId: string | undefined;
  readonly access: AccessRules | undefined;
  /** The service sees the path without it; undefined: as it is. */
  readonly strippedPrefix: string | undefined;
}

interface HostRoutes {
  /** Longest prefix first. */
  readonly routes: readonly RouteDefinition[];
  /** One of them is for a part of the paths. */
  readonly byPath: boolean;
}

/** Leads host names and paths to agents: exact hosts before `*.` ones, longer names and prefixes first; else by the first label (seed 5 section 2). */
export class RouteTable {
  readonly #exact = new Map<string, HostRoutes>();
  /** By domain, without `*.`. */
  readonly #wildcards = new Map<string, HostRoutes>();

  /** @param kind those of other kinds are left out */
  constructor(definitions: readonly RouteDefinition[], kind: RouteDefinition['kind']) {
    const byHost = new Map<string, RouteDefinition[]>();
    for (const definition of definitions) {
      if (definition.kind !== kind) continue;
      const host = definition.host.toLowerCase();
      byHost.set(host, [...(byHost.get(host) ?? []), definition]);
    }
    for (const [host, routes] of byHost) {
      const entry: HostRoutes = {
        routes: routes.toSorted((a, b) => b.pathPrefix.length - a.pathPrefix.length),
        byPath: routes.some(({ pathPrefix }) => pathPrefix !== '/'),
      };
      if (host.startsWith('*.')) this.#wildcards.set(host.slice(2), entry);
      else this.#exact.set(host, entry);
    }
  }

  /**
   * @param host lower case, without port
   * @param target path and query; compared in its normal form, so that a rule of a prefix cannot be got round by another spelling
   * @returns undefined: nobody is meant; 'ambiguous': a path that services read differently, under a host with prefixes
   */
  match(host: string, target: string): RouteMatch | 'ambiguous' | undefined {
    const entry = this.#exact.size === 0 && this.#wildcards.size === 0 ? undefined : (this.#exact.get(host) ?? this.#wildcard(host));
    if (entry !== undefined) {
      const route = entry.byPath ? byPrefix(entry.routes, target) : entry.routes[0];
      if (route === 'ambiguous') return route;
      if (route !== undefined) return asMatch(route);
    }
    const agentId = agentOfHost(host);
    return agentId === undefined ? undefined : { agentId, routeId: undefined, access: undefined, strippedPrefix: undefined };
  }

  #wildcard(host: string): HostRoutes | undefined {
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      const found = this.#wildcards.get(host.slice(dot + 1));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** First label of a host name, when an agent can be named so; an address names none. */
export function agentOfHost(host: string): string | undefined {
  const dot = host.indexOf('.');
  const label = dot === -1 ? host : host.slice(0, dot);
  return agentIdPattern.test(label) && !/^[\d.]+$/.test(host) ? label : undefined;
}

function byPrefix(routes: readonly RouteDefinition[], target: string): RouteDefinition | 'ambiguous' | undefined {
  const path = normalPath(target);
  if (path === undefined) return 'ambiguous';
  return routes.find(({ pathPrefix }) => covers(pathPrefix, path));
}

function covers(prefix: string, path: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return prefix.endsWith('/') || path.length === prefix.length || path[prefix.length] === '/';
}

function asMatch({ agentId, routeId, access, stripPrefix, pathPrefix }: RouteDefinition): RouteMatch {
  return { agentId, routeId, access, strippedPrefix: stripPrefix && pathPrefix !== '/' ? pathPrefix : undefined };
}
