/**
 * Checks of single values of messages between nodes. By hand, because every call passes them four times: with zod they took
 * a third of a node's own time for a call, like this they do not show.
 */
import { serviceIdPattern } from './topics.ts';

export type PlainObject = Readonly<Record<string, unknown>>;

/** True for an object that is no array. */
export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a text of at least `least` and at most `most` characters. */
export function isText(value: unknown, most: number, least = 1): value is string {
  return typeof value === 'string' && value.length >= least && value.length <= most;
}

/** True for a whole number within both bounds. */
export function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** True for the id of a node, ours or of the first system. */
export function isServiceId(value: unknown): value is string {
  return typeof value === 'string' && serviceIdPattern.test(value);
}

/** True for one of the texts. */
export function isOneOf<T extends string>(value: unknown, texts: readonly T[]): value is T {
  return (texts as readonly unknown[]).includes(value);
}

/** True when an object has no fields but these. */
export function hasOnly(value: object, fields: ReadonlySet<string>): boolean {
  for (const field in value) if (!fields.has(field)) return false;
  return true;
}
