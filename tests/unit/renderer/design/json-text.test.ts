import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosticsOf } from '../../../../src/renderer/design/data/code-editor-lint.ts';
import { jsonCursorAt } from '../../../../src/renderer/design/data/json-cursor.ts';
import { formatPointer, getAt, parsePointer, setAt } from '../../../../src/renderer/design/data/json-pointer.ts';
import { jsonRanges, rangeForPointer } from '../../../../src/renderer/design/data/json-ranges.ts';
import { jsonSyntaxError, parseJsonText } from '../../../../src/renderer/design/data/json-syntax.ts';

/** Splits a text at `|`, which stands for the cursor. */
function cursorIn(marked: string) {
  const position = marked.indexOf('|');
  return jsonCursorAt(marked.replace('|', ''), position);
}

describe('the place under the cursor', () => {
  it.each([
    ['{ | }', 'key', []],
    ['{ "na|', 'key', []],
    ['{ "name": | }', 'value', ['name']],
    ['{ "name": "a|" }', 'value', ['name']],
    ['{ "name" | }', 'none', []],
    ['{ "name": "a" | }', 'none', []],
    ['{ "name": "a", | }', 'key', []],
    ['{ "filter": { "le|" } }', 'key', ['filter']],
    ['{ "topics": ["/stats", |] }', 'value', ['topics', 1]],
    ['{ "topics": [{ "a": 1 }, { "b|" }] }', 'key', ['topics', 1]],
    ['{ "limit": 12|', 'value', ['limit']],
    ['|', 'value', []],
  ] as const)('%s is a %s', (marked, place, path) => {
    const cursor = cursorIn(marked);
    expect({ place: cursor.place, path: cursor.path }).toEqual({ place, path });
  });

  it('covers the whole token with its quotes, and knows what is written of it', () => {
    expect(cursorIn('{ "na|me": 1 }')).toMatchObject({ from: 2, to: 8, inString: true, written: 'na' });
  });

  it('names the other properties of the same object, also those after it', () => {
    expect(cursorIn('{ "a": { "inner": 1 }, "|": 2, "c": [1], "d": 4 }').siblings).toEqual(['a', 'c', 'd']);
  });

  it('takes brackets and commas inside a string for text', () => {
    expect(cursorIn('{ "a": "}],{", "b": |').path).toEqual(['b']);
  });
});

describe('faults of JSON text', () => {
  it.each([
    ['', 'empty', 1, 1],
    ['{ "a": 1', 'unclosed', 1, 8],
    ['{ "a": }', 'expected-value', 1, 8],
    ['{\n  a: 1\n}', 'expected-key', 2, 3],
    ['{ "a" 1 }', 'expected-colon', 1, 7],
    ['{ "a": 1 "b": 2 }', 'expected-comma', 1, 10],
    ['{ "a": 1, }', 'expected-key', 1, 11],
    ['[1, ]', 'expected-value', 1, 5],
    ['[1}', 'expected-comma', 1, 3],
    ['{ "a": "x }', 'open-string', 1, 8],
    ['"\\q"', 'bad-string', 1, 1],
    ['{ "a": yes }', 'bad-word', 1, 8],
    ['{ "a": {{b}} }', 'expected-key', 1, 9],
    ['{} {}', 'extra', 1, 4],
    ['{ "a":', 'unexpected-end', 1, 6],
  ])('%j: %s', (text, fault, line, column) => {
    expect(jsonSyntaxError(text)).toMatchObject({ fault, line, column });
  });

  it('finds none exactly where JSON.parse finds none', () => {
    const written = fc.json().chain((text) => fc.tuple(fc.constant(text), fc.nat(text.length), fc.constantFrom('', ',', '}', '"', ' ')));
    fc.assert(
      fc.property(written, ([text, at, inserted]) => {
        const changed = text.slice(0, at) + inserted + text.slice(at);
        expect(parseJsonText(changed).ok).toBe(isJson(changed));
      }),
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('places of values in a text', () => {
  const text = '{\n  "name": "all",\n  "topics": ["/a", "/b"],\n  "deep": { "x": 1 }\n}';
  const written = (pointer: string) => {
    const { from, to } = rangeForPointer(text, pointer);
    return text.slice(from, to);
  };

  it('finds each value by its pointer', () => {
    expect([written('/name'), written('/topics/1'), written('/deep/x')]).toEqual(['"all"', '"/b"', '1']);
  });

  it('marks the bracket of the object in which a value is missing', () => {
    expect(rangeForPointer(text, '/deep/y')).toEqual({ from: text.indexOf('{ "x"'), to: text.indexOf('{ "x"') + 1 });
  });

  it('has a range for every value of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const pretty = JSON.stringify(value, null, 2);
        for (const [pointer, { from, to }] of jsonRanges(pretty)) {
          expect(JSON.parse(pretty.slice(from, to))).toEqual(getAt(JSON.parse(pretty), parsePointer(pointer)));
        }
      }),
    );
  });

  it('shows a fault of the text alone, else every problem at its value', () => {
    const options = {
      problems: [{ pointer: '/name', message: 'no', severity: 'error' as const }],
      describeFault: (fault: string) => fault,
    };
    expect(diagnosticsOf('{ "name": 1, }', options)).toMatchObject([{ from: 13, to: 14, message: 'expected-key' }]);
    expect(diagnosticsOf('{ "name": 1 }', options)).toMatchObject([{ from: 10, to: 11, message: 'no' }]);
    expect(diagnosticsOf('', options)).toEqual([]);
  });
});

describe('pointers', () => {
  it('read back as they were written, slashes and tildes too', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (path) => {
        expect(parsePointer(formatPointer(path))).toEqual(path);
      }),
    );
  });

  it('find own properties only', () => {
    expect(getAt({}, ['constructor'])).toBeUndefined();
    expect(getAt({ list: [1, 2] }, ['list', '1'])).toBe(2);
  });

  it('set without changing the original', () => {
    const before = { a: { b: 1 }, c: [1, 2, 3] };
    expect(setAt(before, ['a', 'b'], 2)).toEqual({ a: { b: 2 }, c: [1, 2, 3] });
    expect(setAt(before, ['c', 1], undefined)).toEqual({ a: { b: 1 }, c: [1, 3] });
    expect(setAt(before, ['a'], undefined)).toEqual({ c: [1, 2, 3] });
    expect(setAt(undefined, ['x', 0, 'y'], true)).toEqual({ x: [{ y: true }] });
    expect(before).toEqual({ a: { b: 1 }, c: [1, 2, 3] });
  });
});
