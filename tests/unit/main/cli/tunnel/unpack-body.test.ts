import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unpackBody } from '../../../../../src/main/cli/tunnel/unpack-body.ts';

const words = 'Press 07 is ready. '.repeat(500);
const textOf = (body: ReturnType<typeof unpackBody>) => (typeof body === 'string' ? body : new TextDecoder().decode(body.bytes));

test.each([
  ['gzip', gzipSync(words)],
  ['x-gzip', gzipSync(words)],
  ['deflate', deflateSync(words)],
  ['deflate', deflateRawSync(words)],
  ['br', brotliCompressSync(words)],
])('%s is unpacked', (encoding, bytes) => {
  const body = unpackBody(bytes, [encoding], false);
  expect(body).toMatchObject({ end: 'whole' });
  expect(textOf(body)).toBe(words);
});

test('Layers are undone from the outermost', () => {
  expect(textOf(unpackBody(gzipSync(brotliCompressSync(words)), ['br', 'gzip'], false))).toBe(words);
});

test.each([
  ['gzip', gzipSync(words)],
  ['deflate', deflateSync(words)],
  ['br', brotliCompressSync(words)],
])('%s that was not kept whole is unpacked as far as it goes', (encoding, bytes) => {
  const body = unpackBody(bytes.subarray(0, bytes.byteLength - 6), [encoding], true);
  expect(body).toMatchObject({ end: 'broken' });
  expect(words.startsWith(textOf(body))).toBe(true);
});

test('No more comes out than the limit', () => {
  expect(unpackBody(gzipSync(new Uint8Array(50_000_000)), ['gzip'], false)).toBe('tooLarge');
  expect(unpackBody(brotliCompressSync(new Uint8Array(5_000_000)), ['br'], false)).toBe('tooLarge');
});

test('What is damaged, or packed in a way that is not known, is said so', () => {
  expect(unpackBody(new TextEncoder().encode('plain text after all'), ['gzip'], false)).toBe('damaged');
  expect(unpackBody(new Uint8Array([1, 2]), ['zstd'], false)).toBe('unsupported');
});
