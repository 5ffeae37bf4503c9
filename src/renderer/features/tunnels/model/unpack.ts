/** Unpacking what was sent packed, with what the browser has. */
import { type UnpackedBody, unpackedLimitBytes } from '../../../../common/http-exchange/index.ts';

/** Formats of a decompression stream for each encoding, in the order in which they are tried. */
const formatsOf: Readonly<Record<string, readonly string[]>> = {
  gzip: ['gzip'],
  'x-gzip': ['gzip'],
  // Some servers leave out the frame that RFC 9110 asks for.
  deflate: ['deflate', 'deflate-raw'],
  br: ['brotli'],
};
/** Layers that are undone at most. */
const mostLayers = 3;

/** Bytes that are handed over at once. */
const pieceBytes = 4_096;

/**
 * Unpacks a body, as far as it is there.
 *
 * @param packedWith encodings in the order in which they were applied
 * @param limitBytes of what comes out, of each layer
 * @returns `unsupported` an encoding that the browser does not know, `damaged` nothing could be unpacked
 */
export async function unpack(
  bytes: Uint8Array,
  packedWith: readonly string[],
  limitBytes = unpackedLimitBytes,
): Promise<UnpackedBody | 'unsupported' | 'damaged'> {
  if (packedWith.length > mostLayers) return 'unsupported';
  let body: UnpackedBody = { bytes, end: 'whole' };
  for (const encoding of packedWith.toReversed()) {
    const layer = await unpackLayer(body.bytes, encoding, limitBytes);
    if (typeof layer === 'string') return layer;
    // What was cut in one layer ends early in the next one as well: the first reason is the true one.
    body = body.end === 'whole' ? layer : { bytes: layer.bytes, end: body.end };
  }
  return body;
}

async function unpackLayer(bytes: Uint8Array, encoding: string, limitBytes: number): Promise<UnpackedBody | 'unsupported' | 'damaged'> {
  const formats = formatsOf[encoding] ?? [];
  let isKnown = false;
  for (const format of formats) {
    const stream = streamOf(format);
    if (stream === undefined) continue;
    isKnown = true;
    const body = await readThrough(stream, bytes, limitBytes);
    if (body.end !== 'broken' || body.bytes.length > 0) return body;
  }
  return isKnown ? 'damaged' : 'unsupported';
}

function streamOf(format: string): DecompressionStream | undefined {
  try {
    return new DecompressionStream(format as CompressionFormat);
  } catch {
    // A TypeError: this browser does not have the format.
    return undefined;
  }
}

/** @returns what came out before the end, the limit or a fault */
async function readThrough(stream: DecompressionStream, bytes: Uint8Array, limitBytes: number): Promise<UnpackedBody> {
  const reader = stream.readable.getReader();
  // A fault is told to the reader as well, which says what came before it.
  write(stream.writable.getWriter(), bytes).catch(() => undefined);
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { bytes: joined(pieces, sizeBytes), end: 'whole' };
      pieces.push(value);
      sizeBytes += value.byteLength;
      if (sizeBytes > limitBytes) {
        await reader.cancel().catch(() => undefined);
        return { bytes: joined(pieces, limitBytes), end: 'limit' };
      }
    }
  } catch {
    return { bytes: joined(pieces, sizeBytes), end: 'broken' };
  }
}

/**
 * Hands the bytes over, a piece at a time, and ends. Nothing is ended before what came of the last piece has been read: a
 * body that breaks off is a fault, and a fault throws away what was not read yet.
 */
async function write(writer: WritableStreamDefaultWriter<BufferSource>, bytes: Uint8Array): Promise<void> {
  for (let start = 0; start < bytes.byteLength; start += pieceBytes) {
    await writer.ready;
    await writer.write(bytes.slice(start, start + pieceBytes));
  }
  await writer.ready;
  await writer.write(new Uint8Array());
  await writer.close();
}

function joined(pieces: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const piece of pieces) {
    const fits = piece.subarray(0, sizeBytes - at);
    whole.set(fits, at);
    at += fits.byteLength;
  }
  return whole;
}
