import { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { federationLimits } from '../../../../../src/main/node/federation/limits.ts';
import { encodePublish } from '../../../../../src/main/node/federation/publish-packet.ts';
import { PublishTap } from '../../../../../src/main/node/federation/publish-tap.ts';

/** A client that takes everything at once, or only when it is told to. */
function open(working = true) {
  const taken: string[] = [];
  const passed: Buffer[] = [];
  const finish: (() => void)[] = [];
  const client = new Writable({
    write(chunk: Buffer, _encoding, done) {
      passed.push(chunk);
      if (working) done();
      else finish.push(done);
    },
  });
  const tap = new PublishTap(client, (topic, payload, retain) => taken.push(`${topic} ${payload.toString()} ${retain}`));
  return { tap, taken, finish, passed: () => Buffer.concat(passed) };
}

const message = (text: string, retain = false) => encodePublish('t', text, retain);
const pingResponse = Buffer.of(0xd0, 0);
const qos1 = Buffer.from([0x32, 5, 0, 1, 0x74, 0, 9]);

describe('PublishTap', () => {
  it('takes messages with QoS 0 and leaves everything else to the client, in whatever pieces it comes', () => {
    const packets = fc.array(fc.oneof(fc.string({ maxLength: 300 }), fc.constantFrom(pingResponse, qos1)), { maxLength: 20 });
    fc.assert(
      fc.property(packets, fc.array(fc.nat({ max: 400 })), (parts, cuts) => {
        const { tap, taken, passed } = open();
        let bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? message(part) : part)));
        for (const cut of cuts) {
          tap.read(bytes.subarray(0, cut));
          bytes = bytes.subarray(cut);
        }
        tap.read(bytes);
        expect(taken).toEqual(parts.filter((part) => typeof part === 'string').map((text) => `t ${Buffer.from(text).toString()} false`));
        expect(passed()).toEqual(Buffer.concat(parts.filter((part) => typeof part !== 'string')));
      }),
    );
  });

  it('says which were retained', () => {
    const { tap, taken } = open();
    tap.read(message('kept', true));
    expect(taken).toEqual(['t kept true']);
  });

  it('keeps a message behind what the client still works on', async () => {
    const { tap, taken, finish, passed } = open(false);
    tap.read(Buffer.concat([qos1, message('later')]));
    expect(taken).toEqual([]);
    while (finish.length > 0) {
      finish.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(passed()).toEqual(Buffer.concat([qos1, message('later')]));
    tap.read(message('now'));
    expect(taken).toEqual(['t now false']);
  });

  it('does not gather what is too large, and goes on behind it', () => {
    const { tap, taken, passed } = open();
    const large = message('x'.repeat(federationLimits.packetBytes));
    tap.read(large.subarray(0, 10));
    expect(passed().length).toBe(10);
    tap.read(Buffer.concat([large.subarray(10), message('next')]));
    expect(passed()).toEqual(large);
    expect(taken).toEqual(['t next false']);
  });

  it.each([
    ['a length of five bytes', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01])],
    ['a topic longer than its packet', Buffer.from([0x30, 3, 0, 9, 0x74])],
    ['no room for a topic', Buffer.from([0x30, 1, 0])],
    ['QoS 0 sent again', Buffer.from([0x38, 3, 0, 1, 0x74])],
  ])('leaves %s to the client', (_what, bytes) => {
    const { tap, taken, passed } = open();
    tap.read(bytes);
    expect([taken, passed()]).toEqual([[], bytes]);
  });
});
