/** Those who appear in the tests of trust: fixed keys, one cluster, one clock. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import { KnownKeys, type SecretStore, signerFromSeed } from '../../../../../src/main/node/identity/index.ts';
import { encodeGenesis } from '../../../../../src/main/node/trust/membership/index.ts';

export const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const person = (byte: number) => signerFromSeed(seedOf(byte));

export const alice = person(1);
export const bob = person(2);
export const admin = person(3);
export const secondAdmin = person(4);
export const recovery = person(5);
export const mallory = person(6);
export const carol = person(7);

export const clusterId = new Uint8Array(createHash('sha256').update('test-cluster-genesis').digest());
export const otherCluster = new Uint8Array(createHash('sha256').update('another').digest());
/** 2024-11-21, the time of the golden vectors. */
export const startMs = 1_732_147_200_000;
export const keys = new KnownKeys();
/** The founding of the cluster `North yard`. */
export const genesis = encodeGenesis({
  nonce: new Uint8Array(32).fill(1),
  createdMs: startMs,
  firstAdmin: admin.publicKey,
  recoveryKey: recovery.publicKey,
  name: 'North yard',
});

export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
export const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'utf8'));
export const refusedAs = (...codes: readonly string[]) =>
  expect.toSatisfy((error: unknown) => codes.includes((error as { code?: string }).code ?? ''), `is refused as ${codes.join(' or ')}`);
export const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

/** The same bytes with one bit turned. */
export function withBitTurned(bytes: Uint8Array, bit: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

/** Wraps in a way that a test can see. */
export const secrets: SecretStore = {
  name: 'test',
  encrypt: (plain) => Promise.resolve(plain.map((byte) => byte ^ 0x5a)),
  decrypt: (wrapped) => Promise.resolve(Uint8Array.from(wrapped, (byte) => byte ^ 0x5a)),
};
