/** Origin of the window's pages. */
export const appOrigin = 'app://ui';

/** Names that Windows takes for devices in every folder, whatever their extension. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** True for the console's own origin and nothing that merely starts like it. */
export function isAppUrl(url: string): boolean {
  return url === appOrigin || url.startsWith(`${appOrigin}/`);
}

/**
 * The path of a URL of the console, decoded once; undefined for any other host, for a path that climbs, and for
 * characters that no built file has.
 */
export function readAppPath(url: string): string | undefined {
  if (!url.startsWith(`${appOrigin}/`)) return undefined;
  const raw = url.slice(appOrigin.length).split(/[?#]/)[0] ?? '';
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  if (path === '/') return '/index.html';
  const parts = path.slice(1).split('/');
  const isPlain = (part: string) => /^[\w@-][\w@.-]*$/.test(part) && !deviceName.test(part);
  return parts.every(isPlain) ? path : undefined;
}
