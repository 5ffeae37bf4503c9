/** How far back the charts reach. */
export const ranges = {
  '15min': 900_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
} as const satisfies Readonly<Record<string, number>>;

export type Range = keyof typeof ranges;
export const rangeNames = Object.keys(ranges) as readonly Range[];

/** The range an address asks for; anything else is the shortest. */
export function rangeOf(text: string | null): Range {
  return rangeNames.find((name) => name === text) ?? '15min';
}
