/** The one-time token of a set-up link, `/setup#token=…`: in the fragment, so that it is in no log. */
export function setupToken(): string | undefined {
  if (location.pathname !== '/setup') return undefined;
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
}
