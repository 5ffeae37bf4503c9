import type { Writable } from 'node:stream';

const publishType = 0x30;
const retainBit = 0x01;
const lengthBits = 7;
const continuationBit = 0x80;
const largestHeader = 5;

/**
 * Writes a PUBLISH packet with QoS 0 past the MQTT client, whole: those of one callback leave together, with what the client
 * itself writes. False when the stream takes no more.
 */
export function writePublish(stream: Writable, topic: string, payload: string | Buffer, retain: boolean): boolean {
  if (!stream.writable) return false;
  stream.cork();
  stream.write(encodePublish(topic, payload, retain));
  process.nextTick(uncork, stream);
  return true;
}

function uncork(stream: Writable): void {
  stream.uncork();
}

/**
 * A PUBLISH packet of MQTT 3.1.1 (section 3.3) with QoS 0, as one buffer. The MQTT client would hand the stream five pieces
 * of it and take three times as long.
 *
 * @param topic at most 65,535 bytes
 */
export function encodePublish(topic: string, payload: string | Buffer, retain: boolean): Buffer {
  const topicBytes = Buffer.byteLength(topic);
  const payloadBytes = Buffer.byteLength(payload);
  const packet = Buffer.allocUnsafe(largestHeader + 2 + topicBytes + payloadBytes);
  packet[0] = publishType | (retain ? retainBit : 0);
  let end = writeLength(packet, 2 + topicBytes + payloadBytes);
  end = packet.writeUInt16BE(topicBytes, end);
  end += packet.write(topic, end);
  end += typeof payload === 'string' ? packet.write(payload, end) : payload.copy(packet, end);
  return packet.subarray(0, end);
}

/** The remaining length (section 2.2.3): seven bits a byte, the lowest first. Returns where it ends. */
function writeLength(packet: Buffer, length: number): number {
  let end = 1;
  let left = length;
  do {
    const more = left >> lengthBits > 0;
    packet[end++] = (left % continuationBit) | (more ? continuationBit : 0);
    left >>= lengthBits;
  } while (left > 0);
  return end;
}
