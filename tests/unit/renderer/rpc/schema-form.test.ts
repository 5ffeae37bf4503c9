import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { allMethods } from '../../../../src/common/contract/index.ts';
import type { JsonSchema } from '../../../../src/renderer/design/data/json-schema.ts';
import { checkAgainstSchema } from '../../../../src/renderer/features/rpc/model/schema-check.ts';
import { emptyValue, formFieldOf, startingText, variantOf } from '../../../../src/renderer/features/rpc/model/schema-form.ts';

const schemaOf = (type: z.ZodType) => z.toJSONSchema(type, { io: 'input' }) as JsonSchema;

describe('the form of a schema', () => {
  it('has a control for each kind of value', () => {
    const field = formFieldOf(
      schemaOf(
        z.strictObject({
          name: z.string(),
          lines: z.number().int().default(200),
          ratio: z.number().optional(),
          live: z.boolean(),
          level: z.enum(['info', 'warn']),
          topics: z.array(z.string()),
          inner: z.strictObject({ x: z.number() }),
          data: z.unknown(),
          values: z.record(z.string(), z.unknown()),
          either: z.union([z.string(), z.strictObject({ node: z.string() })]),
          maybe: z.literal(5).nullable(),
          note: z.string().nullable(),
        }),
      ),
    );
    expect(field.kind).toBe('group');
    const kinds = field.kind === 'group' ? field.members.map((member) => [member.name, member.field.kind, member.required]) : [];
    expect(kinds).toEqual([
      ['name', 'text', true],
      ['lines', 'number', false],
      ['ratio', 'number', false],
      ['live', 'boolean', true],
      ['level', 'choice', true],
      ['topics', 'list', true],
      ['inner', 'group', true],
      ['data', 'json', true],
      ['values', 'json', true],
      ['either', 'variants', true],
      ['maybe', 'variants', true],
      ['note', 'variants', true],
    ]);
  });

  it('is a group of known controls for every method of the contract', () => {
    for (const [method, spec] of allMethods()) expect([method, formFieldOf(schemaOf(spec.params)).kind]).toEqual([method, 'group']);
  });

  it('finds the variant that a value belongs to', () => {
    const field = formFieldOf(schemaOf(z.union([z.string(), z.strictObject({ node: z.string() }), z.null()])));
    const variants = field.kind === 'variants' ? field.variants : [];
    expect([variantOf(variants, 'x'), variantOf(variants, { node: 'a' }), variantOf(variants, null), variantOf(variants, 7)]).toEqual([
      0, 1, 2, 0,
    ]);
  });

  it('begins with the example, else with what is required', () => {
    const schema = schemaOf(z.strictObject({ name: z.string(), role: z.enum(['viewer', 'admin']), note: z.string().optional() }));
    expect(JSON.parse(startingText(schema, { name: 'bea' }))).toEqual({ name: 'bea' });
    expect(JSON.parse(startingText(schema, null))).toEqual({ name: '', role: 'viewer' });
    expect(emptyValue(formFieldOf(schemaOf(z.array(z.string()))))).toEqual([]);
  });
});

describe('the check before sending', () => {
  const schema = schemaOf(
    z.strictObject({
      name: z.string().min(1).max(5),
      lines: z.number().int().min(1).max(10).optional(),
      level: z.enum(['info', 'warn']).optional(),
      topics: z.array(z.string()).max(1).optional(),
      target: z.union([z.strictObject({ node: z.string() }), z.strictObject({ all: z.literal(true) })]).optional(),
    }),
  );
  const found = (value: unknown) => checkAgainstSchema(value, schema).map(({ rule, pointer }) => `${rule} ${pointer}`);

  it.each([
    [{ name: 'all' }, []],
    [{}, ['required /name']],
    [{ name: '' }, ['required /name']],
    [{ name: 'too long' }, ['longest /name']],
    [{ name: 'a', lines: 99 }, ['maximum /lines']],
    [{ name: 'a', lines: 1.5 }, ['type /lines']],
    [{ name: 'a', level: 'loud' }, ['choice /level']],
    [{ name: 'a', topics: ['x', 5] }, ['most /topics', 'type /topics/1']],
    [{ name: 'a', extra: 1 }, ['unknown /extra']],
    [{ name: 'a', target: { node: 5 } }, ['type /target/node']],
    [{ name: 'a', target: { all: true } }, []],
    [[], ['type ']],
  ])('%j: %j', (value, expected) => {
    expect(found(value)).toEqual(expected);
  });

  it('says nothing of a value that a variable will bring', () => {
    expect(found({ name: '{{site}} and more', lines: '{{many}}' })).toEqual([]);
  });

  it('accepts the example of every method', () => {
    for (const [method, spec] of allMethods()) {
      if (spec.example !== undefined) expect([method, checkAgainstSchema(spec.example, schemaOf(spec.params))]).toEqual([method, []]);
    }
  });
});
