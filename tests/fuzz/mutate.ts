/** Hostile inputs made of good ones, always the same for one seed. */

/** A sequence of numbers below 2^32 from a seed (xorshift32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const telling = [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x7b, 0x7d, 0x2d] as const;
const lengths = [0x00000000, 0x00000001, 0x7fffffff, 0x80000000, 0xffffffff] as const;

type Change = (bytes: Buffer, random: () => number) => Buffer;

const changes: readonly Change[] = [
  (bytes, random) => withByte(bytes, random, (byte) => byte ^ (1 << (random() & 7))),
  (bytes, random) => withByte(bytes, random, () => telling[random() % telling.length] ?? 0),
  (bytes, random) => withByte(bytes, random, () => random() & 0xff),
  (bytes, random) => bytes.subarray(0, bytes.length === 0 ? 0 : random() % bytes.length),
  (bytes, random) => Buffer.concat([bytes, Buffer.from(Array.from({ length: 1 + (random() % 16) }, () => random() & 0xff))]),
  (bytes, random) => {
    const at = random() % (bytes.length + 1);
    const length = random() % 32;
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
  },
  (bytes, random) => {
    const at = random() % (bytes.length + 1);
    const from = random() % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, from + (random() % 64)), bytes.subarray(at)]);
  },
  (bytes, random) => {
    if (bytes.length < 4) return bytes;
    const copy = Buffer.from(bytes);
    copy.writeUInt32BE(lengths[random() % lengths.length] ?? 0, random() % (bytes.length - 3));
    return copy;
  },
];

function withByte(bytes: Buffer, random: () => number, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length === 0) return copy;
  const at = random() % copy.length;
  copy[at] = change(copy[at] ?? 0);
  return copy;
}

/** One to four changes of a good input; now and then nothing but chance. */
export function mutate(good: Uint8Array, random: () => number): Uint8Array {
  if (random() % 16 === 0) return Uint8Array.from({ length: random() % 512 }, () => random() & 0xff);
  let bytes: Buffer = Buffer.from(good);
  for (let left = 1 + (random() % 4); left > 0; left--) bytes = changes[random() % changes.length]?.(bytes, random) ?? bytes;
  return new Uint8Array(bytes);
}
