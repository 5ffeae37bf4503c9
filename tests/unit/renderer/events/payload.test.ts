import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexLine, hexLineCount } from '../../../../src/common/hex.ts';
import { clockOf } from '../../../../src/renderer/features/events/model/clock.ts';
import { diffValues } from '../../../../src/renderer/features/events/model/diff.ts';
import { parsePayload, payloadText } from '../../../../src/renderer/features/events/model/payload-text.ts';
import { numberIn } from '../../../../src/renderer/features/events/model/series.ts';
import { jsonLines, numericPointers, pointerLabel, valueAt } from '../../../../src/renderer/features/shared/payload/json-lines.ts';
import { wrapText } from '../../../../src/renderer/features/shared/payload/text-lines.ts';

describe('JSON by lines', () => {
  it('is what JSON.stringify writes, for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const lines = jsonLines(value);
        expect(lines.map(({ text }) => text).join('\n')).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it('knows the value that begins on each line', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const { text, pointer } of jsonLines(value)) {
          if (pointer === undefined) expect(text.trim()).toMatch(/^[\]}],?$/);
          else expect(JSON.stringify(value)).toContain(JSON.stringify(valueAt(value, pointer)));
        }
      }),
    );
  });

  it('stops after so many characters', () => {
    const many = jsonLines(
      Array.from({ length: 10_000 }, (_, index) => index),
      100,
    );
    expect(many.length).toBeGreaterThan(5);
    expect(many.length).toBeLessThan(30);
  });

  it('names fields as people do, and finds the numbers', () => {
    const value = { system: { cpu: { percent: 12 } }, 'a/b': [{ x: 1 }, 'no'] };
    const pointers = numericPointers(value, 10);
    expect(pointers).toEqual(['/system/cpu/percent', '/a~1b/0/x']);
    expect(pointers.map(pointerLabel)).toEqual(['system.cpu.percent', 'a/b.0.x']);
    expect(numericPointers(value, 1)).toHaveLength(1);
    expect([numberIn('{"c":1.5}', '/c'), numberIn('{"c":"x"}', '/c'), numberIn('{"c":', '/c'), numberIn('42', '')]).toEqual([
      1.5,
      null,
      null,
      42,
    ]);
  });
});

describe('the difference of two payloads', () => {
  it('is nothing for equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(diffValues(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  it('names what was added, removed and changed, however deep', () => {
    const before = { c: 80.9, set: 80, deep: { list: [1, 2], gone: true } };
    const after = { c: 81.4, set: 80, deep: { list: [1, 3, 4] }, at: 'now' };
    expect(diffValues(before, after)).toEqual([
      { pointer: '/c', kind: 'changed', before: 80.9, after: 81.4 },
      { pointer: '/deep/list/1', kind: 'changed', before: 2, after: 3 },
      { pointer: '/deep/list/2', kind: 'added', before: undefined, after: 4 },
      { pointer: '/deep/gone', kind: 'removed', before: true, after: undefined },
      { pointer: '/at', kind: 'added', before: undefined, after: 'now' },
    ]);
    expect(diffValues({ a: 1 }, [1])).toEqual([{ pointer: '', kind: 'changed', before: { a: 1 }, after: [1] }]);
  });
});

describe('bytes and text', () => {
  it('dumps bytes with offset and letters, the last line padded', () => {
    const bytes = new TextEncoder().encode('{"c":81.4}é');
    expect(hexLineCount(bytes)).toBe(2);
    expect([hexLine(bytes, 0), hexLine(bytes, 1)]).toEqual([
      '000000  7b 22 63 22 3a 38 31 2e  {"c":81.',
      '000008  34 7d c3 a9              4}..',
    ]);
  });

  it('cuts text into lines that together are the text', () => {
    expect(wrapText('abcdefg\n\nh', 3)).toEqual(['abc', 'def', 'g', '', 'h']);
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), (text, columns) => {
        expect(wrapText(text, columns).join('')).toBe(text.replaceAll('\n', ''));
      }),
    );
  });

  it('reads what a person wrote', () => {
    expect(parsePayload('')).toEqual({ value: null, problem: undefined });
    expect(parsePayload('{"a":1}').value).toEqual({ a: 1 });
    expect(parsePayload('{"a":1').problem).toMatch(/JSON/);
    expect([payloadText('plain'), payloadText({ a: 1 }), payloadText(undefined)]).toEqual(['plain', '{"a":1}', 'null']);
  });

  it('writes a time with milliseconds', () => {
    expect(clockOf(new Date(2026, 10, 21, 9, 5, 3, 7).getTime())).toBe('09:05:03.007');
  });
});
