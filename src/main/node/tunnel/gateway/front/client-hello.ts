/** Reads who a TLS client wants to reach, without opening anything (RFC 8446 section 4.1.2, RFC 6066 section 3). */

const handshakeRecord = 0x16;
const clientHello = 1;
const serverNameExtension = 0;
const hostNameType = 0;
const recordHeaderBytes = 5;
const largestRecordBytes = 16_384;

/** Larger ones are refused: with all extensions of today's clients they have less than 4 KiB. */
export const largestClientHelloBytes = 16_384;

/** `more`: it is not all there; `none`: a client that names no host; `bad`: not a ClientHello. */
export type HelloName =
  | { readonly state: 'more' }
  | { readonly state: 'none' }
  | { readonly state: 'bad' }
  | { readonly state: 'name'; readonly name: string };

/** @param bytes all that the client has sent so far */
export function serverNameOf(bytes: Buffer): HelloName {
  const message = handshakeMessage(bytes);
  if (!Buffer.isBuffer(message)) return { state: message };
  try {
    return nameIn(message);
  } catch (error) {
    if (error instanceof RangeError) return { state: 'bad' };
    throw error;
  }
}

/** The first handshake message, put together of its records. */
function handshakeMessage(bytes: Buffer): Buffer | 'more' | 'bad' {
  if (bytes.length > 0 && bytes[0] !== handshakeRecord) return 'bad';
  const parts: Buffer[] = [];
  let haveBytes = 0;
  let at = 0;
  while (at + recordHeaderBytes <= bytes.length) {
    const sizeBytes = bytes.readUInt16BE(at + 3);
    if (bytes[at] !== handshakeRecord || bytes[at + 1] !== 3 || sizeBytes === 0 || sizeBytes > largestRecordBytes) return 'bad';
    const part = bytes.subarray(at + recordHeaderBytes, at + recordHeaderBytes + sizeBytes);
    parts.push(part);
    haveBytes += part.length;
    at += recordHeaderBytes + sizeBytes;
    if (haveBytes < 4) continue;
    const message = parts.length === 1 ? part : Buffer.concat(parts);
    const wanted = 4 + message.readUIntBE(1, 3);
    if (message[0] !== clientHello || wanted > largestClientHelloBytes) return 'bad';
    if (haveBytes >= wanted) return message.subarray(4, wanted);
  }
  return bytes.length > largestClientHelloBytes ? 'bad' : 'more';
}

/** @throws RangeError when a length leads beyond the end */
function nameIn(hello: Buffer): HelloName {
  // Version and random.
  let at = 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  if (at === hello.length) return { state: 'none' };
  const end = at + 2 + hello.readUInt16BE(at);
  if (end > hello.length) return { state: 'bad' };
  at += 2;
  while (at < end) {
    const type = hello.readUInt16BE(at);
    const sizeBytes = hello.readUInt16BE(at + 2);
    at += 4;
    if (at + sizeBytes > end) return { state: 'bad' };
    if (type === serverNameExtension) return hostNameIn(hello.subarray(at, at + sizeBytes));
    at += sizeBytes;
  }
  return { state: 'none' };
}

function hostNameIn(extension: Buffer): HelloName {
  const type = extension.readUInt8(2);
  const sizeBytes = extension.readUInt16BE(3);
  if (type !== hostNameType || 5 + sizeBytes > extension.length) return { state: 'bad' };
  const name = extension.toString('latin1', 5, 5 + sizeBytes).toLowerCase();
  return /^[a-z0-9_](?:[a-z0-9._-]{0,252})$/.test(name) ? { state: 'name', name } : { state: 'bad' };
}
