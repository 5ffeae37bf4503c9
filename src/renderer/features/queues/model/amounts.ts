/** Amounts with a unit that a person chooses: how long, how large. */

export interface Unit {
  readonly id: string;
  readonly factor: number;
}

export const timeUnits: readonly Unit[] = [
  { id: 'seconds', factor: 1_000 },
  { id: 'minutes', factor: 60_000 },
  { id: 'hours', factor: 3_600_000 },
  { id: 'days', factor: 86_400_000 },
];

export const byteUnits: readonly Unit[] = [
  { id: 'B', factor: 1 },
  { id: 'KB', factor: 1_024 },
  { id: 'MB', factor: 1_048_576 },
  { id: 'GB', factor: 1_073_741_824 },
];

/** An amount as it stands in a form: nothing written is no bound. */
export interface Amount {
  readonly text: string;
  readonly unit: string;
}

/** The amount in the largest unit in which it is whole. @param fallback unit of nothing */
export function amountOf(value: number | null, units: readonly Unit[], fallback: string): Amount {
  if (value === null) return { text: '', unit: fallback };
  const unit = units.findLast(({ factor }) => value % factor === 0) ?? units[0];
  return { text: String(value / (unit?.factor ?? 1)), unit: unit?.id ?? fallback };
}

/** What an amount is worth: null for nothing written, undefined for what is no whole number above 0 in the end. */
export function worthOf({ text, unit }: Amount, units: readonly Unit[]): number | null | undefined {
  const plain = text.replaceAll(/[\s,]/g, '');
  if (plain === '') return null;
  if (!/^\d+(\.\d+)?$/.test(plain)) return undefined;
  const value = Math.round(Number(plain) * (units.find(({ id }) => id === unit)?.factor ?? 1));
  return value > 0 && Number.isSafeInteger(value) ? value : undefined;
}

/** `2.4 M` from a million on, `88,121` below: what stands in a narrow column. */
export function shortCount(value: number): string {
  if (value < 1_000_000) return Math.round(value).toLocaleString('en');
  const [scale, letter] = value < 1_000_000_000 ? [1_000_000, 'M'] : [1_000_000_000, 'G'];
  const scaled = value / scale;
  return `${scaled >= 100 ? Math.floor(scaled) : (Math.floor(scaled * 10) / 10).toFixed(1)} ${letter}`;
}
