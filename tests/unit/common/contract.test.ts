import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { aliases } from '../../../src/common/contract/aliases.ts';
import { changeOf } from '../../../src/common/contract/changing-methods.ts';
import { allMethods, resolveMethod } from '../../../src/common/contract/index.ts';

describe('the contract', () => {
  test.each([...allMethods()])('%s has schemas that others can read, help, and a sample that is valid', (_method, spec) => {
    expect(z.toJSONSchema(spec.params, { io: 'input' })).toMatchObject({ type: 'object', additionalProperties: false });
    expect(() => z.toJSONSchema(spec.result)).not.toThrow();
    expect(spec.help).toMatch(/^[A-Z].*\.$/);
    if (spec.example !== undefined) expect(spec.params.safeParse(spec.example).error).toBeUndefined();
    for (const path of spec.secretParams ?? []) expect(Object.keys(spec.params.shape)).toContain(path.split('.')[0]);
  });

  test('answers the names of the first system, and no name of every object', () => {
    for (const [alias, method] of Object.entries(aliases)) expect(resolveMethod(alias)?.name).toBe(method);
    for (const name of ['toString', '__proto__', 'constructor', 'hasOwnProperty']) expect(resolveMethod(name)).toBeUndefined();
  });

  test('tells by name alone what changes something', () => {
    for (const [method, { effect, quiet }] of allMethods())
      expect([method, changeOf(method)]).toEqual([method, effect === 'read' ? undefined : quiet === true ? 'quiet' : 'told']);
    expect(changeOf('restart_self')).toBe('told');
    for (const name of ['get_system_info', 'toString', 'no.such']) expect(changeOf(name)).toBeUndefined();
  });
});
