import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import vectors from '../../../../../src/main/node/trust/golden-vectors.json' with { type: 'json' };
import { checkGoldenVectors, computeVectors } from '../../../../../src/main/node/trust/golden-vectors.ts';

test('this runtime computes the golden vectors', async () => {
  expect(await checkGoldenVectors()).toBe(29);
  const { names, envelope, sealed, membership, session, join } = vectors;
  expect(await computeVectors()).toEqual(
    Object.fromEntries(
      Object.entries({ names, envelope, sealed, membership, session, join }).map(([group, { expected }]) => [group, expected]),
    ),
  );
});

test('names of digests in them are what they say', () => {
  const { operation, hash, genesis, clusterId } = vectors.membership.expected;
  expect(createHash('sha256').update(Buffer.from(operation, 'hex')).digest('hex')).toBe(hash);
  expect(createHash('sha256').update(Buffer.from(genesis, 'hex')).digest('hex')).toBe(clusterId);
});
