import { expect, test } from 'vitest';
import { signInAndOut } from './agent-cycles.ts';
import { comeAndGo } from './cycles.ts';

test('of 10,000 clients that come and leave at any moment, nothing is left', async () => {
  const grownBytes = await comeAndGo(10_000);
  console.log(`heap of the gateway: ${(grownBytes / 1_024).toFixed(0)} KiB more`);
  expect(grownBytes).toBeLessThan(4 * 1_048_576);
});

// The gateway lets fifty sign in a second.
test('of 10,000 agents that sign in and leave in every way, nothing is left', async () => {
  const { grownBytes, signedIn, nonces } = await signInAndOut(10_000);
  console.log(`${signedIn} signed in; heap of the gateway: ${(grownBytes / 1_024).toFixed(0)} KiB more, with ${nonces} nonces`);
  expect(grownBytes).toBeLessThan(4 * 1_048_576);
});
