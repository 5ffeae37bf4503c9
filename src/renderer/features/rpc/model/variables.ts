/** `{{name}}` in parameters: which are used, which are not set, and what goes in their place. */
import type { JsonPath } from '../../../design/data/json-pointer.ts';
import { type JsonSchema, schemasAt, typesOf } from '../../../design/data/json-schema.ts';
import type { Variable } from './kept-items.ts';

const reference = /\{\{\s*([\w.-]+)\s*\}\}/g;
const alone = /^\{\{\s*([\w.-]+)\s*\}\}$/;

/** Names used in a text, in order, each once. */
export function variablesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(reference)].map((match) => match[1] ?? ''))];
}

/** Names used in a text that have no value in a set. */
export function unresolvedIn(text: string, variables: readonly Variable[]): readonly string[] {
  return variablesIn(text).filter((name) => !variables.some((variable) => variable.name === name));
}

/** True when a text is nothing but references, so that it holds no value itself. */
export function isOnlyReferences(text: string): boolean {
  return text.replaceAll(reference, '').trim() === '' && text !== '';
}

/**
 * The value with every reference replaced. A string that is one reference alone takes the type that the schema asks for
 * there: `"{{limit}}"` becomes a number where a number belongs. Names without a value stay as they are written.
 */
export function resolveVariables(value: unknown, variables: readonly Variable[], schema: JsonSchema | undefined): unknown {
  const values = new Map(variables.map((variable) => [variable.name, variable.value]));
  const walk = (current: unknown, path: JsonPath): unknown => {
    if (typeof current === 'string') return resolveText(current, values, schema === undefined ? [] : schemasAt(schema, path));
    if (Array.isArray(current)) return current.map((element, index) => walk(element, [...path, index]));
    if (typeof current !== 'object' || current === null) return current;
    return Object.fromEntries(Object.entries(current).map(([key, element]) => [key, walk(element, [...path, key])]));
  };
  return walk(value, []);
}

function resolveText(text: string, values: ReadonlyMap<string, string>, schemas: readonly JsonSchema[]): unknown {
  const only = alone.exec(text)?.[1];
  const whole = only === undefined ? undefined : values.get(only);
  if (whole !== undefined && schemas.length > 0 && !schemas.some(takesText)) {
    try {
      return JSON.parse(whole) as unknown;
    } catch {
      return whole;
    }
  }
  return text.replaceAll(reference, (written, name: string) => values.get(name) ?? written);
}

function takesText(schema: JsonSchema): boolean {
  const types = typesOf(schema);
  return types.length === 0 || types.includes('string');
}
