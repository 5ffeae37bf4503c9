import { SignalboxError } from '../../../../common/errors.ts';
import type { HeaderPairs, RequestHead, ResetCode, ResponseHead } from '../link/types.ts';
import { legacyHeaders } from './legacy-headers.ts';
import { protocolLimits } from './limits.ts';
import { type ConnectRequest, envelopeFields, type TunnelMessage, wireValues } from './messages.ts';
import { varintBytes, WireWriter, wireTypes } from './wire-writer.ts';

/** Room that any envelope takes besides its texts and bytes. */
const fixedRoom = 128;
/** UTF-8 bytes that a character takes at most, and tag and length of a text. */
const characterRoom = 3;
const itemRoom = 6;

/** Messages of the first system have their headers as a map, which knows no order and no name twice. */
export type Dialect = 'v1' | 'legacy';

/** Room that a head may take, in bytes; never less than it does. @throws SignalboxError `TOO_LARGE` */
export function headRoom(head: RequestHead | ResponseHead): number {
  let characters = 'path' in head ? head.path.length + head.method.length + (head.remoteAddress?.length ?? 0) : 0;
  for (const text of head.headers) characters += text.length;
  if (characters > protocolLimits.headBytes || head.headers.length > protocolLimits.headers * 2)
    throw new SignalboxError('TOO_LARGE', `The headers are larger than ${protocolLimits.headBytes / 1024} KiB, or too many. Send fewer.`);
  // A map has an item more for each name, and a name that comes again may get longer.
  return fixedRoom + characters * characterRoom + head.headers.length * itemRoom * 2;
}

/**
 * Writes the head of a request.
 *
 * @param room at least `headRoom(head) + body.length` bytes from the writer's position on
 * @returns where the envelope begins when it is alone, as for all of these
 */
export function writeRequest(room: WireWriter, id: string, head: RequestHead, body: Uint8Array, end: boolean, dialect: Dialect): number {
  const start = room.beginEnvelope();
  room.text(1, id);
  room.text(2, head.method);
  room.text(3, head.path);
  if (dialect === 'legacy') writeMap(room, 4, legacyHeaders(head.headers));
  room.block(5, body);
  if (dialect === 'v1') {
    room.items(6, head.headers);
    if (head.bodyBytes !== undefined) {
      room.tag(7, wireTypes.varint);
      room.varint(head.bodyBytes);
    }
    room.number(8, wireValues.streamKinds.indexOf(head.kind));
    if (head.remoteAddress !== undefined) room.text(9, head.remoteAddress);
    if (head.gatewayMicros !== undefined) {
      room.tag(10, wireTypes.varint);
      room.varint(Math.min(Math.max(Math.round(head.gatewayMicros), 0), 0xffff_ffff));
    }
    room.flag(11, head.expectsContinue);
    room.flag(12, end);
  }
  return room.endEnvelope(start, envelopeFields.request);
}

/** Writes the head of an answer. @param room at least `headRoom(head) + body.length` bytes */
export function writeResponse(room: WireWriter, id: string, head: ResponseHead, body: Uint8Array, end: boolean, dialect: Dialect): number {
  const start = room.beginEnvelope();
  room.text(1, id);
  room.number(2, head.status);
  if (dialect === 'legacy') writeMap(room, 3, legacyHeaders(head.headers));
  room.block(4, body);
  if (dialect === 'v1') {
    room.items(5, head.headers);
    room.flag(6, end);
  }
  return room.endEnvelope(start, envelopeFields.response);
}

/** Room that a data message takes, in bytes. */
export function dataRoom(chunkBytes: number, trailers: HeaderPairs): number {
  let room = fixedRoom + chunkBytes;
  for (const text of trailers) room += text.length * characterRoom + itemRoom;
  return room;
}

/** Writes `chunk` from `from` to `to`. @param room at least `dataRoom(to - from, [])` bytes */
export function writeData(room: WireWriter, id: string, chunk: Uint8Array, from: number, to: number): number {
  const chunkBytes = to - from;
  // An id is decimal or a UUID: ASCII of less than 128.
  const fieldsBytes = 2 + id.length + 1 + varintBytes(chunkBytes) + chunkBytes;
  const alone = room.writeEnvelopePrefix(room.position, envelopeFields.data, fieldsBytes);
  room.text(1, id);
  room.tag(2, wireTypes.bytes);
  room.varint(chunkBytes);
  room.bytes.set(chunkBytes === chunk.length ? chunk : chunk.subarray(from, to), room.position);
  room.position += chunkBytes;
  return alone;
}

/** Writes the end of a body. @param room at least `dataRoom(0, trailers)` bytes */
export function writeDataEnd(room: WireWriter, id: string, trailers: HeaderPairs): number {
  const start = room.beginEnvelope();
  room.text(1, id);
  room.flag(3, true);
  room.items(4, trailers);
  return room.endEnvelope(start, envelopeFields.data);
}

/** Room that a message besides heads and data takes, in bytes, with a text of `reason` in it. */
export function controlRoom(reason = ''): number {
  return fixedRoom + protocolLimits.pingBytes + reason.length * characterRoom;
}

export function writeClose(room: WireWriter, id: string): number {
  const start = room.beginEnvelope();
  room.text(1, id);
  return room.endEnvelope(start, envelopeFields.close);
}

