import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, toFrame } from '../../../../../src/main/node/links/frames.ts';

/** Every frame that a reader finds in chunks. */
function read(reader: FrameReader, chunks: readonly Buffer[]): Buffer[] {
  const frames: Buffer[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) frames.push(Buffer.from(frame));
  }
  return frames;
}

test('frames come out as they went in, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (bodies, cuts) => {
        const stream = Buffer.concat(bodies.map(toFrame));
        const chunks: Buffer[] = [];
        for (let at = 0, index = 0; at < stream.length; index++) {
          const size = cuts[index % cuts.length] ?? 1;
          chunks.push(stream.subarray(at, at + size));
          at += size;
        }
        expect(read(new FrameReader(40), chunks)).toEqual(bodies.map((body) => Buffer.from(body)));
      },
    ),
  );
});

test('row 5: a length beyond the bound is refused before a byte of it is there', () => {
  const reader = new FrameReader(16_384);
  reader.push(Buffer.from('ffffffff', 'hex'));
  expect(() => reader.next()).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
});

test('a bound that changes holds from the next frame on', () => {
  const reader = new FrameReader(4);
  reader.push(Buffer.concat([toFrame(Buffer.from('abcd')), toFrame(Buffer.from('abcdef'))]));
  expect(reader.next()?.toString()).toBe('abcd');
  reader.allow(6);
  expect(reader.next()?.toString()).toBe('abcdef');
});

test('a large frame that trickles in byte by byte is held in one piece', () => {
  const bytes = 1_000_000;
  const reader = new FrameReader(bytes);
  reader.push(toFrame(Buffer.alloc(bytes)).subarray(0, 4));
  expect(reader.next()).toBeUndefined();
  const before = process.memoryUsage().rss;
  for (let sent = 1; sent < bytes; sent++) {
    reader.push(Buffer.from([sent % 251]));
    if (reader.next() !== undefined) throw new Error(`a frame came out after ${sent} bytes`);
  }
  // A piece for each byte would be over 200 MB.
  expect(process.memoryUsage().rss - before).toBeLessThan(64_000_000);
  reader.push(Buffer.from([7]));
  const frame = reader.next();
  expect(frame?.byteLength).toBe(bytes);
  expect([frame?.[0], frame?.at(-1)]).toEqual([1, 7]);
});
