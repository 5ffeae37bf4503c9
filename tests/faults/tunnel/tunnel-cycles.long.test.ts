import { expect, test } from 'vitest';
import { comeAndGo } from './cycles.ts';

test('of 10,000 clients that come and leave at any moment, nothing is left', async () => {
  const grownBytes = await comeAndGo(10_000);
  console.log(`heap of the gateway: ${(grownBytes / 1_024).toFixed(0)} KiB more`);
  expect(grownBytes).toBeLessThan(4 * 1_048_576);
});
