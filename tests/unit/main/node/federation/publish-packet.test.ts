import { describe, expect, it } from 'vitest';
import { encodePublish } from '../../../../../src/main/node/federation/publish-packet.ts';

describe('encodePublish', () => {
  it('writes header, length, topic and payload', () => {
    expect(encodePublish('a/b', 'ß', false)).toEqual(Buffer.from([0x30, 7, 0, 3, 0x61, 0x2f, 0x62, 0xc3, 0x9f]));
    expect(encodePublish('a', Buffer.of(1, 2), true)).toEqual(Buffer.from([0x31, 5, 0, 1, 0x61, 1, 2]));
    expect(encodePublish('ü', '', false)).toEqual(Buffer.from([0x30, 4, 0, 2, 0xc3, 0xbc]));
  });

  // Table 2.4 of MQTT 3.1.1: where the length takes another byte.
  it.each([
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [16_383, [0xff, 0x7f]],
    [16_384, [0x80, 0x80, 0x01]],
    [2_097_151, [0xff, 0xff, 0x7f]],
    [2_097_152, [0x80, 0x80, 0x80, 0x01]],
  ])('writes the length %i', (length, bytes) => {
    const packet = encodePublish('t', Buffer.alloc(length - 3, 0x2e), false);
    expect([...packet.subarray(1, 1 + bytes.length)]).toEqual(bytes);
    expect(packet.length).toBe(1 + bytes.length + length);
    expect(packet.at(-1)).toBe(0x2e);
  });
});