export function writeControl(room: WireWriter, type: 'ping' | 'pong', payload: Uint8Array): number {
  const start = room.beginEnvelope();
  room.number(1, type === 'ping' ? 0 : 1);
  room.block(2, payload);
  return room.endEnvelope(start, envelopeFields.control);
}

export function writeWindowUpdate(room: WireWriter, id: string, bytes: number): number {
  const start = room.beginEnvelope();
  room.text(1, id);
  room.number(2, bytes);
  return room.endEnvelope(start, envelopeFields.windowUpdate);
}

export function writeReset(room: WireWriter, id: string, code: ResetCode, reason: string): number {
  const start = room.beginEnvelope();
  room.text(1, id);
  room.number(2, wireValues.resetCodes.lastIndexOf(code));
  room.text(3, reason);
  return room.endEnvelope(start, envelopeFields.reset);
}

export function writeGoAway(room: WireWriter, reason: string): number {
  const start = room.beginEnvelope();
  room.text(1, reason);
  return room.endEnvelope(start, envelopeFields.goAway);
}

/**
 * One message as a frame of its own: for the sign-in, and wherever its price does not count.
 *
 * @throws SignalboxError `TOO_LARGE` headers above the limit
 */
export function encodeFrame(message: TunnelMessage, dialect: Dialect = 'v1'): Buffer {
  const writer = new WireWriter(Buffer.allocUnsafe(roomOf(message)), 0);
  const start = writeMessage(writer, message, dialect);
  return writer.bytes.subarray(start, writer.position);
}

function roomOf(message: TunnelMessage): number {
  switch (message.type) {
    case 'request':
    case 'response':
      return headRoom(message.head) + message.body.length;
    case 'data':
      return dataRoom(message.chunk.length, message.trailers);
    default: {
      let room = fixedRoom + protocolLimits.pingBytes;
      for (const value of Object.values(message)) room += roomOfValue(value);
      return room;
    }
  }
}

function roomOfValue(value: unknown): number {
  if (typeof value === 'string') return value.length * characterRoom + itemRoom;
  if (value instanceof Uint8Array) return value.length + itemRoom;
  if (typeof value !== 'object' || value === null) return 16;
  return Object.values(value).reduce<number>((room, item) => room + roomOfValue(item), 16);
}

function writeMessage(room: WireWriter, message: TunnelMessage, dialect: Dialect): number {
  switch (message.type) {
    case 'request':
      return writeRequest(room, message.id, message.head, message.body, message.end, dialect);
    case 'response':
      return writeResponse(room, message.id, message.head, message.body, message.end, dialect);
    case 'data':
      return writeWholeData(room, message.id, message.chunk, message.end, message.trailers);
    case 'close':
      return writeClose(room, message.id);
    case 'ping':
    case 'pong':
      return writeControl(room, message.type, message.payload);
    case 'windowUpdate':
      return writeWindowUpdate(room, message.id, message.bytes);
    case 'reset':
      return writeReset(room, message.id, message.code, message.reason);
    case 'goAway':
      return writeGoAway(room, message.reason);
    default:
      return writeSignIn(room, message);
  }
}

function writeWholeData(room: WireWriter, id: string, chunk: Uint8Array, end: boolean, trailers: HeaderPairs): number {
  const start = room.beginEnvelope();
  room.text(1, id);
  room.block(2, chunk);
  room.flag(3, end);
  room.items(4, trailers);
  return room.endEnvelope(start, envelopeFields.data);
}

function writeSignIn(
  room: WireWriter,
  message: Extract<TunnelMessage, { type: 'connect' | 'challenge' | 'connectAccepted' | 'connectError' }>,
): number {
  const start = room.beginEnvelope();
  switch (message.type) {
    case 'connect':
      writeConnect(room, message);
      break;
    case 'challenge':
      room.block(1, message.challenge);
      room.text(2, message.nodeId);
      room.number(3, message.protocolVersion);
      room.text(4, message.software);
      room.items(5, message.capabilities);
      break;
    case 'connectAccepted':
      room.text(1, message.signature);
      room.text(2, message.sessionId);
      room.items(3, message.publicUrls);
      room.number(4, message.publicPort);
      room.number(5, wireValues.exposures.indexOf(message.exposure));
      break;
    case 'connectError':
      room.text(1, message.code);
      room.text(2, message.message);
      room.number(3, message.retryAfterMs);
      break;
  }
  return room.endEnvelope(start, envelopeFields[message.type]);
}

function writeConnect(room: WireWriter, message: ConnectRequest): void {
  room.text(1, message.agentId);
  room.text(2, message.token);
  room.number(3, message.timestamp);
  room.text(4, message.nonce);
  room.text(5, message.signature);
  room.number(6, wireValues.connectionKinds.indexOf(message.kind));
  room.number(7, message.protocolVersion);
  room.text(8, message.software);
  room.text(9, message.nodeId);
  room.items(10, message.capabilities);
  room.text(11, message.sessionKey);
  room.number(12, message.publicPort);
  room.block(13, message.sealedAccess);
  room.number(14, message.linkIndex);
}

function writeMap(room: WireWriter, field: number, entries: ReadonlyMap<string, string>): void {
  for (const [name, value] of entries) {
    const nameBytes = Buffer.byteLength(name);
    const valueBytes = Buffer.byteLength(value);
    room.tag(field, wireTypes.bytes);
    room.varint(2 + varintBytes(nameBytes) + nameBytes + varintBytes(valueBytes) + valueBytes);
    room.item(1, name);
    room.item(2, value);
  }
}
