/** The part of JSON Schema (draft 2020-12) that the contract uses, and how to walk it. */
import type { JsonPath } from './json-pointer.ts';

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

const deepestReference = 8;

/** The schema behind a local reference; anything else as it is. */
export function resolveReference(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let current = schema;
  for (let depth = 0; current.$ref !== undefined && depth < deepestReference; depth++) {
    const name = /^#\/\$defs\/(.+)$/.exec(current.$ref)?.[1];
    const found = current.$ref === '#' ? root : name === undefined ? undefined : root.$defs?.[name];
    if (found === undefined) return {};
    current = found;
  }
  return current;
}

/** What a value may be: the branches of `anyOf` and `oneOf`, all levels, one for each of several types, or the schema itself. */
export function alternatives(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  const resolved = resolveReference(schema, root);
  const branches = resolved.anyOf ?? resolved.oneOf;
  if (branches === undefined) return ofEachType(resolved);
  return branches.flatMap((branch) => alternatives(branch, root));
}

/** `type: ["string", "null"]` is two alternatives; a list of values stays one choice. */
function ofEachType(schema: JsonSchema): readonly JsonSchema[] {
  if (schema.enum !== undefined || schema.const !== undefined || typeof schema.type === 'string') return [schema];
  const types = typesOf(schema);
  return types.length < 2 ? [schema] : types.map((type) => ({ ...schema, type }));
}

/** The types a schema names, or those of its `enum` and `const`; empty when it allows anything. */
export function typesOf(schema: JsonSchema): readonly string[] {
  if (schema.type !== undefined) return typeof schema.type === 'string' ? [schema.type] : schema.type;
  const values = schema.const !== undefined ? [schema.const] : (schema.enum ?? []);
  return [...new Set(values.map(jsonTypeOf))];
}

/** `string`, `integer`, `number`, `boolean`, `null`, `array` or `object`. */
export function jsonTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Every schema that a value at this path could have to meet. */
export function schemasAt(root: JsonSchema, path: JsonPath): readonly JsonSchema[] {
  let current = alternatives(root, root);
  for (const part of path) {
    current = current.flatMap((schema) => childOf(schema, part)).flatMap((schema) => alternatives(schema, root));
  }
  return current;
}

function childOf(schema: JsonSchema, part: string | number): readonly JsonSchema[] {
  const named = schema.properties !== undefined && Object.hasOwn(schema.properties, part) ? schema.properties[part] : undefined;
  if (named !== undefined) return [named];
  if (/^\d+$/.test(String(part)) && (schema.items !== undefined || schema.prefixItems !== undefined)) {
    const element = schema.prefixItems?.[Number(part)] ?? schema.items;
    return typeof element === 'object' ? [element] : [];
  }
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
}
