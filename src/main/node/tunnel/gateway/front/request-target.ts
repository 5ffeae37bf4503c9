/** What a request asks for: targets and host names, checked and compared. */

/** Origin form alone, of visible ASCII and without a fragment (RFC 9112 section 3.2.1). */
const originForm = /^\/[\x21\x22\x24-\x7e]*$/;

const hostName = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_](?:[a-z0-9._-]{0,252}[a-z0-9_])?)\.?)(?::\d{1,5})?$/i;

/** A slash or a backslash, or one that is written in percent: services differ in whether it divides. */
const hiddenDivider = /%2f|%5c|\\/i;

/** True for a path with a query, as a server is asked; absolute addresses, `*` and authorities are none. */
export function isOriginForm(target: string): boolean {
  return originForm.test(target);
}

/** @returns the name or address of a Host header, lower case, without port and last dot; undefined: not a host */
export function hostOf(header: string): string | undefined {
  const match = hostName.exec(header);
  return match === null ? undefined : (match[1] ?? match[2] ?? '').toLowerCase();
}

/**
 * The path as most services understand it: percent-encoding undone, slashes in a row made one.
 *
 * @returns undefined: services read it differently (dot segments, hidden dividers, percent signs that encode nothing)
 */
export function normalPath(target: string): string | undefined {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  if (hiddenDivider.test(path)) return undefined;
  let decoded = path;
  if (path.includes('%')) {
    try {
      decoded = decodeURIComponent(path);
    } catch {
      return undefined;
    }
  }
  if (decoded.includes('//')) decoded = decoded.replace(/\/{2,}/g, '/');
  return /\/\.{1,2}(?:\/|;|$)/.test(decoded) ? undefined : decoded;
}

/** @returns the target without the prefix, which its normal form has; as it is when it spells the prefix another way */
export function withoutPrefix(target: string, prefix: string): string {
  const bare = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  if (!target.startsWith(bare)) return target;
  const rest = target.slice(bare.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
