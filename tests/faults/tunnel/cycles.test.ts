import { expect, test } from 'vitest';
import { comeAndGo } from './cycles.ts';

test('of 500 clients that come and leave at any moment, nothing is left', async () => {
  expect(await comeAndGo(500)).toBeLessThan(4 * 1_048_576);
});
