import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import { compileFilter, filterLimits } from '../../../../../../src/main/node/broker/filter/index.ts';
import type { QueueMessage } from '../../../../../../src/main/node/broker/machine/index.ts';

const message: QueueMessage = {
  sequence: 12,
  timeMs: Date.parse('2026-01-31T12:00:00Z'),
  clientId: 'C-ABC12',
  key: '42',
  headers: { source: 'PLC', 'content-type': 'text/plain' },
  encoding: 'json',
  data: Buffer.from('{"line":7,"note":"Überlast and more","items":[{"id":"a"},5],"ok":true,"none":null,"a b":1}'),
};
const passes = (filter: string, some: Partial<QueueMessage> = {}): boolean => compileFilter(filter)({ ...message, ...some });
const positionOf = (filter: string): unknown => {
  try {
    compileFilter(filter);
  } catch (error) {
    if (error instanceof SignalboxError && error.code === 'INVALID_PARAMS') return (error.data as { position: number }).position;
    throw error;
  }
  return 'accepted';
};

describe('a filter', () => {
  it.each([
    '',
    '   ',
    'überlast',
    'plc 42',
    '"and more"',
    'value.line == 7',
    'value.line==7',
    'value.line >= 7 and value.line < 8',
    'value.items[0].id == "a"',
    'value.items contains 5',
    'value["a b"] == 1',
    'value.note contains "last"',
    'value.note startsWith "Über"',
    'value.ok == true value.none == null',
    'value.missing != 1',
    'not value.missing',
    'value.none',
    'key == "42"',
    'key',
    'headers.source != "a"',
    'headers.content-type == "text/plain"',
    'headers["content-type"]',
    'client == "C-ABC12"',
    'size > 10 sequence == 12',
    'time == "2026-01-31T12:00:00Z"',
    'time < 1e15',
    'value.line == 8 or (overload or überlast) and not nothing',
    'not (a1b2 or not plc)',
    'line',
    '"not" or note',
  ])('%s lets it pass', (filter) => {
    expect(passes(filter)).toBe(true);
  });

  it.each([
    'absent',
    'plc absent',
    'value.line == "7"',
    'value.line == 8',
    'value.line > "6"',
    'value.items[2]',
    'value.toString',
    'value.constructor.name',
    'headers.line',
    'key == 42',
    'not key',
    'value.line == 7 and value.ok == false',
    'value.line == 8 or value.ok == false and value.line == 7',
  ])('%s does not', (filter) => {
    expect(passes(filter)).toBe(false);
  });

  it('searches bytes as text where they are text, and knows no values in them', () => {
    expect(passes('hello', { encoding: 'bytes', data: Buffer.from('Hello') })).toBe(true);
    expect(passes('hello', { encoding: 'bytes', data: Buffer.from([255, 254]) })).toBe(false);
    expect(passes('value.line', { encoding: 'bytes' })).toBe(false);
  });

  it.each([
    ['value.line ==', 13],
    ['value.line == seven', 14],
    ['value.line == == 7', 14],
    ['"open', 0],
    ['(a or b', 0],
    ['a) b', 1],
    ['a or', 4],
    ['and a', 0],
    ['line == 7', 5],
    ['a = b', 2],
    ['time > "soon"', 7],
    ['"\\q"', 0],
    ['x'.repeat(filterLimits.characters + 1), filterLimits.characters],
    [`${'('.repeat(20)}a${')'.repeat(20)}`, 17],
    ['a '.repeat(65), 128],
  ])('%s is refused at character %s', (filter, position) => {
    expect(positionOf(filter)).toBe(position);
  });

  it('of any text is accepted or refused with a position', () => {
    const part = fc.constantFrom(
      'value',
      '.',
      'a',
      '[0]',
      '["',
      '"',
      '\\',
      '==',
      '!',
      '<',
      '(',
      ')',
      ' ',
      'not',
      'or',
      'and',
      '7',
      '-',
      'key',
      'é',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const position = positionOf(parts.join(''));
        if (position === 'accepted') expect(typeof passes(parts.join(''))).toBe('boolean');
        else expect(position).toBeLessThanOrEqual(parts.join('').length);
      }),
      { numRuns: 2_000 },
    );
  });
});
