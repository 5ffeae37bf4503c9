import { protocolLimits } from './limits.ts';
import { type ConnectionKind, emptyBytes, envelopeFields, type TunnelMessage, wireValues } from './messages.ts';
import { unreadable, type WireReader } from './wire-reader.ts';

const { textBytes, listItems, sealedBytes } = protocolLimits;

/** Reads the fields of a message of the sign-in. @param field its number in the Envelope */
export function readSignIn(reader: WireReader, field: number): TunnelMessage {
  switch (field) {
    case envelopeFields.connect:
      return readConnect(reader);
    case envelopeFields.challenge:
      return readChallenge(reader);
    case envelopeFields.connectAccepted:
      return readAccepted(reader);
    case envelopeFields.connectError:
      return readError(reader);
    default:
      throw unreadable('there is no such message');
  }
}

function readConnect(reader: WireReader): TunnelMessage {
  const texts = ['', '', '', '', '', '', '', '', '', '', '', ''];
  const capabilities: string[] = [];
  let timestamp = 0;
  let kind: ConnectionKind = 'http';
  let protocolVersion = 0;
  let publicPort = 0;
  let sealedAccess = emptyBytes;
  let linkIndex = 0;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
      case 2:
      case 4:
      case 5:
      case 8:
      case 9:
      case 11:
        texts[reader.field] = reader.text(textBytes);
        break;
      case 3:
        timestamp = reader.number();
        break;
      case 6:
        kind = wireValues.connectionKinds[reader.number()] ?? unknownKind();
        break;
      case 7:
        protocolVersion = reader.numberUpTo(0xffff_ffff);
        break;
      case 10:
        takeItem(reader, capabilities);
        break;
      case 12:
        publicPort = reader.numberUpTo(65_535);
        break;
      case 13:
        sealedAccess = reader.block(sealedBytes);
        break;
      case 14:
        linkIndex = reader.numberUpTo(3);
        break;
      default:
        reader.skip();
    }
  }
  const [, agentId, token, , nonce, signature, , , software, nodeId, , sessionKey] = texts as TextFields;
  return {
    type: 'connect',
    agentId,
    token,
    timestamp,
    nonce,
    signature,
    kind,
    protocolVersion,
    software,
    nodeId,
    capabilities,
    sessionKey,
    publicPort,
    sealedAccess,
    linkIndex,
  };
}

/** A text for each field number of ConnectRequest, from 0. */
type TextFields = [string, string, string, string, string, string, string, string, string, string, string, string];

function readChallenge(reader: WireReader): TunnelMessage {
  let challenge = emptyBytes;
  let nodeId = '';
  let protocolVersion = 0;
  let software = '';
  const capabilities: string[] = [];
  while (reader.next()) {
    if (reader.field === 1) challenge = reader.block(textBytes);
    else if (reader.field === 2) nodeId = reader.text(textBytes);
    else if (reader.field === 3) protocolVersion = reader.numberUpTo(0xffff_ffff);
    else if (reader.field === 4) software = reader.text(textBytes);
    else if (reader.field === 5) takeItem(reader, capabilities);
    else reader.skip();
  }
  return { type: 'challenge', challenge, nodeId, protocolVersion, software, capabilities };
}

function readAccepted(reader: WireReader): TunnelMessage {
  let signature = '';
  let sessionId = '';
  const publicUrls: string[] = [];
  let publicPort = 0;
  let exposure = 0;
  while (reader.next()) {
    if (reader.field === 1) signature = reader.text(textBytes);
    else if (reader.field === 2) sessionId = reader.text(textBytes);
    else if (reader.field === 3) takeItem(reader, publicUrls);
    else if (reader.field === 4) publicPort = reader.numberUpTo(65_535);
    else if (reader.field === 5) exposure = reader.number();
    else reader.skip();
  }
  return { type: 'connectAccepted', signature, sessionId, publicUrls, publicPort, exposure: wireValues.exposures[exposure] ?? 'unknown' };
}

function readError(reader: WireReader): TunnelMessage {
  let code = '';
  let message = '';
  let retryAfterMs = 0;
  while (reader.next()) {
    if (reader.field === 1) code = reader.text(textBytes);
    else if (reader.field === 2) message = reader.text(textBytes);
    else if (reader.field === 3) retryAfterMs = reader.numberUpTo(0xffff_ffff);
    else reader.skip();
  }
  return { type: 'connectError', code, message, retryAfterMs };
}

function takeItem(reader: WireReader, items: string[]): void {
  if (items.length >= listItems) throw unreadable('a list is too long');
  items.push(reader.text(textBytes));
}

function unknownKind(): never {
  throw unreadable('it asks for a kind of tunnel that this version does not know');
}
