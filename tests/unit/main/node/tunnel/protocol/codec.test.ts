import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { RequestHead } from '../../../../../../src/main/node/tunnel/link/types.ts';
import {
  decodeFrame,
  encodeFrame,
  messagesOf,
  protocolLimits,
  type TunnelMessage,
  WireWriter,
  writeData,
  writeWindowUpdate,
} from '../../../../../../src/main/node/tunnel/protocol/index.ts';

const root = protobuf.loadSync(fileURLToPath(new URL('../../../../../../resources/protobuf/tunnel.proto', import.meta.url)));
const Envelope = root.lookupType('signalbox.tunnel.Envelope');

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const encodeIndependently = (envelope: Record<string, unknown>): Buffer =>
  Buffer.from(Envelope.encode(Envelope.fromObject(envelope)).finish());

const requestHead: RequestHead = {
  kind: 'upgrade',
  method: 'POST',
  path: '/orders?line=7',
  headers: ['Host', 'press-07.example.com', 'Cookie', 'a=1', 'cookie', 'b=2', 'X-Name', 'Zürich 東京', 'X-Long', 'v'.repeat(300)],
  bodyBytes: 0,
  remoteAddress: '192.0.2.7',
  gatewayMicros: 41,
  expectsContinue: true,
};
const plainHead: RequestHead = {
  ...requestHead,
  kind: 'http',
  bodyBytes: undefined,
  remoteAddress: undefined,
  gatewayMicros: undefined,
  expectsContinue: false,
};

/** Each message of this version, and the same for any protobuf encoder. */
const samples: readonly (readonly [message: TunnelMessage, envelope: Record<string, unknown>])[] = [
  [
    {
      type: 'connect',
      agentId: 'press-07',
      token: 'T-AB12CD34',
      timestamp: 1_732_147_200_123,
      nonce: 'AAECAwQFBgcICQoLDA0ODw',
      signature: 'c2ln',
      kind: 'tcp',
      protocolVersion: 1,
      software: 'signalbox/0.1.0',
      nodeId: 'n1abc',
      capabilities: ['one', ''],
      sessionKey: 'session',
      publicPort: 65_535,
      sealedAccess: Uint8Array.of(1, 2, 3),
      linkIndex: 3,
    },
    {
      connect: {
        agentId: 'press-07',
        token: 'T-AB12CD34',
        timestamp: 1_732_147_200_123,
        nonce: 'AAECAwQFBgcICQoLDA0ODw',
        signature: 'c2ln',
        kind: 1,
        protocolVersion: 1,
        software: 'signalbox/0.1.0',
        nodeId: 'n1abc',
        capabilities: ['one', ''],
        sessionKey: 'session',
        publicPort: 65_535,
        sealedAccess: Uint8Array.of(1, 2, 3),
        linkIndex: 3,
      },
    },
  ],
  [
    {
      type: 'challenge',
      challenge: new Uint8Array(32).fill(7),
      nodeId: 'n1gateway',
      protocolVersion: 1,
      software: 's',
      capabilities: ['x'],
    },
    { challenge: { challenge: new Uint8Array(32).fill(7), nodeId: 'n1gateway', protocolVersion: 1, software: 's', capabilities: ['x'] } },
  ],
  [
    {
      type: 'connectAccepted',
      signature: 'proof',
      sessionId: 'S-1',
      publicUrls: ['http://a', 'http://b'],
      publicPort: 9_000,
      exposure: 'public',
    },
    { connectAccepted: { signature: 'proof', sessionId: 'S-1', publicUrls: ['http://a', 'http://b'], publicPort: 9_000, exposure: 3 } },
  ],
  [
    { type: 'connectError', code: 'UNAUTHENTICATED', message: 'no', retryAfterMs: 300_000 },
    { connectError: { code: 'UNAUTHENTICATED', message: 'no', retryAfterMs: 300_000 } },
  ],
  [
    { type: 'request', id: '1', head: requestHead, body: utf8('body'), end: true },
    {
      request: {
        id: '1',
        method: 'POST',
        path: '/orders?line=7',
        body: utf8('body'),
        headerPairs: requestHead.headers,
        bodyBytes: 0,
        kind: 1,
        remoteAddress: '192.0.2.7',
        gatewayMicros: 41,
        expectsContinue: true,
        end: true,
      },
    },
  ],
  [
    { type: 'request', id: '12', head: plainHead, body: utf8(''), end: false },
    { request: { id: '12', method: 'POST', path: '/orders?line=7', headerPairs: plainHead.headers } },
  ],
  [
    {
      type: 'response',
      id: '1',
      head: { status: 404, headers: ['Set-Cookie', 'a', 'Set-Cookie', 'b'] },
      body: utf8('x'.repeat(200)),
      end: true,
    },
    { response: { id: '1', status: 404, body: utf8('x'.repeat(200)), headerPairs: ['Set-Cookie', 'a', 'Set-Cookie', 'b'], end: true } },
  ],
  [{ type: 'data', id: '7', chunk: utf8('chunk'), end: false, trailers: [] }, { data: { id: '7', chunk: utf8('chunk') } }],
  [
    { type: 'data', id: '7', chunk: utf8(''), end: true, trailers: ['Digest', 'abc'] },
    { data: { id: '7', end: true, trailerPairs: ['Digest', 'abc'] } },
  ],
  [{ type: 'close', id: 'b7d0' }, { close: { id: 'b7d0' } }],
  [{ type: 'ping', payload: utf8('') }, { control: {} }],
  [{ type: 'pong', payload: utf8('12345678') }, { control: { type: 1, payload: utf8('12345678') } }],
  [{ type: 'windowUpdate', id: '7', bytes: 4_194_304 }, { windowUpdate: { id: '7', bytes: 4_194_304 } }],
  [{ type: 'reset', id: '7', code: 'forbidden', reason: 'Not that one.' }, { reset: { id: '7', code: 9, reason: 'Not that one.' } }],
  [{ type: 'goAway', reason: 'Restart' }, { goAway: { reason: 'Restart' } }],
];

