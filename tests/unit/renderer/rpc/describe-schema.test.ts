import '../../../../src/renderer/features/rpc/texts.ts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonSchema } from '../../../../src/renderer/design/data/json-schema.ts';
import { describeFinding, describeSchema } from '../../../../src/renderer/features/rpc/describe-schema.ts';
import { i18next } from '../../../../src/renderer/i18n/index.ts';

const t = i18next.getFixedT('en', 'rpc');
const words = (type: z.ZodType) => describeSchema(z.toJSONSchema(type, { io: 'input' }) as JsonSchema, t);

describe('a schema in words', () => {
  it.each([
    [z.number().int(), 'whole number'],
    [z.number().int().min(1).max(2_000).default(200), 'whole number, 1 to 2,000, default 200'],
    [z.string().min(1).max(64), 'text, at most 64 characters'],
    [z.string().min(8), 'text, at least 8 characters'],
    [z.enum(['info', 'warn']), 'info, warn'],
    [z.array(z.string()).min(1).max(16), 'list of text, 1 to 16 of them'],
    [z.boolean(), 'true or false'],
    [z.string().nullable(), 'text or null'],
    [z.unknown(), 'any JSON'],
    [z.record(z.string(), z.unknown()), 'object'],
  ])('%# reads %s', (type, expected) => {
    expect(words(type)).toBe(expected);
  });

  it('says what to write instead', () => {
    expect(describeFinding({ rule: 'maximum', pointer: '/lines', limit: 2_000 }, t)).toBe('At most 2,000');
    expect(describeFinding({ rule: 'choice', pointer: '/level', expected: '"info", "warn"' }, t)).toBe('One of "info", "warn"');
  });
});
