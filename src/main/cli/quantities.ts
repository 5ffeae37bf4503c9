/** Sizes and times as people write them on a command line. */
import { InvalidArgumentError } from 'commander';

const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500`, `10MB`, `1.5GiB`. @throws InvalidArgumentError */
export function parseBytes(text: string): number {
  return parseQuantity(text, byteUnits, 'Give a number of bytes such as 500000, 10MB or 2GiB.');
}

/** `90s`, `15min`, `24h`, `7d`. @throws InvalidArgumentError */
export function parseDurationMs(text: string): number {
  return parseQuantity(text, timeUnits, 'Give a time with its unit such as 500ms, 90s, 15min, 24h or 7d.');
}

/** A reader that also takes `none`, for a bound that is not there. */
export function orNone<T>(parse: (text: string) => T): (text: string) => T | 'none' {
  return (text) => (text === 'none' ? text : parse(text));
}

/** A count from 0. @throws InvalidArgumentError */
export function parseWholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 0.');
  return Number(text);
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>, hint: string): number {
  const [, digits, unit] = /^(\d{1,15}(?:\.\d{1,3})?) ?([A-Za-z]*)$/.exec(text) ?? [];
  const factor = unit === undefined || !Object.hasOwn(units, unit) ? undefined : units[unit];
  if (digits === undefined || factor === undefined) throw new InvalidArgumentError(hint);
  return Math.round(Number(digits) * factor);
}

/** `1.2 MB`: for tables. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `1 message`, `2 messages`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A rate for a table: `12`, `0.5`. */
export function formatRate(perSecond: number): string {
  return String(Math.round(perSecond * 10) / 10);
}
