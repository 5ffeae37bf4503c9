import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../../../src/common/bytes.ts';
import { headersOf, jsonOf } from '../../../../src/renderer/features/queues/model/draft.ts';
import { contentOf, messageRow } from '../../../../src/renderer/features/queues/model/message.ts';
import { seekEffect } from '../../../../src/renderer/features/queues/model/seek.ts';
import {
  browseFrom,
  directionOf,
  parseSequence,
  parseTime,
  startOf,
  startText,
} from '../../../../src/renderer/features/queues/model/start.ts';
import { faultPosition } from '../../../../src/renderer/features/shared/fault-position.ts';
import { message } from './samples.ts';

describe('where one begins to look', () => {
  it('is read from the address and written back the same', () => {
    for (const text of ['latest', 'first', '88119', '@1763719200000']) expect(startText(startOf(text))).toBe(text);
    expect(startOf('#88119')).toEqual({ kind: 'sequence', sequence: 88_119 });
    expect(startOf('javascript:alert(1)')).toEqual({ kind: 'latest' });
  });

  it('goes back from the newest, and forward from anywhere else', () => {
    expect(directionOf({ kind: 'latest' })).toBe('backward');
    expect(directionOf({ kind: 'time', atMs: 5 })).toBe('forward');
    expect(browseFrom({ kind: 'time', atMs: 5 })).toEqual({ at: 5 });
    expect(browseFrom({ kind: 'sequence', sequence: 5 })).toEqual({ sequence: 5 });
  });

  it('takes numbers and times as people write them', () => {
    expect(parseSequence(' #88,119 ')).toBe(88_119);
    expect(parseSequence('-3')).toBeUndefined();
    const now = new Date(2026, 10, 21, 15, 0).getTime();
    expect(parseTime('12:01', now)).toBe(new Date(2026, 10, 21, 12, 1).getTime());
    expect(parseTime('12:01:30', now)).toBe(new Date(2026, 10, 21, 12, 1, 30).getTime());
    expect(parseTime('2026-11-20 08:30', now)).toBe(new Date(2026, 10, 20, 8, 30).getTime());
    expect(parseTime('2026-11-20', now)).toBe(new Date(2026, 10, 20).getTime());
    expect(parseTime('2026-11-20T08:30:00Z', now)).toBe(Date.UTC(2026, 10, 20, 8, 30));
    expect(parseTime('25:00', now)).toBeUndefined();
    expect(parseTime('soon', now)).toBeUndefined();
  });
});

describe('a message', () => {
  it('is one line in a row, whatever it holds', () => {
    expect(messageRow(message()).preview).toBe('{"line":7}');
    expect(messageRow(message({ encoding: 'base64', data: btoa('a\u0000\nb') })).preview).toBe('a·b');
    expect(messageRow(message({ cut: true, data: '{"rows":[1,' })).preview).toBe('{"rows":[1,');
    expect(messageRow(message({ data: 'x'.repeat(1_000) })).preview).toHaveLength(256);
  });

  it('is shown as JSON only when all of it is here', () => {
    expect(contentOf(message()).json).toEqual({ value: { line: 7 } });
    expect(contentOf(message({ cut: true, data: '{"rows":[1,' })).json).toBeUndefined();
    expect(contentOf(message({ encoding: 'base64', data: btoa('hi') })).text).toBe('hi');
    expect(contentOf(message({ data: 'plain' })).text).toBe('plain');
    expect([...contentOf(message({ encoding: 'base64', data: btoa('\u00ff') })).bytes]).toEqual([255]);
  });

  it('survives base64 that is none', () => {
    expect([...bytesOf('%%%%')]).toEqual([]);
    expect([...bytesOf('AQID/w')]).toEqual([1, 2, 3]);
  });

  it('says where the fault of a filter is when the node does', () => {
    expect(faultPosition({ position: 11 })).toBe(11);
    expect(faultPosition({ issues: [{ path: 'filter', message: 'no', position: 3 }] })).toBe(3);
    expect(faultPosition({ issues: [] })).toBeUndefined();
    expect(faultPosition(null)).toBeUndefined();
  });
});

describe('moving a position', () => {
  const held = { firstSequence: 101, lastSequence: 200 };

  it('repeats what lies before and skips what lies behind', () => {
    expect(seekEffect(held, 180, 150)).toEqual({ again: 30, skipped: 0 });
    expect(seekEffect(held, 150, 180)).toEqual({ again: 0, skipped: 30 });
    expect(seekEffect(held, 150, 150)).toEqual({ again: 0, skipped: 0 });
  });

  it('counts only what the queue still holds', () => {
    expect(seekEffect(held, 180, 0)).toEqual({ again: 80, skipped: 0 });
    expect(seekEffect(held, 5, 110)).toEqual({ again: 0, skipped: 10 });
    expect(seekEffect(held, 200, 9_999)).toEqual({ again: 0, skipped: 0 });
  });
});

describe('a message that is written', () => {
  it('has headers of name and value, one a line', () => {
    expect(headersOf('trace: 7f3a\n\nurl: http://x:1')).toEqual({ headers: { trace: '7f3a', url: 'http://x:1' } });
    expect(headersOf('trace: 7f3a\nno header')).toEqual({ wrongLine: 2 });
    expect(headersOf(`${'n'.repeat(200)}: x`)).toEqual({ wrongLine: 1 });
    const read = headersOf('__proto__: x');
    expect('headers' in read && Object.hasOwn(read.headers, '__proto__')).toBe(true);
  });

  it('is JSON or says why not', () => {
    expect(jsonOf('[1]')).toEqual({ value: [1] });
    expect(jsonOf('{')).toHaveProperty('problem');
  });
});
