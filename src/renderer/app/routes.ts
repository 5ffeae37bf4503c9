/** Views and their addresses: `#/events?topic=%2Fstats`, `#/queues/orders?tab=clients`. Everything that a person may want to come back to is in the address. */
import { useSyncExternalStore } from 'react';

/** Views with a place in the rail. */
export const railViews = ['overview', 'nodes', 'rpc', 'events', 'queues', 'tunnels', 'ledger', 'settings'] as const;
export type RailView = (typeof railViews)[number];

const views = [...railViews, 'first-run'] as const;
export type View = (typeof views)[number];

export interface Route {
  readonly view: View;
  /** What of the view is meant: the part of the path after its name. */
  readonly object: string | undefined;
  readonly query: URLSearchParams;
}

let parsed = { hash: location.hash, route: parse(location.hash) };
const listeners = new Set<() => void>();

window.addEventListener('hashchange', () => {
  for (const listener of listeners) listener();
});

function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [name, object = ''] = path.split('/');
  const view = views.find((known) => known === name) ?? 'overview';
  return { view, object: object === '' ? undefined : decoded(object), query: new URLSearchParams(query) };
}

/** Part of a path in clear; as it is when it was written by hand and is no escape. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * The route at this moment, the same object as long as the address is the same. The browser tells of a new address a moment
 * after it has it: what acts on a route by itself asks here first whether a person has gone on meanwhile.
 */
export function routeNow(): Route {
  if (parsed.hash !== location.hash) parsed = { hash: location.hash, route: parse(location.hash) };
  return parsed.route;
}

/** The route now. Changes re-render. */
export function useRoute(): Route {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, routeNow);
}

/**
 * Goes to a view.
 *
 * @param options.object what of the view is meant, for example a queue
 * @param options.replace true: the address of now is not one that a person wants to come back to
 */
export function goTo(
  view: View,
  query: Readonly<Record<string, string>> = {},
  options: { readonly object?: string | undefined; readonly replace?: boolean } = {},
): void {
  const text = new URLSearchParams(query).toString();
  const object = options.object === undefined ? '' : `/${encodeURIComponent(options.object)}`;
  const hash = `#/${view}${object}${text === '' ? '' : `?${text}`}`;
  if (options.replace === true) location.replace(hash);
  else location.hash = hash;
}

/** True while nobody has asked for a view: the console was opened without an address. */
export function isAtStart(): boolean {
  return location.hash === '';
}

/** The view that a console path opens. */
export function viewOf(path: string): View {
  return parse(`#${path}`).view;
}

/** Goes to a console path that the node or a deep link gave, for example `/events?topic=/stats`. */
export function goToPath(path: string): void {
  const route = parse(`#${path}`);
  goTo(route.view, Object.fromEntries(route.query), { object: route.object });
}
