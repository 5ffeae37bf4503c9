/** Completion of JSON text from a JSON Schema: property names, enum values, required marks, variables. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { pickedCompletion } from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import { type JsonCursor, jsonCursorAt } from './json-cursor.ts';
import { alternatives, type JsonSchema, schemasAt, typesOf } from './json-schema.ts';

export interface CompletionOptions {
  readonly schema: JsonSchema | undefined;
  /** Names that `{{` offers. */
  readonly variables: readonly string[];
  /** One line about a value, for example `integer, 1 to 500`. */
  readonly describeType: (schema: JsonSchema) => string;
  readonly requiredLabel: string;
}

/** One thing that may be written at the cursor. */
export interface Suggestion {
  readonly label: string;
  readonly kind: 'property' | 'enum' | 'keyword' | 'variable';
  readonly detail: string;
  readonly info: string;
  readonly required: boolean;
  /** Replaces the text from {@link Suggestions.from} to {@link Suggestions.to}. */
  readonly insert: string;
  /** Where the cursor goes, counted from the start of what was inserted. */
  readonly cursor: number;
  /** What is written next has suggestions of its own. */
  readonly more: boolean;
}

export interface Suggestions {
  readonly from: number;
  readonly to: number;
  /** Where the letters begin that the list is narrowed by. */
  readonly filterFrom: number;
  readonly items: readonly Suggestion[];
}

const variableStart = /\{\{\s*([\w.-]*)$/;

/** What may be written at a position of JSON text. */
export function suggestionsAt(text: string, position: number, options: CompletionOptions): Suggestions | undefined {
  const cursor = jsonCursorAt(text, position);
  const variable = cursor.inString ? variableStart.exec(cursor.written) : null;
  if (variable !== null) return variableSuggestions(text, position, variable[1] ?? '', options.variables);
  if (options.schema === undefined || cursor.place === 'none') return undefined;
  const schemas = schemasAt(options.schema, cursor.path);
  const items =
    cursor.place === 'key' ? propertySuggestions(text, cursor, schemas, options) : valueSuggestions(schemas, options.schema, options);
  if (items.length === 0) return undefined;
  return { from: cursor.from, to: cursor.to, filterFrom: cursor.from + (cursor.inString ? 1 : 0), items };
}

function variableSuggestions(text: string, position: number, written: string, names: readonly string[]): Suggestions | undefined {
  const closing = text.startsWith('}}', position) ? '' : '}}';
  const items = names.map((name): Suggestion => {
    const insert = `${name}${closing}`;
    return { label: name, kind: 'variable', detail: '', info: '', required: false, insert, cursor: insert.length, more: false };
  });
  return items.length === 0 ? undefined : { from: position - written.length, to: position, filterFrom: position - written.length, items };
}

function propertySuggestions(
  text: string,
  cursor: JsonCursor,
  schemas: readonly JsonSchema[],
  options: CompletionOptions,
): readonly Suggestion[] {
  const root = options.schema ?? {};
  const after = text.slice(cursor.to).trimStart();
  const hasColon = after.startsWith(':');
  const comma = after.startsWith('"') ? ',' : '';
  const found = new Map<string, Suggestion>();
  for (const schema of schemas) {
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      if (cursor.siblings.includes(name) || found.has(name)) continue;
      const required = schema.required?.includes(name) === true;
      const described = options.describeType(property);
      const [before, behind] = hasColon ? ['', ''] : valueStub(property, root);
      const quoted = JSON.stringify(name);
      const insert = hasColon ? quoted : `${quoted}: ${before}${behind}${comma}`;
      found.set(name, {
        label: name,
        kind: 'property',
        detail: required ? `${described}, ${options.requiredLabel}` : described,
        info: property.description ?? '',
        required,
        insert,
        cursor: hasColon ? quoted.length : quoted.length + 2 + before.length,
        more: !hasColon && valueSuggestions(alternatives(property, root), root, options).length > 0,
      });
    }
  }
  return [...found.values()].sort((a, b) => Number(b.required) - Number(a.required));
}

/** What stands before and after the cursor where a value of this kind is about to be written. */
function valueStub(schema: JsonSchema, root: JsonSchema): readonly [before: string, after: string] {
  const [first = {}] = alternatives(schema, root);
  if (first.enum !== undefined || first.const !== undefined) return ['', ''];
  const [type] = typesOf(first);
  if (type === 'string') return ['"', '"'];
  if (type === 'array') return ['[', ']'];
  return type === 'object' ? ['{ ', ' }'] : ['', ''];
}

function valueSuggestions(schemas: readonly JsonSchema[], root: JsonSchema, options: CompletionOptions): readonly Suggestion[] {
  const values = new Map<string, Suggestion>();
  const add = (value: unknown, kind: Suggestion['kind'], schema: JsonSchema, detail = '') => {
    const insert = JSON.stringify(value);
    if (insert === undefined || values.has(insert)) return;
    const label = typeof value === 'string' ? value : insert;
    values.set(insert, {
      label,
      kind,
      detail,
      info: schema.description ?? '',
      required: false,
      insert,
      cursor: insert.length,
      more: false,
    });
  };
  for (const schema of schemas.flatMap((branch) => alternatives(branch, root))) {
    if (schema.const !== undefined) add(schema.const, 'enum', schema);
    for (const value of schema.enum ?? []) add(value, 'enum', schema);
    for (const type of typesOf(schema)) {
      if (type === 'boolean') for (const value of [true, false]) add(value, 'keyword', schema);
      if (type === 'null') add(null, 'keyword', schema);
    }
    if (schema.default !== undefined) add(schema.default, 'enum', schema, options.describeType(schema));
    for (const value of schema.examples ?? []) add(value, 'enum', schema);
  }
  return [...values.values()];
}

/** The same as a completion source of the editor. `read` gives the options of now. */
export function schemaCompletion(read: () => CompletionOptions): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const text = context.state.doc.toString();
    const found = suggestionsAt(text, context.pos, read());
    if (found === undefined) return null;
    const begun = context.pos > found.filterFrom || found.from < found.filterFrom;
    // Values are offered before a letter of them is written; names are not, so that Enter after a brace is a new line.
    const isValue = found.items.every((item) => item.kind !== 'property');
    if (!context.explicit && !begun && !isValue) return null;
    // Letters only narrow the list: it stays open and can be taken while somebody types.
    return { from: found.filterFrom, options: found.items.map((item, index) => toCompletion(item, index)), validFor: /^[\w.-]*$/ };
  };
}

/** The order is that of the schema, required names first. */
function toCompletion(item: Suggestion, index: number): Completion {
  return {
    label: item.label,
    type: item.kind,
    ...(item.detail !== '' && { detail: item.detail }),
    ...(item.info !== '' && { info: item.info }),
    boost: -Math.min(index, 99),
    apply: (view: EditorView, completion: Completion, from: number, to: number) => {
      // Read again: what was typed since may have moved the token, and its quotes are part of what is replaced.
      const cursor = jsonCursorAt(view.state.doc.toString(), to);
      const range = item.kind === 'variable' ? { from, to } : { from: cursor.from, to: Math.max(cursor.to, to) };
      view.dispatch({
        changes: { ...range, insert: item.insert },
        selection: { anchor: range.from + item.cursor },
        userEvent: 'input.complete',
        annotations: pickedCompletion.of(completion),
      });
    },
  };
}

/** Completions that lead on to further ones, such as a property whose value is an enum. */
export function leadsOn(completion: Completion): boolean {
  return completion.type === 'property';
}
