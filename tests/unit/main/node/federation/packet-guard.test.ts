import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketGuard } from '../../../../../src/main/node/federation/hub/packet-guard.ts';
import { connectPacket, packet, publishPacket, subscribePacket } from '../../../../helpers/raw-mqtt.ts';

const guard = () => new PacketGuard(1_000, 10_000);

describe('PacketGuard', () => {
  it('lets a connection pass however its bytes are cut', () => {
    const bytes = Buffer.concat([
      connectPacket(),
      subscribePacket(['a/b']),
      publishPacket('a/b', Buffer.alloc(500)),
      packet(0xc0),
      publishPacket('a/b', 'x', { qos: 1 }),
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 80 }), (cuts) => {
        const subject = guard();
        let at = 0;
        for (const cut of cuts) {
          expect(subject.check(bytes.subarray(at, at + cut))).toBeUndefined();
          at += cut;
        }
        expect(subject.check(bytes.subarray(at))).toBeUndefined();
        expect(subject.insidePacket).toBe(false);
      }),
    );
  });

  it('refuses a connection that does not begin with CONNECT', () => {
    expect(guard().check(publishPacket('a', 'b'))).toBe('not-connect');
  });

  it('refuses a second CONNECT', () => {
    expect(guard().check(Buffer.concat([connectPacket(), connectPacket()]))).toBe('second-connect');
  });

  it('refuses the reserved packet types', () => {
    expect(guard().check(Buffer.from([0x00, 0x00]))).toBe('bad-packet-type');
    expect(guard().check(Buffer.concat([connectPacket(), Buffer.from([0xf0, 0x00])]))).toBe('bad-packet-type');
  });

  it('refuses a claimed length above the bound from the header alone', () => {
    expect(guard().check(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))).toBe('too-large');
  });

  it('refuses a length of five bytes', () => {
    expect(guard().check(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80, 0x01]))).toBe('bad-length');
  });

  it('allows larger packets only once the broker has accepted the connection', () => {
    const large = publishPacket('a', Buffer.alloc(5_000));
    expect(guard().check(Buffer.concat([connectPacket(), large]))).toBe('too-large');
    const subject = guard();
    expect(subject.check(connectPacket())).toBeUndefined();
    subject.accepted = true;
    expect(subject.check(large)).toBeUndefined();
    expect(subject.check(publishPacket('a', Buffer.alloc(10_000)))).toBe('too-large');
  });
});
