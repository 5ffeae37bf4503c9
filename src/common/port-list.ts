/**
 * Reads a list of ports and ranges such as `20000-20099, 2222`.
 *
 * @returns undefined: it is not one, or it has more than 1,000 ports
 */
export function parsePorts(text: string): number[] | undefined {
  const ports = new Set<number>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const [, first, last] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(part) ?? [];
    const from = Number(first ?? 0);
    const to = Number(last ?? first ?? 0);
    if (from < 1 || to > 65_535 || to < from || to - from >= 1_000) return undefined;
    for (let port = from; port <= to; port++) ports.add(port);
  }
  return ports.size > 1_000 ? undefined : [...ports];
}
