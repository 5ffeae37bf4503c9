/**
 * A first look at params before they are sent: what is missing, unknown or of the wrong kind. The node checks everything
 * and has the last word.
 */
import { formatPointer, type JsonPath } from '../../../design/data/json-pointer.ts';
import { alternatives, type JsonSchema, jsonTypeOf, typesOf } from '../../../design/data/json-schema.ts';
import { isOnlyReferences, variablesIn } from './variables.ts';

export type SchemaFinding =
  | { readonly rule: 'required' | 'unknown' | 'pattern'; readonly pointer: string }
  | { readonly rule: 'type' | 'choice'; readonly pointer: string; readonly expected: string }
  | { readonly rule: 'minimum' | 'maximum' | 'shortest' | 'longest' | 'fewest' | 'most'; readonly pointer: string; readonly limit: number };

const mostFindings = 50;

/** What a value breaks of a schema. Text with variables in it is not looked at: its value is not known yet. */
export function checkAgainstSchema(value: unknown, root: JsonSchema): readonly SchemaFinding[] {
  return check(value, root, root, []).slice(0, mostFindings);
}

function check(value: unknown, schema: JsonSchema, root: JsonSchema, path: JsonPath): readonly SchemaFinding[] {
  if (typeof value === 'string' && (isOnlyReferences(value) || variablesIn(value).length > 0)) return [];
  const branches = alternatives(schema, root);
  const results = branches.map((branch) => checkBranch(value, branch, root, path));
  // Of several possible shapes, the one that is nearest to what was written is the one to speak of.
  return results.reduce((best, result) => (result.length < best.length ? result : best), results[0] ?? []);
}

function checkBranch(value: unknown, schema: JsonSchema, root: JsonSchema, path: JsonPath): readonly SchemaFinding[] {
  const pointer = formatPointer(path);
  const choices = schema.const !== undefined ? [schema.const] : schema.enum;
  if (choices !== undefined) {
    const known = choices.some((choice) => choice === value);
    return known ? [] : [{ rule: 'choice', pointer, expected: choices.map((choice) => JSON.stringify(choice)).join(', ') }];
  }
  const types = typesOf(schema);
  const actual = jsonTypeOf(value);
  if (types.length > 0 && !types.includes(actual) && !(actual === 'integer' && types.includes('number')))
    return [{ rule: 'type', pointer, expected: types.join(', ') }];
  if (typeof value === 'number') return checkNumber(value, schema, pointer);
  if (typeof value === 'string') return checkText(value, schema, pointer);
  if (Array.isArray(value)) return checkArray(value, schema, root, path);
  if (typeof value === 'object' && value !== null) return checkObject(value as Record<string, unknown>, schema, root, path);
  return [];
}

function checkNumber(value: number, schema: JsonSchema, pointer: string): readonly SchemaFinding[] {
  if (schema.minimum !== undefined && value < schema.minimum) return [{ rule: 'minimum', pointer, limit: schema.minimum }];
  if (schema.maximum !== undefined && value > schema.maximum) return [{ rule: 'maximum', pointer, limit: schema.maximum }];
  return [];
}

function checkText(value: string, schema: JsonSchema, pointer: string): readonly SchemaFinding[] {
  if (schema.minLength !== undefined && value.length < schema.minLength) {
    return [value === '' ? { rule: 'required', pointer } : { rule: 'shortest', pointer, limit: schema.minLength }];
  }
  if (schema.maxLength !== undefined && value.length > schema.maxLength) return [{ rule: 'longest', pointer, limit: schema.maxLength }];
  if (schema.pattern === undefined || matches(value, schema.pattern)) return [];
  return [{ rule: value === '' ? 'required' : 'pattern', pointer }];
}

/** A pattern that this browser cannot read is left to the node. */
function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

function checkArray(value: readonly unknown[], schema: JsonSchema, root: JsonSchema, path: JsonPath): readonly SchemaFinding[] {
  const pointer = formatPointer(path);
  const found: SchemaFinding[] = [];
  if (schema.minItems !== undefined && value.length < schema.minItems) found.push({ rule: 'fewest', pointer, limit: schema.minItems });
  if (schema.maxItems !== undefined && value.length > schema.maxItems) found.push({ rule: 'most', pointer, limit: schema.maxItems });
  const { items } = schema;
  if (typeof items !== 'object') return found;
  return [...found, ...value.flatMap((element, index) => check(element, items, root, [...path, index]))];
}

function checkObject(
  value: Readonly<Record<string, unknown>>,
  schema: JsonSchema,
  root: JsonSchema,
  path: JsonPath,
): readonly SchemaFinding[] {
  const found: SchemaFinding[] = [];
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) found.push({ rule: 'required', pointer: formatPointer([...path, name]) });
  }
  for (const [name, member] of Object.entries(value)) {
    const here = [...path, name];
    const known = schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (known !== undefined) found.push(...check(member, known, root, here));
    else if (schema.additionalProperties === false) found.push({ rule: 'unknown', pointer: formatPointer(here) });
    else if (typeof schema.additionalProperties === 'object') found.push(...check(member, schema.additionalProperties, root, here));
  }
  return found;
}
