import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../../../src/common/contract/logs.ts';
import { fieldsText, filterLines, keptLines, LogTail, toNdjson } from '../../../../src/renderer/features/shared/logs/log-tail.ts';

function line(timestamp: number, part: Partial<LogEntry> = {}): LogEntry {
  return { timestamp, level: 'info', log: 'http', event: 'http.listening', message: `line ${timestamp}`, fields: {}, ...part };
}

const times = (tail: LogTail) => tail.snapshot().map(({ timestamp }) => timestamp);

describe('a log tail', () => {
  test('joins the last lines with those that came live meanwhile, none twice', () => {
    const tail = new LogTail();
    tail.push(line(3));
    tail.push(line(4));
    tail.begin([line(1), line(2), line(3)]);
    expect(times(tail)).toEqual([1, 2, 3, 4]);
  });

  test('keeps a bounded number of lines and counts those that went', () => {
    const tail = new LogTail();
    for (let time = 1; time <= keptLines + 1; time++) tail.push(line(time));
    expect(tail.snapshot()).toHaveLength(keptLines + 1 - keptLines / 10);
    expect(tail.gone).toBe(keptLines / 10);
    expect(times(tail)[0]).toBe(keptLines / 10 + 1);
  });

  test('never gives two lines one id', () => {
    const tail = new LogTail();
    tail.begin([line(1), line(1)]);
    tail.push(line(1));
    expect(new Set(tail.snapshot().map(({ id }) => id)).size).toBe(3);
  });

  test('counts what was not sent live', () => {
    const tail = new LogTail();
    tail.push(line(1), 12);
    expect(tail.missed).toBe(12);
  });

  test('is a picture of a moment: what comes later does not change it', () => {
    const tail = new LogTail();
    tail.push(line(1));
    const before = tail.snapshot();
    tail.push(line(2));
    expect(before).toHaveLength(1);
  });
});

describe('the filter of lines', () => {
  const tail = new LogTail();
  tail.push(line(1, { level: 'debug', message: 'A frame came' }));
  tail.push(line(2, { level: 'warn', message: 'A client reads too slowly', fields: { client: 'ws-7' } }));
  tail.push(line(3, { level: 'error', log: 'store', message: 'The disk is full' }));
  const found = (...filter: [Parameters<typeof filterLines>[1], string]) =>
    filterLines(tail.snapshot(), ...filter).map(({ timestamp }) => timestamp);

  test('takes a level and above', () => {
    expect(found('warn', '')).toEqual([2, 3]);
  });

  test('wants every word, in message, log, event or fields', () => {
    expect(found('trace', 'slowly ws-7')).toEqual([2]);
    expect(found('trace', 'STORE')).toEqual([3]);
    expect(found('error', 'slowly')).toEqual([]);
  });
});

test('fields are short text, and a download has one JSON a line', () => {
  expect(fieldsText(line(1, { fields: { host: '127.0.0.1', port: 7_420 } }))).toBe('host 127.0.0.1 port 7420');
  expect(
    toNdjson([line(1), line(2)])
      .split('\n')
      .filter(Boolean)
      .map((text) => JSON.parse(text).timestamp),
  ).toEqual([1, 2]);
});
