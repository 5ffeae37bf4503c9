import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ConnectionReader,
  encodeBinary,
  frameTypes,
  type IncomingFrame,
  RequestError,
  readRequest,
} from '../../../../../../src/main/node/broker/protocol/index.ts';

const jsonFrame = (text: string): Buffer => {
  const body = Buffer.from(text, 'utf8');
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.byteLength);
  return Buffer.concat([head, body]);
};
const all = (reader: ConnectionReader): IncomingFrame[] => {
  const frames: IncomingFrame[] = [];
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) frames.push(frame);
  return frames;
};
const pushAt = (bytes: Buffer, cuts: readonly number[]): IncomingFrame[] => {
  const reader = new ConnectionReader();
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.byteLength + 1)), bytes.byteLength])].sort((a, b) => a - b);
  return places.flatMap((place, index) => {
    reader.push(Buffer.from(bytes.subarray(place, places[index + 1])));
    return all(reader);
  });
};

describe('ConnectionReader', () => {
  it('reads JSON and binary frames on one connection, however the stream is cut', () => {
    const binary = Buffer.concat(encodeBinary(frameTypes.request, 7, { operation: 'PING' }, [Buffer.from('abc')]));
    const bytes = Buffer.concat([jsonFrame('{"operation":"PING"}'), binary, jsonFrame('{"a":"ü"}')]);
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const frames = pushAt(bytes, cuts);
        expect(frames).toMatchObject([
          { form: 'json', text: '{"operation":"PING"}' },
          { form: 'binary', frame: { type: 1, requestId: 7, header: { operation: 'PING' } } },
          { form: 'json', text: '{"a":"ü"}' },
        ]);
        expect(frames[1]?.form === 'binary' && frames[1].frame.payload.toString()).toBe('abc');
      }),
    );
  });

  it('reads lines when the first byte is a brace, passing over empty ones', () => {
    const bytes = Buffer.from('{"operation":"PING"}\n\r\n\n{"operation":"ü"}\r\n{"half"', 'utf8');
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        expect(pushAt(bytes, cuts)).toEqual([
          { form: 'line', text: '{"operation":"PING"}' },
          { form: 'line', text: '{"operation":"ü"}\r' },
        ]);
      }),
    );
  });

  it.each([
    ['four gigabytes', Buffer.from([0xff, 0xff, 0xff, 0xff]), 'TOO_LARGE'],
    ['one byte above the bound', Buffer.from([0x01, 0x00, 0x00, 0x01]), 'TOO_LARGE'],
    ['nothing', Buffer.from([0, 0, 0, 0]), 'BAD_REQUEST'],
    ['one byte', Buffer.from([0, 0, 0, 1, 0x7b]), 'BAD_REQUEST'],
    ['a form of its own', Buffer.from([0, 0, 0, 2, 0x02, 0]), 'BAD_REQUEST'],
  ])('refuses a frame of %s and reads nothing after it', (_what, bytes, code) => {
    const reader = new ConnectionReader();
    reader.push(bytes);
    expect(() => reader.next()).toThrowError(expect.objectContaining({ code }));
    reader.push(jsonFrame('{}'));
    expect(reader.next()).toBeUndefined();
  });

  it('hands on a whole frame that cannot be read with its id, and reads on', () => {
    const frame = Buffer.concat(encodeBinary(1, 7, {}));
    const long = Buffer.from(frame);
    long.writeUInt16BE(500, 12);
    const flagged = Buffer.from(frame);
    flagged.writeUInt16BE(1, 6);
    const noJson = Buffer.from(frame);
    noJson.write('[]', 14);
    const reader = new ConnectionReader();
    reader.push(Buffer.concat([long, flagged, noJson, Buffer.from([0, 0, 0, 3, 1, 0, 0]), frame]));
    const frames = all(reader);
    expect(frames.map((read) => read.form === 'binary' && [read.frame.requestId, read.error?.code])).toEqual([
      [7, 'BAD_REQUEST'],
      [7, 'BAD_REQUEST'],
      [7, 'BAD_REQUEST'],
      [0, 'BAD_REQUEST'],
      [7, undefined],
    ]);
    for (const read of frames) expect(() => readRequest(read)).toThrowError(RequestError);
  });

  it('counts what belongs to no whole frame', () => {
    const reader = new ConnectionReader();
    reader.push(jsonFrame('{}').subarray(0, 5));
    expect(reader.next()).toBeUndefined();
    expect(reader.pendingBytes).toBe(5);
    reader.push(jsonFrame('{}').subarray(5));
    expect(reader.next()).toBeDefined();
    expect(reader.pendingBytes).toBe(0);
  });

  it('refuses a line beyond the bound before its end has come', () => {
    const reader = new ConnectionReader({ frameBytes: 100, lineBytes: 20 });
    reader.push(Buffer.from('{"operation":'));
    expect(reader.next()).toBeUndefined();
    reader.push(Buffer.from('"PING","more":1'));
    expect(() => reader.next()).toThrowError(expect.objectContaining({ code: 'TOO_LARGE' }));
  });
});
