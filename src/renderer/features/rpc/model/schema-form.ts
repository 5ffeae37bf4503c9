/** What a generated form shows for a JSON Schema. */
import { alternatives, type JsonSchema, resolveReference, typesOf } from '../../../design/data/json-schema.ts';

export type FormField =
  | { readonly kind: 'text'; readonly schema: JsonSchema; readonly long: boolean }
  | { readonly kind: 'number'; readonly schema: JsonSchema; readonly whole: boolean }
  | { readonly kind: 'boolean'; readonly schema: JsonSchema }
  | { readonly kind: 'choice'; readonly schema: JsonSchema; readonly values: readonly unknown[] }
  | { readonly kind: 'group'; readonly schema: JsonSchema; readonly members: readonly FormMember[] }
  | { readonly kind: 'list'; readonly schema: JsonSchema; readonly element: FormField }
  | { readonly kind: 'variants'; readonly schema: JsonSchema; readonly variants: readonly FormField[] }
  /** No control fits: written as JSON. */
  | { readonly kind: 'json'; readonly schema: JsonSchema };

export interface FormMember {
  readonly name: string;
  readonly required: boolean;
  readonly field: FormField;
}

/** Longer text gets several lines. Topics and names have room in one. */
const longTextFrom = 300;
const deepestGroup = 4;

/** The controls for a schema. Deep or free-form parts become JSON fields, so that every value can be written. */
export function formFieldOf(schema: JsonSchema, root: JsonSchema = schema, depth = 0): FormField {
  const whole = resolveReference(schema, root);
  const described = whole.description === undefined ? {} : { description: whole.description };
  const branches = alternatives(whole, root);
  const [first] = branches;
  if (first !== undefined && branches.length === 1) return simpleField({ ...first, ...described }, root, depth);
  const values = branches.flatMap((branch) => (branch.const !== undefined ? [branch.const] : (branch.enum ?? [undefined])));
  if (!values.includes(undefined)) return { kind: 'choice', schema: whole, values };
  const variants = branches.map((branch) =>
    typesOf(branch).join() === 'null' ? choiceOf(branch, [null]) : simpleField(branch, root, depth + 1),
  );
  if (variants.length > 6 || variants.some((variant) => variant.kind === 'json')) return { kind: 'json', schema: whole };
  return { kind: 'variants', schema: whole, variants };
}

function choiceOf(schema: JsonSchema, values: readonly unknown[]): FormField {
  return { kind: 'choice', schema, values };
}

function simpleField(schema: JsonSchema, root: JsonSchema, depth: number): FormField {
  if (schema.const !== undefined) return choiceOf(schema, [schema.const]);
  if (schema.enum !== undefined) return choiceOf(schema, schema.enum);
  const types = typesOf(schema);
  if (types.length !== 1) return { kind: 'json', schema };
  switch (types[0]) {
    case 'string':
      return { kind: 'text', schema, long: (schema.maxLength ?? 0) > longTextFrom && schema.maxLength !== Number.MAX_SAFE_INTEGER };
    case 'integer':
    case 'number':
      return { kind: 'number', schema, whole: types[0] === 'integer' };
    case 'boolean':
      return { kind: 'boolean', schema };
    case 'object':
      return groupField(schema, root, depth);
    case 'array':
      return listField(schema, root, depth);
    default:
      return { kind: 'json', schema };
  }
}

function groupField(schema: JsonSchema, root: JsonSchema, depth: number): FormField {
  const open = typeof schema.additionalProperties === 'object' || schema.additionalProperties === true;
  if (open || depth >= deepestGroup || (schema.properties === undefined && schema.additionalProperties !== false))
    return { kind: 'json', schema };
  const members = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    required: schema.required?.includes(name) === true,
    field: formFieldOf(property, root, depth + 1),
  }));
  return { kind: 'group', schema, members };
}

function listField(schema: JsonSchema, root: JsonSchema, depth: number): FormField {
  if (typeof schema.items !== 'object' || schema.prefixItems !== undefined || depth >= deepestGroup) return { kind: 'json', schema };
  const element = formFieldOf(schema.items, root, depth + 1);
  return element.kind === 'json' ? { kind: 'json', schema } : { kind: 'list', schema, element };
}

/** A value to begin with: defaults are left out, required members are there, empty. */
export function emptyValue(field: FormField): unknown {
  switch (field.kind) {
    case 'text':
      return '';
    case 'number':
      return field.schema.minimum ?? 0;
    case 'boolean':
      return false;
    case 'choice':
      return field.values[0];
    case 'group':
      return Object.fromEntries(field.members.filter((member) => member.required).map((member) => [member.name, emptyValue(member.field)]));
    case 'list':
      return [];
    case 'variants':
      return field.variants[0] === undefined ? null : emptyValue(field.variants[0]);
    case 'json':
      return typesOf(field.schema).includes('array') ? [] : {};
  }
}

/** Which variant a value belongs to; the first when none fits. */
export function variantOf(variants: readonly FormField[], value: unknown): number {
  const index = variants.findIndex((variant) => fits(variant, value));
  return Math.max(index, 0);
}

function fits(field: FormField, value: unknown): boolean {
  switch (field.kind) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return field.values.includes(value);
    case 'list':
      return Array.isArray(value);
    case 'group':
      return isRecord(value) && field.members.every((member) => !member.required || Object.hasOwn(value, member.name));
    default:
      return true;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sample params for a method that was just opened: its example, else its required params, empty. */
export function startingText(schema: JsonSchema, example: Readonly<Record<string, unknown>> | null): string {
  const value = example ?? emptyValue(formFieldOf(schema));
  return JSON.stringify(value, null, 2);
}
