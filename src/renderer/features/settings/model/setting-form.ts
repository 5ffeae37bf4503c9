/** How one setting of the node is shown and edited, derived from its JSON Schema. No screen in here. */
import type { Setting } from '../../../../common/contract/config.ts';
import { formatBytes, formatDuration } from '../../../state/format.ts';

export type Control =
  | { readonly kind: 'switch' }
  | { readonly kind: 'select'; readonly options: readonly string[] }
  | { readonly kind: 'number'; readonly min: number | undefined; readonly max: number | undefined; readonly whole: boolean }
  | { readonly kind: 'text' }
  | { readonly kind: 'list'; readonly most: number | undefined }
  | { readonly kind: 'json' };

/** What a person has put into a control and what is not saved yet. */
export type Draft = string | boolean | readonly string[];

/** The control for a JSON Schema; what no control fits is edited as JSON. */
export function controlOf(schema: Setting['schema']): Control {
  const number = (key: string) => (typeof schema[key] === 'number' ? schema[key] : undefined);
  if (Array.isArray(schema.enum) && schema.enum.every((item) => typeof item === 'string')) return { kind: 'select', options: schema.enum };
  if (schema.type === 'boolean') return { kind: 'switch' };
  if (schema.type === 'integer' || schema.type === 'number')
    return { kind: 'number', min: number('minimum'), max: number('maximum'), whole: schema.type === 'integer' };
  if (schema.type === 'string') return { kind: 'text' };
  if (schema.type === 'array' && (schema.items as { type?: unknown } | undefined)?.type === 'string')
    return { kind: 'list', most: number('maxItems') };
  return { kind: 'json' };
}

/** Taken at once; the others when the field is left. */
export function appliesAtOnce(control: Control): boolean {
  return control.kind === 'switch' || control.kind === 'select' || control.kind === 'list';
}

export type Unit = 'ms' | 'bytes' | 'hours';

/** A title without the unit that stands behind it in parentheses: the unit belongs beside the number. */
export function titleOf({ title }: Pick<Setting, 'title'>): { readonly title: string; readonly unit: Unit | undefined } {
  const match = /^(.*) \((ms|bytes|hours)\)$/.exec(title);
  return match === null ? { title, unit: undefined } : { title: match[1] ?? title, unit: match[2] as Unit };
}

/** A large number in words that a person can check, `30 d`; undefined where the number itself is plain. */
export function unitHint(unit: Unit | undefined, value: unknown): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  if (unit === 'ms' && value >= 1_000) return formatDuration(value).replace(/ 0 (h|min)$/, '');
  if (unit === 'bytes' && value >= 1_024) return formatBytes(value);
  return undefined;
}

/** A value as its control shows it. */
export function toDraft(control: Control, value: unknown): Draft {
  switch (control.kind) {
    case 'switch':
      return value === true;
    case 'list':
      return Array.isArray(value) ? value.map(String) : [];
    case 'json':
      return JSON.stringify(value);
    default:
      return value === undefined || value === null ? '' : String(value);
  }
}

export type ParsedDraft = { readonly value: unknown } | { readonly problem: 'notANumber' | 'notWhole' | 'notJson' };

/** The value that a draft stands for. Whether the node takes it is for the node to say. */
export function fromDraft(control: Control, draft: Draft): ParsedDraft {
  if (control.kind === 'number') {
    // A thousands separator is how numbers are shown, so that it may come back.
    const text = String(draft).replaceAll(/[,\s]/g, '');
    const value = Number(text);
    if (text === '' || Number.isNaN(value)) return { problem: 'notANumber' };
    return control.whole && !Number.isInteger(value) ? { problem: 'notWhole' } : { value };
  }
  if (control.kind === 'text') return { value: String(draft).trim() };
  if (control.kind !== 'json') return { value: draft };
  try {
    return { value: JSON.parse(String(draft)) };
  } catch {
    return { problem: 'notJson' };
  }
}

/** Port numbers are names: they have no thousands separator. */
export function isPlainNumber({ key }: Pick<Setting, 'key'>): boolean {
  return /port$/i.test(key);
}

/** A number and its unit, `24 hours`; other values as `wordsOf` has them. */
export function withUnit(words: string, unit: Unit | undefined): string {
  return unit === undefined ? words : `${words} ${unit}`;
}

/** A value in one line: `on`, `127.0.0.1`, `none`. */
export function wordsOf(
  value: unknown,
  words: { readonly on: string; readonly off: string; readonly empty: string; readonly plainNumbers?: boolean },
): string {
  if (value === true) return words.on;
  if (value === false) return words.off;
  if (value === '' || value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return words.empty;
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'number') return words.plainNumbers === true ? String(value) : value.toLocaleString('en');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
