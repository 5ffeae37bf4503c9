/** Unpacking captured bodies for a terminal. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, constants as zlib } from 'node:zlib';
import { type UnpackedBody, unpackedLimitBytes } from '../../../common/http-exchange/index.ts';

type Unpack = (bytes: Uint8Array, maxOutputLength: number, cut: boolean) => Uint8Array;

/** A body that was not kept whole ends early: what comes before that is wanted all the same. */
const zlibFlush = (cut: boolean) => ({ ...(cut && { finishFlush: zlib.Z_SYNC_FLUSH }) });
const brotliFlush = (cut: boolean) => ({ ...(cut && { finishFlush: zlib.BROTLI_OPERATION_FLUSH }) });

const gunzip: Unpack = (bytes, maxOutputLength, cut) => gunzipSync(bytes, { maxOutputLength, ...zlibFlush(cut) });
const inflate: Unpack = (bytes, maxOutputLength, cut) => inflateSync(bytes, { maxOutputLength, ...zlibFlush(cut) });
const inflateRaw: Unpack = (bytes, maxOutputLength, cut) => inflateRawSync(bytes, { maxOutputLength, ...zlibFlush(cut) });
const unbrotli: Unpack = (bytes, maxOutputLength, cut) => brotliDecompressSync(bytes, { maxOutputLength, ...brotliFlush(cut) });

const unpackers: Readonly<Record<string, readonly Unpack[]>> = {
  gzip: [gunzip],
  'x-gzip': [gunzip],
  // Some servers leave out the frame that RFC 9110 asks for.
  deflate: [inflate, inflateRaw],
  br: [unbrotli],
};
/** Layers that are undone at most. */
const mostLayers = 3;

/**
 * Unpacks a body.
 *
 * @param packedWith encodings in the order in which they were applied
 * @param cut the body was not kept whole
 * @param limitBytes of what comes out, of each layer
 * @returns `unsupported` an encoding that is not known, `damaged` it could not be unpacked, `tooLarge` more would come out than the limit
 */
export function unpackBody(
  bytes: Uint8Array,
  packedWith: readonly string[],
  cut: boolean,
  limitBytes = unpackedLimitBytes,
): UnpackedBody | 'unsupported' | 'damaged' | 'tooLarge' {
  if (packedWith.length > mostLayers) return 'unsupported';
  let unpacked = bytes;
  for (const encoding of packedWith.toReversed()) {
    const layer = unpackLayer(unpacked, unpackers[encoding] ?? [], cut, limitBytes);
    if (typeof layer === 'string') return layer;
    unpacked = layer;
  }
  return { bytes: unpacked, end: cut ? 'broken' : 'whole' };
}

function unpackLayer(bytes: Uint8Array, ways: readonly Unpack[], cut: boolean, limitBytes: number) {
  let failure: 'unsupported' | 'damaged' = 'unsupported';
  for (const way of ways) {
    try {
      return way(bytes, limitBytes, cut);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') return 'tooLarge' as const;
      failure = 'damaged';
    }
  }
  return failure;
}
