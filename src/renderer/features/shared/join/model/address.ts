/** Whether a text is `HOST:PORT` or `[IPv6]:PORT`; who answers there is proven when a node joins. */
export function isAddress(text: string): boolean {
  const [, digits] = /^(?:\[[0-9A-Fa-f:.%a-z]{2,64}\]|[A-Za-z0-9._-]{1,253}):(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits);
  return port >= 1 && port <= 65_535;
}
