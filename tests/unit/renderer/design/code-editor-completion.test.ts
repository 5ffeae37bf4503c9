import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { type CompletionOptions, schemaCompletion, suggestionsAt } from '../../../../src/renderer/design/data/code-editor-completion.ts';
import type { JsonSchema } from '../../../../src/renderer/design/data/json-schema.ts';

const schema: JsonSchema = {
  type: 'object',
  properties: {
    lines: { type: 'integer', default: 200 },
    name: { type: 'string', description: 'A log' },
    level: { type: 'string', enum: ['info', 'warn'] },
    live: { type: 'boolean' },
    topics: { type: 'array', items: { enum: ['/stats', '/metrics'] } },
    either: { anyOf: [{ type: 'null' }, { type: 'object', properties: { x: { type: 'number' } } }] },
  },
  required: ['name'],
  additionalProperties: false,
};

const options: CompletionOptions = {
  schema,
  variables: ['site', 'secret'],
  describeType: (part) => String(part.type ?? 'any'),
  requiredLabel: 'required',
};

/** What is offered at `|`. */
function offered(marked: string) {
  return suggestionsAt(marked.replace('|', ''), marked.indexOf('|'), options);
}

/** The text after the suggestion of that label was taken, with `|` where the cursor is. */
function taken(marked: string, label: string): string {
  const found = offered(marked);
  const item = found?.items.find((known) => known.label === label);
  if (found === undefined || item === undefined) throw new Error(`${label} is not offered`);
  const text = marked.replace('|', '');
  const inserted = `${item.insert.slice(0, item.cursor)}|${item.insert.slice(item.cursor)}`;
  return text.slice(0, found.from) + inserted + text.slice(found.to);
}

const labels = (marked: string) => offered(marked)?.items.map((item) => item.label);

describe('completion from a schema', () => {
  it('offers the names that are not there yet, required ones first', () => {
    expect(labels('{ "level": "info", | }')).toEqual(['name', 'lines', 'live', 'topics', 'either']);
    expect(offered('{ | }')?.items[0]).toMatchObject({ label: 'name', detail: 'string, required', info: 'A log', required: true });
  });

  it('writes a name with its colon and the stub of its value', () => {
    expect(taken('{ "na|', 'name')).toBe('{ "name": "|"');
    expect(taken('{ | }', 'topics')).toBe('{ "topics": [|] }');
    expect(taken('{ |"name": "all" }', 'lines')).toBe('{ "lines": |,"name": "all" }');
    expect(taken('{ "na|": 1 }', 'name')).toBe('{ "name"|: 1 }');
  });

  it('offers the values of an enum, a boolean and a default', () => {
    expect(labels('{ "level": | }')).toEqual(['info', 'warn']);
    expect(labels('{ "live": | }')).toEqual(['true', 'false']);
    expect(labels('{ "lines": | }')).toEqual(['200']);
    expect(labels('{ "topics": ["/stats", |] }')).toEqual(['/stats', '/metrics']);
    expect(taken('{ "level": "wa|" }', 'warn')).toBe('{ "level": "warn"| }');
  });

  it('looks into every alternative', () => {
    expect(labels('{ "either": | }')).toEqual(['null']);
    expect(labels('{ "either": { | } }')).toEqual(['x']);
  });

  it('offers nothing where a comma or free text belongs', () => {
    expect(offered('{ "name": "a" | }')).toBeUndefined();
    expect(offered('{ "name": "a|" }')).toBeUndefined();
    expect(offered('{ "unknown": | }')).toBeUndefined();
  });

  it('offers variables after two braces in a string', () => {
    expect(labels('{ "name": "{{|" }')).toEqual(['site', 'secret']);
    expect(taken('{ "name": "{{si|" }', 'site')).toBe('{ "name": "{{site}}|" }');
    expect(taken('{ "name": "{{si|}}" }', 'site')).toBe('{ "name": "{{site|}}" }');
  });
});

describe('the completion source of the editor', () => {
  const ask = (marked: string, explicit: boolean) => {
    const state = EditorState.create({ doc: marked.replace('|', '') });
    return schemaCompletion(() => options)(new CompletionContext(state, marked.indexOf('|'), explicit));
  };

  it('offers names when they are asked for or begun, so that Enter after a brace is a new line', () => {
    expect(ask('{ | }', false)).toBeNull();
    expect(ask('{ | }', true)?.options).toHaveLength(6);
    expect(ask('{ "|" }', false)?.from).toBe(3);
  });

  it('offers values at once', () => {
    expect(ask('{ "level": | }', false)?.options.map((option) => option.label)).toEqual(['info', 'warn']);
  });
});
