import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unpack } from '../../../../src/renderer/features/tunnels/model/unpack.ts';

const words = 'Press 07 is ready. '.repeat(5_000);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
/** Text that hardly shrinks, so that a part of what is packed holds a part of it. */
const rows = Array.from({ length: 5_000 }, (_, index) => `${index} ${(index * 2_654_435_761) % 4_294_967_296}`).join('\n');

/** Whether the platform of the test has Brotli streams: browsers differ. */
const hasBrotli = (() => {
  try {
    return new DecompressionStream('brotli' as CompressionFormat) !== undefined;
  } catch {
    return false;
  }
})();

test.each([
  ['gzip', gzipSync(words)],
  ['x-gzip', gzipSync(words)],
  ['deflate', deflateSync(words)],
  ['deflate', deflateRawSync(words)],
])('%s is unpacked whole', async (encoding, bytes) => {
  const body = await unpack(bytes, [encoding]);
  expect(body).toMatchObject({ end: 'whole' });
  expect(typeof body === 'string' ? body : textOf(body.bytes)).toBe(words);
});

test('br is unpacked where the browser has it, and said to be unknown where not', async () => {
  const body = await unpack(brotliCompressSync(words), ['br']);
  if (hasBrotli) expect(typeof body === 'string' ? body : textOf(body.bytes)).toBe(words);
  else expect(body).toBe('unsupported');
});

test('Layers are undone from the outermost', async () => {
  const body = await unpack(gzipSync(deflateSync(words)), ['deflate', 'gzip']);
  expect(typeof body === 'string' ? body : textOf(body.bytes)).toBe(words);
});

test('No more comes out than the limit, however small the body is', async () => {
  const bomb = gzipSync(new Uint8Array(50_000_000));
  expect(bomb.byteLength).toBeLessThan(60_000);
  expect(await unpack(bomb, ['gzip'])).toMatchObject({ end: 'limit', bytes: { byteLength: 1_048_576 } });
  expect(await unpack(gzipSync('0123456789'), ['gzip'], 4)).toEqual({ end: 'limit', bytes: new TextEncoder().encode('0123') });
  expect(await unpack(gzipSync('0123456789'), ['gzip'], 10)).toMatchObject({ end: 'whole' });
});

test('What comes before a missing or damaged piece is shown', async () => {
  const whole = gzipSync(rows);
  const cut = await unpack(whole.subarray(0, whole.byteLength / 2), ['gzip']);
  expect(cut).toMatchObject({ end: 'broken' });
  const text = typeof cut === 'string' ? cut : textOf(cut.bytes);
  expect(text.length).toBeGreaterThan(10_000);
  expect(rows.startsWith(text)).toBe(true);
});

test('What is not packed as it says, or in a way that is not known, is said so', async () => {
  expect(await unpack(new TextEncoder().encode('plain text after all'), ['gzip'])).toBe('damaged');
  expect(await unpack(new Uint8Array([1, 2]), ['zstd'])).toBe('unsupported');
  expect(await unpack(gzipSync(words), ['gzip', 'gzip', 'gzip', 'gzip'])).toBe('unsupported');
});
