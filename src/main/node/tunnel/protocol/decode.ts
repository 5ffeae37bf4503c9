import type { RequestHead, ResponseHead } from '../link/types.ts';
import { readSignIn } from './decode-sign-in.ts';
import { pairsOf } from './legacy-headers.ts';
import { protocolLimits } from './limits.ts';
import { emptyBytes, envelopeFields, noPairs, type TunnelMessage, wireValues } from './messages.ts';
import { unreadable, WireReader } from './wire-reader.ts';

/**
 * Reads one WebSocket message: an Envelope, or a Batch of them in one. Fields and messages that this version does not know are passed over.
 * Bytes within the messages are views of `frame`.
 *
 * @param receive is called for each message in its order
 * @throws SignalboxError `INVALID_PARAMS` it is none of the protocol; messages before the fault have been received
 */
export function decodeFrame(frame: Uint8Array, receive: (message: TunnelMessage) => void): void {
  if (frame.length > protocolLimits.frameBytes) throw unreadable('it is too long');
  const reader = new WireReader(frame);
  let found = false;
  while (reader.next()) {
    if (reader.field > envelopeFields.batch) {
      reader.skip();
      continue;
    }
    if (found) throw unreadable('an envelope holds two messages');
    found = true;
    if (reader.field === envelopeFields.batch) readBatch(reader, receive);
    else receive(readMessage(reader));
  }
}

/** All messages of a frame: for the sign-in and for tests. @throws SignalboxError `INVALID_PARAMS` */
export function messagesOf(frame: Uint8Array): TunnelMessage[] {
  const messages: TunnelMessage[] = [];
  decodeFrame(frame, (message) => messages.push(message));
  return messages;
}

function readBatch(reader: WireReader, receive: (message: TunnelMessage) => void): void {
  const frameEnd = reader.enter();
  while (reader.next()) {
    if ((reader.field as number) !== 1) {
      reader.skip();
      continue;
    }
    const batchEnd = reader.enter();
    let found = false;
    while (reader.next()) {
      if (reader.field > envelopeFields.batch) {
        reader.skip();
        continue;
      }
      if (found) throw unreadable('an envelope holds two messages');
      found = true;
      if (reader.field === envelopeFields.batch) throw unreadable('a batch holds a batch');
      receive(readMessage(reader));
    }
    reader.leave(batchEnd);
  }
  reader.leave(frameEnd);
}

function readMessage(reader: WireReader): TunnelMessage {
  const field = reader.field;
  const outer = reader.enter();
  const message = readFields(reader, field);
  reader.leave(outer);
  return message;
}

function readFields(reader: WireReader, field: number): TunnelMessage {
  switch (field) {
    case envelopeFields.data:
      return readData(reader);
    case envelopeFields.request:
      return readRequest(reader);
    case envelopeFields.response:
      return readResponse(reader);
    case envelopeFields.windowUpdate:
      return readWindowUpdate(reader);
    case envelopeFields.control:
      return readControl(reader);
    case envelopeFields.close:
      return readClose(reader);
    case envelopeFields.reset:
      return readReset(reader);
    case envelopeFields.goAway:
      return readGoAway(reader);
    default:
      return readSignIn(reader, field);
  }
}

function readData(reader: WireReader): TunnelMessage {
  let id = '';
  let chunk = emptyBytes;
  let end = false;
  let trailers: string[] | undefined;
  while (reader.next()) {
    if (reader.field === 1) id = reader.text(protocolLimits.idBytes);
    else if (reader.field === 2) chunk = reader.block(protocolLimits.frameBytes);
    else if (reader.field === 3) end = reader.number() !== 0;
    else if (reader.field === 4) {
      trailers ??= [];
      takePairs(reader, trailers);
    } else reader.skip();
  }
  if (trailers !== undefined) checkPairs(trailers);
  return { type: 'data', id: checkedId(id), chunk, end, trailers: trailers ?? noPairs };
}

function readRequest(reader: WireReader): TunnelMessage {
  let id = '';
  let body = emptyBytes;
  let end = false;
  let method = '';
  let path = '';
  let map: Map<string, string> | undefined;
  const pairs: string[] = [];
  let bodyBytes: number | undefined;
  let kind: RequestHead['kind'] = 'http';
  let remoteAddress: string | undefined;
  let gatewayMicros: number | undefined;
  let expectsContinue = false;
  const start = reader.position;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        id = reader.text(protocolLimits.idBytes);
        break;
      case 2:
        method = reader.text(protocolLimits.textBytes);
        break;
      case 3:
        path = reader.text(protocolLimits.headBytes);
        break;
      case 4:
        map ??= new Map();
        readMapEntry(reader, map);
        break;
      case 5:
        body = reader.block(protocolLimits.frameBytes);
        break;
      case 6:
        takePairs(reader, pairs);
        break;
      case 7:
        bodyBytes = reader.number();
        break;
      case 8:
        kind = wireValues.streamKinds[reader.number()] ?? unknownKind();
        break;
      case 9:
        remoteAddress = reader.text(protocolLimits.textBytes);
        break;
      case 10:
        gatewayMicros = reader.numberUpTo(0xffff_ffff);
        break;
      case 11:
        expectsContinue = reader.number() !== 0;
        break;
      case 12:
        end = reader.number() !== 0;
        break;
      default:
        reader.skip();
    }
  }
  checkHead(reader.position - start - body.length);
  const headers = headersOf(pairs, map);
  const head: RequestHead = { kind, method, path, headers, bodyBytes, remoteAddress, gatewayMicros, expectsContinue };
  return { type: 'request', id: checkedId(id), head, body, end };
}