describe('bytes of the tunnel protocol', () => {
  it.each(samples)('are those of any protobuf encoder: %o', (message, envelope) => {
    expect(encodeFrame(message).toString('hex')).toBe(encodeIndependently(envelope).toString('hex'));
  });

  it.each(samples)('of any protobuf encoder are read: %o', (message, envelope) => {
    const [read] = messagesOf(encodeIndependently(envelope));
    expect(normal(read)).toEqual(normal(message));
  });

  it('of several messages in one frame are a Batch', () => {
    const writer = new WireWriter(Buffer.alloc(1_000), 0);
    writeData(writer, '7', utf8('a chunk'), 2, 7);
    writeData(writer, '8', Buffer.alloc(300, 1), 0, 300);
    writeWindowUpdate(writer, '9', 70_000);
    const batch = writer.bytes.subarray(0, writer.position);
    const expected = {
      envelopes: [
        { data: { id: '7', chunk: utf8('chunk') } },
        { data: { id: '8', chunk: Buffer.alloc(300, 1) } },
        { windowUpdate: { id: '9', bytes: 70_000 } },
      ],
    };
    const Batch = root.lookupType('signalbox.tunnel.Batch');
    expect(batch.toString('hex')).toBe(Buffer.from(Batch.encode(Batch.fromObject(expected)).finish()).toString('hex'));
    expect(messagesOf(encodeIndependently({ batch: expected })).map(({ type }) => type)).toEqual(['data', 'data', 'windowUpdate']);
  });

  it('of heads to the first system are its own fields alone', () => {
    const head = {
      ...requestHead,
      kind: 'http',
      headers: ['Accept', 'a', 'accept', 'b', 'Cookie', 'c', 'Cookie', 'd', 'Host', 'h'],
    } as const;
    const request = encodeFrame({ type: 'request', id: 'u', head, body: utf8('whole'), end: true }, 'legacy');
    expect(Envelope.toObject(Envelope.decode(request))).toEqual({
      request: {
        id: 'u',
        method: 'POST',
        path: '/orders?line=7',
        headers: { Accept: 'a, b', Cookie: 'c; d', Host: 'h' },
        body: Buffer.from('whole'),
      },
    });
    const response = { status: 200, headers: ['Set-Cookie', 'a', 'Set-Cookie', 'b', 'Set-Cookie', 'c'] };
    expect(
      Envelope.toObject(Envelope.decode(encodeFrame({ type: 'response', id: 'u', head: response, body: utf8(''), end: false }, 'legacy'))),
    ).toEqual({
      response: { id: 'u', status: 200, headers: { 'set-cookie': 'a', 'Set-cookie': 'b', 'sEt-cookie': 'c' } },
    });
  });

  it('of headers in a map, as the first system sends them, are read in its order', () => {
    const frame = encodeIndependently({ request: { id: 'u', method: 'GET', path: '/', headers: { Host: 'h', Accept: 'ü' } } });
    expect(messagesOf(frame)).toMatchObject([
      { type: 'request', head: { kind: 'http', headers: ['Host', 'h', 'Accept', 'ü'], bodyBytes: undefined } },
    ]);
  });

  it('that this version does not know are passed over', () => {
    // Field 15 of the Envelope; fields 14 as a number, 15 as bytes and 30 as eight bytes within TunnelClose.
    expect(messagesOf(Buffer.from('7a0101', 'hex'))).toEqual([]);
    const close = Buffer.concat([
      Buffer.from('0a0137', 'hex'),
      Buffer.from('7005', 'hex'),
      Buffer.from('7a0101', 'hex'),
      Buffer.from('f1010102030405060708', 'hex'),
    ]);
    expect(messagesOf(Buffer.concat([Buffer.from([0x32, close.length]), close]))).toEqual([{ type: 'close', id: '7' }]);
  });
});

