/** MQTT packets as they go over a connection, for proxies that look into it. */

/** MQTT 3.1.1, section 2.2.1: the high half of the first byte. */
const publishType = 3;

/** True for a PUBLISH with QoS 0 of an inbox or an event. */
export function isLooseMessage(packet: Buffer): boolean {
  const first = packet[0] ?? 0;
  if (first >> 4 !== publishType || (first & 0b0110) !== 0) return false;
  const topicStart = headerBytes(packet) ?? 0;
  const topic = packet.toString('utf8', topicStart + 2, topicStart + 2 + packet.readUInt16BE(topicStart));
  return topic.endsWith('/inbox') || topic.includes('/events/');
}

/** Cuts whole MQTT packets out of what arrives. */
export function packetSplitter(onPacket: (packet: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const header = headerBytes(rest);
      if (header === undefined) return;
      const end = header + remainingLength(rest);
      if (rest.length < end) return;
      onPacket(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}

/** Bytes of the fixed header (MQTT 3.1.1, section 2.2); undefined while they are not all there. */
function headerBytes(packet: Buffer): number | undefined {
  for (let at = 1; at < packet.length; at++) if (((packet[at] ?? 0) & 0x80) === 0) return at + 1;
  return undefined;
}

function remainingLength(packet: Buffer): number {
  let length = 0;
  for (let at = 1; ; at++) {
    const byte = packet[at] ?? 0;
    length += (byte & 0x7f) * 128 ** (at - 1);
    if ((byte & 0x80) === 0) return length;
  }
}
