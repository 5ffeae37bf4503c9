import { linkScheme } from './start-arguments.ts';

/** Views that a link may open, and the query keys that each may carry. Values are shown, never acted on. */
const views: Readonly<Record<string, readonly string[]>> = {
  overview: [],
  rpc: ['method'],
  events: ['topic'],
  settings: ['group'],
};
const maxLinkLength = 2_048;
const safeValue = /^[\w./+#:~@-]{1,256}$/;

/**
 * The console path that a link of the system asks for, or undefined. A link comes from anywhere, a web page included: it
 * is read strictly and can only ever open a view (security.md row 66).
 *
 * @param link for example `signalbox://view/events?topic=%2Fstats`
 */
export function readDeepLink(link: string): string | undefined {
  if (link.length > maxLinkLength || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  if (url.protocol !== linkScheme || url.host !== 'view' || url.username !== '' || url.password !== '' || url.hash !== '') return undefined;
  const view = url.pathname.slice(1);
  const keys = Object.hasOwn(views, view) ? views[view] : undefined;
  if (keys === undefined) return undefined;
  const query = [...url.searchParams];
  if (query.some(([key, value]) => !keys.includes(key) || !safeValue.test(value))) return undefined;
  if (new Set(query.map(([key]) => key)).size !== query.length) return undefined;
  return query.length === 0 ? `/${view}` : `/${view}?${url.searchParams.toString()}`;
}