describe('a reader of the tunnel protocol', () => {
  const refused: readonly (readonly [what: string, hex: string])[] = [
    ['a length beyond the frame', '2a0a0a0137'],
    ['a length beyond its message', '2a030a0a37'],
    ['a number without an end', '2affffffffffffffffffff01'],
    ['a negative number', '0a0b18ffffffffffffffffff01'],
    ['a stream without an id', '2a00'],
    ['a kind of field that nobody writes', '2a010b'],
    ['two messages in one envelope', '32030a013732030a0138'],
    ['a batch within a batch', '6a040a026a00'],
    ['a text that is not UTF-8', '32040a02c328'],
    ['a header without a value', '12060a0131320161'],
    ['an answer without a status', '1a030a0137'],
    ['a field without a number', '0000'],
  ];
  it.each(refused)('refuses %s', (_, hex) => {
    expect(() => messagesOf(Buffer.from(hex, 'hex'))).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMS' }));
  });

  it('refuses more headers, longer ids and longer texts than it keeps', () => {
    const pairs = Array.from({ length: protocolLimits.headers * 2 + 2 }, () => 'x');
    const refusedBy = (envelope: Record<string, unknown>) => () => messagesOf(encodeIndependently(envelope));
    expect(refusedBy({ response: { id: '1', status: 200, headerPairs: pairs } })).toThrowError('too many headers');
    expect(refusedBy({ close: { id: 'x'.repeat(65) } })).toThrowError('too long');
    expect(refusedBy({ goAway: { reason: 'x'.repeat(5_000) } })).toThrowError('too long');
    expect(refusedBy({ control: { payload: Buffer.alloc(200) } })).toThrowError('too long');
    expect(() => decodeFrame(Buffer.alloc(protocolLimits.frameBytes + 1), () => undefined)).toThrowError('too long');
  });

  it('is not given heads that are larger than the limit', () => {
    const head = { status: 200, headers: ['X', 'x'.repeat(protocolLimits.headBytes)] };
    expect(() => encodeFrame({ type: 'response', id: '1', head, body: utf8(''), end: true })).toThrowError(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    );
  });
});

/** Views of frames and plain arrays alike. */
function normal(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normal(item)]));
}
