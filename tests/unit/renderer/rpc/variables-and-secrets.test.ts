import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../../src/renderer/design/data/json-schema.ts';
import type { Variable } from '../../../../src/renderer/features/rpc/model/kept-items.ts';
import { withoutSecrets } from '../../../../src/renderer/features/rpc/model/secrets.ts';
import { resolveVariables, unresolvedIn, variablesIn } from '../../../../src/renderer/features/rpc/model/variables.ts';

const variables: readonly Variable[] = [
  { name: 'site', value: 'press-07', secret: false },
  { name: 'many', value: '20', secret: false },
  { name: 'text', value: 'not a number', secret: false },
];

const schema: JsonSchema = {
  type: 'object',
  properties: { lines: { type: 'integer' }, name: { type: 'string' }, any: {}, list: { type: 'array', items: { type: 'number' } } },
};

describe('variables', () => {
  it('are named once each, in order', () => {
    expect(variablesIn('{"a":"{{x}} {{ y.z }}","b":"{{x}}"}')).toEqual(['x', 'y.z']);
    expect(unresolvedIn('{"a":"{{site}}{{nope}}"}', variables)).toEqual(['nope']);
  });

  it('take the type that the schema asks for, and stay text inside text', () => {
    expect(resolveVariables({ lines: '{{many}}', name: '{{many}}', any: '{{many}}', list: ['{{ many }}'] }, variables, schema)).toEqual({
      lines: 20,
      name: '20',
      any: '20',
      list: [20],
    });
    expect(resolveVariables({ name: 'at {{site}}/{{many}}' }, variables, schema)).toEqual({ name: 'at press-07/20' });
  });

  it('stay as written when they have no value or no such type', () => {
    expect(resolveVariables({ name: '{{nope}}', lines: '{{text}}' }, variables, schema)).toEqual({
      name: '{{nope}}',
      lines: 'not a number',
    });
  });
});

describe('secrets', () => {
  it('are left out of what is kept, and everything else stays', () => {
    expect(withoutSecrets('{"username":"bea","passwordSha256":"abc"}', ['passwordSha256'])).toBe('{\n  "username": "bea"\n}');
    expect(withoutSecrets('{"user":{"password":"abc","name":"bea"}}', ['user.password'])).toBe(
      JSON.stringify({ user: { name: 'bea' } }, null, 2),
    );
  });

  it('leave a text without secrets exactly as it is written', () => {
    const text = '{ "username" : "bea" }';
    expect(withoutSecrets(text, ['passwordSha256'])).toBe(text);
    expect(withoutSecrets('{ half', [])).toBe('{ half');
  });

  it('may be references to variables, which hold no secret themselves', () => {
    const text = '{"passwordSha256":"{{hash}}"}';
    expect(withoutSecrets(text, ['passwordSha256'])).toBe(text);
    expect(withoutSecrets('{"passwordSha256":"{{a}}tail"}', ['passwordSha256'])).toBe('{}');
  });

  it('cannot be told from the rest of a text that is not JSON, so nothing of it is kept', () => {
    expect(withoutSecrets('{"passwordSha256":"ab', ['passwordSha256'])).toBeUndefined();
  });
});
