/** Binary frames of the broker protocol (docs/broker-protocol.md), for a client. */
import { isErrorCode, SignalboxError } from '../errors.ts';
import { putU16, putU32, textBehind } from './queue-client-bytes.ts';

const headBytes = 14;
const version = 1;
const openBrace = 0x7b;
/** Largest frame that is taken from a broker. */
const longestFrame = 33_554_432;
const fromUtf8 = new TextDecoder();

export const requestType = 1;
export const answerType = 2;
export const pushType = 3;

export interface Frame {
  readonly type: number;
  readonly requestId: number;
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Uint8Array;
}

/** A frame with its length in front, in pieces; the payload is not copied. @throws SignalboxError `TOO_LARGE` */
export function encodeFrame(requestId: number, header: Readonly<Record<string, unknown>>, payload?: Uint8Array): readonly Uint8Array[] {
  const head = textBehind(headBytes, JSON.stringify(header));
  const headerLength = head.byteLength - headBytes;
  if (headerLength > 0xffff) throw new SignalboxError('TOO_LARGE', 'The fields of the request are too large.', { executed: 'no' });
  putU32(head, 0, head.byteLength - 4 + (payload?.byteLength ?? 0));
  head[4] = version;
  head[5] = requestType;
  putU16(head, 6, 0);
  putU32(head, 8, requestId);
  putU16(head, 12, headerLength);
  return payload === undefined || payload.byteLength === 0 ? [head] : [head, payload];
}

const nothing = new Uint8Array(0);

/** Takes frames out of a stream. What is not whole is kept in one piece that grows by doubling. */
export class FrameAssembler {
  #held = nothing;
  #heldBytes = 0;

  /**
   * @param chunk what came
   * @returns the frames that are whole now; their payloads are views
   * @throws SignalboxError `BAD_REQUEST`, or what a broker said before it closed
   */
  push(chunk: Uint8Array): readonly Frame[] {
    const bytes = this.#heldBytes === 0 ? chunk : this.#joined(chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.byteLength - at >= 4) {
      const length = view.getUint32(at);
      if (length > longestFrame) throw noBroker();
      if (bytes.byteLength - at - 4 < length) break;
      frames.push(decodeBody(bytes.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    this.#keep(bytes.subarray(at));
    return frames;
  }

  #joined(chunk: Uint8Array): Uint8Array {
    const needed = this.#heldBytes + chunk.byteLength;
    if (needed > this.#held.byteLength) {
      const grown = new Uint8Array(needed * 2);
      grown.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = grown;
    }
    this.#held.set(chunk, this.#heldBytes);
    this.#heldBytes = needed;
    return this.#held.subarray(0, needed);
  }

  #keep(rest: Uint8Array): void {
    if (rest.byteLength === 0) {
      this.#heldBytes = 0;
      this.#held = nothing;
    } else if (rest.buffer !== this.#held.buffer || rest.byteLength !== this.#heldBytes) {
      this.#held = rest.slice();
      this.#heldBytes = rest.byteLength;
    }
  }
}

function decodeBody(body: Uint8Array): Frame {
  if (body[0] === openBrace) {
    const { code, message } = parseJson(body) as { readonly code?: string; readonly message?: string };
    if (!isErrorCode(code)) throw noBroker();
    throw SignalboxError.fromShape({ code, message });
  }
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (body.byteLength < headBytes - 4 || body[0] !== version) throw noBroker();
  const headerEnd = headBytes - 4 + view.getUint16(8);
  const header = parseJson(body.subarray(headBytes - 4, headerEnd));
  return { type: view.getUint8(1), requestId: view.getUint32(4), header, payload: body.subarray(headerEnd) };
}

function parseJson(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8.decode(bytes));
  } catch {
    throw noBroker();
  }
  if (typeof value !== 'object' || value === null) throw noBroker();
  return value as Readonly<Record<string, unknown>>;
}

function noBroker(): SignalboxError {
  return new SignalboxError('BAD_REQUEST', 'What answers at this address is no broker.');
}