function readResponse(reader: WireReader): TunnelMessage {
  let id = '';
  let body = emptyBytes;
  let end = false;
  let status = 0;
  let map: Map<string, string> | undefined;
  const pairs: string[] = [];
  const start = reader.position;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        id = reader.text(protocolLimits.idBytes);
        break;
      case 2:
        status = reader.number();
        break;
      case 3:
        map ??= new Map();
        readMapEntry(reader, map);
        break;
      case 4:
        body = reader.block(protocolLimits.frameBytes);
        break;
      case 5:
        takePairs(reader, pairs);
        break;
      case 6:
        end = reader.number() !== 0;
        break;
      default:
        reader.skip();
    }
  }
  checkHead(reader.position - start - body.length);
  if (status < 100 || status > 999) throw unreadable('an answer has no status');
  const head: ResponseHead = { status, headers: headersOf(pairs, map) };
  return { type: 'response', id: checkedId(id), head, body, end };
}

function readMapEntry(reader: WireReader, map: Map<string, string>): void {
  const outer = reader.enter();
  let name = '';
  let value = '';
  while (reader.next()) {
    if (reader.field === 1) name = reader.text(protocolLimits.headBytes);
    else if (reader.field === 2) value = reader.text(protocolLimits.headBytes);
    else reader.skip();
  }
  reader.leave(outer);
  if (map.size >= protocolLimits.headers) throw unreadable('it has too many headers');
  map.set(name, value);
}

function takePairs(reader: WireReader, pairs: string[]): void {
  reader.texts(pairs, protocolLimits.headers * 2, protocolLimits.headBytes);
}

function headersOf(pairs: string[], map: ReadonlyMap<string, string> | undefined): readonly string[] {
  if (pairs.length === 0 && map !== undefined) return pairsOf(map);
  checkPairs(pairs);
  return pairs;
}

function checkPairs(pairs: readonly string[]): void {
  if (pairs.length % 2 !== 0) throw unreadable('a header has no value');
}

function checkHead(sizeBytes: number): void {
  // Tags and lengths count here, and three bytes a character may have been allowed to the sender: the bound of what is kept is the same.
  if (sizeBytes > protocolLimits.headBytes * 4) throw unreadable('its headers are too long');
}

function readWindowUpdate(reader: WireReader): TunnelMessage {
  let id = '';
  let bytes = 0;
  while (reader.next()) {
    if (reader.field === 1) id = reader.text(protocolLimits.idBytes);
    else if (reader.field === 2) bytes = reader.numberUpTo(0xffff_ffff);
    else reader.skip();
  }
  return { type: 'windowUpdate', id: checkedId(id), bytes };
}

function readControl(reader: WireReader): TunnelMessage {
  let type = 0;
  let payload = emptyBytes;
  while (reader.next()) {
    if (reader.field === 1) type = reader.number();
    else if (reader.field === 2) payload = reader.block(protocolLimits.pingBytes);
    else reader.skip();
  }
  // An unknown control message asks for nothing, as an answer to no ping does.
  return { type: type === 0 ? 'ping' : 'pong', payload };
}

function readClose(reader: WireReader): TunnelMessage {
  let id = '';
  while (reader.next()) {
    if (reader.field === 1) id = reader.text(protocolLimits.idBytes);
    else reader.skip();
  }
  return { type: 'close', id: checkedId(id) };
}

function readReset(reader: WireReader): TunnelMessage {
  let id = '';
  let code = 0;
  let reason = '';
  while (reader.next()) {
    if (reader.field === 1) id = reader.text(protocolLimits.idBytes);
    else if (reader.field === 2) code = reader.number();
    else if (reader.field === 3) reason = reader.text(protocolLimits.textBytes);
    else reader.skip();
  }
  return { type: 'reset', id: checkedId(id), code: wireValues.resetCodes[code] ?? 'broken', reason };
}

function readGoAway(reader: WireReader): TunnelMessage {
  let reason = '';
  while (reader.next()) {
    if (reader.field === 1) reason = reader.text(protocolLimits.textBytes);
    else reader.skip();
  }
  return { type: 'goAway', reason };
}

function checkedId(id: string): string {
  if (id === '') throw unreadable('a stream has no id');
  return id;
}

function unknownKind(): never {
  throw unreadable('it asks for a kind of stream that this version does not know');
}
