import { describe, expect, it } from 'vitest';
import { amountOf, byteUnits, shortCount, timeUnits, worthOf } from '../../../../src/renderer/features/queues/model/amounts.ts';
import { changedOptions, droppedBy, emptyForm, formOf, optionsOf } from '../../../../src/renderer/features/queues/model/options-form.ts';
import { options } from './samples.ts';

describe('an amount', () => {
  it('stands in the largest unit in which it is whole', () => {
    expect(amountOf(604_800_000, timeUnits, 'days')).toEqual({ text: '7', unit: 'days' });
    expect(amountOf(129_600_000, timeUnits, 'days')).toEqual({ text: '36', unit: 'hours' });
    expect(amountOf(1_536, byteUnits, 'GB')).toEqual({ text: '1536', unit: 'B' });
    expect(amountOf(null, byteUnits, 'GB')).toEqual({ text: '', unit: 'GB' });
  });

  it('is nothing when nothing is written, and wrong when it is no number above 0', () => {
    expect(worthOf({ text: ' ', unit: 'days' }, timeUnits)).toBeNull();
    expect(worthOf({ text: '1,000', unit: 'seconds' }, timeUnits)).toBe(1_000_000);
    expect(worthOf({ text: '1.5', unit: 'hours' }, timeUnits)).toBe(5_400_000);
    for (const text of ['0', '-1', 'seven', '9'.repeat(30)]) expect(worthOf({ text, unit: 'days' }, timeUnits)).toBeUndefined();
  });

  it('is short in a narrow column', () => {
    expect([0, 88_121, 2_412_345, 123_000_000, 1_500_000_000].map(shortCount)).toEqual(['0', '88,121', '2.4 M', '123 M', '1.5 G']);
  });
});

describe('the options of a queue as a form', () => {
  it('come back as they were', () => {
    expect(optionsOf(formOf(options))).toEqual({ options });
    expect('options' in optionsOf(emptyForm)).toBe(true);
  });

  it('names the fields that cannot be read', () => {
    const form = { ...formOf(options), maxAge: { text: 'x', unit: 'days' }, maxMessageBytes: { text: '9', unit: 'MB' } };
    expect(optionsOf(form)).toEqual({ wrong: ['maxAge', 'maxMessageBytes'] });
  });

  it('are sent only where they differ', () => {
    expect(changedOptions(options, { ...options, maxMessages: 5, overflow: 'reject' })).toEqual({ maxMessages: 5, overflow: 'reject' });
  });

  it('drop at once what tighter bounds leave out', () => {
    const held = { messages: 100, bytes: 10_000, oldestAgeMs: 60_000 };
    expect(droppedBy({ maxMessages: 40 }, held)).toEqual({ messages: 60 });
    expect(droppedBy({ maxMessages: 400 }, held)).toBeUndefined();
    expect(droppedBy({ maxMessages: null }, held)).toBeUndefined();
    expect(droppedBy({ maxBytes: 5_000 }, held)).toEqual({ messages: undefined });
    expect(droppedBy({ maxAgeMs: 30_000 }, held)).toEqual({ messages: undefined });
    expect(droppedBy({ maxAgeMs: 30_000 }, { ...held, oldestAgeMs: null })).toBeUndefined();
  });
});
