import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  encodeFrame,
  messagesOf,
  type TunnelMessage,
  WireWriter,
  writeData,
  writeWindowUpdate,
} from '../../../../../../src/main/node/tunnel/protocol/index.ts';

// Fixed for good: the frames and signatures of docs/tunnel-protocol.md, which other clients are written from.
const page = readFileSync(new URL('../../../../../../docs/tunnel-protocol.md', import.meta.url), 'utf8');
const utf8 = (text: string): Uint8Array => Buffer.from(text);
const none = new Uint8Array();

const head = {
  kind: 'http',
  method: 'GET',
  path: '/a?b=1',
  headers: ['Host', 'press-07.example.com', 'Accept', '*/*'],
  bodyBytes: 0,
  remoteAddress: '192.0.2.7',
  gatewayMicros: 41,
  expectsContinue: false,
} as const;
const cookies = { status: 200, headers: ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'] };
const firstSystem = {
  kind: 'http',
  protocolVersion: 0,
  software: '',
  nodeId: '',
  capabilities: [],
  sessionKey: '',
  publicPort: 0,
  sealedAccess: none,
  linkIndex: 0,
} as const;
const beat = Uint8Array.of(0, 0, 0, 1);

const current: readonly TunnelMessage[] = [
  {
    type: 'challenge',
    challenge: Uint8Array.from({ length: 32 }, (_, index) => 0x40 + index),
    nodeId: 'n1rkeohxlubhyzl7ks3mwtzos5olfgocn7dwkbeg7toseadnapn5oa',
    protocolVersion: 1,
    software: 'signalbox/0.1.0',
    capabilities: [],
  },
  {
    ...firstSystem,
    type: 'connect',
    agentId: 'press-07',
    token: 'T-AB12CD34',
    timestamp: 1_732_147_200_123,
    nonce: 'EBESExQVFhcYGRobHB0eHw',
    signature: 'VfmVrHAdbh3zRE5gtui3Kqz-_qeAVrhWRA36GTM8ml4',
    protocolVersion: 1,
    sessionKey: 'k',
  },
  {
    type: 'connectAccepted',
    signature: 'KtuIFzPbfWFQu5_CeP99CCu7V9EFa5FOT93GIoDHpjc',
    sessionId: 'S-1',
    publicUrls: ['http://press-07.example.com/'],
    publicPort: 0,
    exposure: 'network',
  },
  { type: 'connectError', code: 'UNAUTHORIZED', message: 'No.', retryAfterMs: 0 },
  { type: 'request', id: '1', head, body: none, end: true },
  { type: 'response', id: '1', head: cookies, body: utf8('ok'), end: true },
  { type: 'data', id: '1', chunk: utf8('abc'), end: false, trailers: [] },
  { type: 'data', id: '1', chunk: none, end: true, trailers: ['Digest', 'x'] },
  { type: 'close', id: 'u-1' },
  { type: 'ping', payload: beat },
  { type: 'pong', payload: beat },
  { type: 'windowUpdate', id: '1', bytes: 196_608 },
  { type: 'reset', id: '1', code: 'cancelled', reason: 'gone' },
  { type: 'goAway', reason: 'restart' },
];
const legacy: readonly TunnelMessage[] = [
  {
    ...firstSystem,
    type: 'connect',
    agentId: 'press-07',
    token: 'token-of-press-07',
    timestamp: 1_732_147_200,
    nonce: '0123456789abcdef',
    signature: 'c2aef5da240e756708abafd620629b25c0875ff9de442d4cb3847f32fd0527f2',
  },
  { type: 'request', id: 'u-1', head, body: utf8('hi'), end: true },
  { type: 'response', id: 'u-1', head: cookies, body: utf8('ok'), end: true },
];

describe('the frames of docs/tunnel-protocol.md', () => {
  it('are what is sent', () => {
    const written = [...current.map((message) => encodeFrame(message)), ...legacy.map((message) => encodeFrame(message, 'legacy'))];
    for (const frame of written) expect(page).toContain(`\`${frame.toString('hex')}\``);
    const writer = new WireWriter(Buffer.alloc(100), 2);
    writeData(writer, '1', utf8('abc'), 0, 3);
    writeWindowUpdate(writer, '2', 65_536);
    writer.bytes.set([0x6a, writer.position - 2]);
    expect(page).toContain(`\`${writer.bytes.toString('hex', 0, writer.position)}\``);
  });

  it('are read, each of them', () => {
    const frames = [...page.matchAll(/\| `([0-9a-f]{10,})` \|$/gm)]
      .map(([, hex]) => Buffer.from(hex as string, 'hex'))
      .filter((frame) => frame.length !== 32);
    expect(frames).toHaveLength(current.length + legacy.length + 1);
    for (const frame of frames) expect(messagesOf(frame).length).toBeGreaterThan(0);
  });
});
