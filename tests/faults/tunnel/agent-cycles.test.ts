import { expect, test } from 'vitest';
import { signInAndOut } from './agent-cycles.ts';

test('of 300 agents that sign in and leave in every way, nothing is left', async () => {
  const { grownBytes, signedIn } = await signInAndOut(300);
  expect(signedIn).toBeGreaterThanOrEqual(150);
  expect(grownBytes).toBeLessThan(4 * 1_048_576);
});
