/** Takes frames out of what comes in on a connection, in any of the three modes. Knows no socket. */
import { SignalboxError } from '../../../../common/errors.ts';
import { FrameReader } from '../../links/frames.ts';
import { type BinaryFrame, binaryVersion, decodeBinary } from './binary-frame.ts';
import { protocolLimits } from './limits.ts';
import { LineReader } from './line-reader.ts';

const openBrace = 0x7b;
/** Shortest body: a JSON object without anything in it. */
const shortestBody = 2;

/** How a request came, and its answer goes. */
export type FrameForm = 'json' | 'binary' | 'line';

export type IncomingFrame =
  | { readonly form: 'json' | 'line'; readonly text: string }
  /** `error`: the frame is whole, but cannot be read; its request id is right, and the connection goes on. */
  | { readonly form: 'binary'; readonly frame: BinaryFrame; readonly error?: SignalboxError };

export interface ReaderBounds {
  readonly frameBytes: number;
  readonly lineBytes: number;
}

/**
 * Incremental: what came stays until it is whole, and costs no more than its own bytes; a length is checked before anything is done for it.
 * After an error the stream cannot be read on: answer it and close.
 */
export class ConnectionReader {
  readonly #frames: FrameReader;
  readonly #lines: LineReader;
  #mode: 'unknown' | 'frames' | 'lines' | 'broken' = 'unknown';
  #form: FrameForm = 'json';

  constructor(bounds: ReaderBounds = protocolLimits) {
    this.#frames = new FrameReader(bounds.frameBytes);
    this.#lines = new LineReader(bounds.lineBytes);
  }

  /** How errors that belong to no request are written. */
  get form(): FrameForm {
    return this.#form;
  }

  /** Bytes that have come and belong to no whole frame: of a connection that stays above 0 for long, somebody sends half a frame. */
  get pendingBytes(): number {
    return this.#mode === 'lines' ? this.#lines.pendingBytes : this.#frames.pendingBytes;
  }

  push(chunk: Buffer): void {
    if (chunk.byteLength === 0 || this.#mode === 'broken') return;
    if (this.#mode === 'unknown') {
      this.#mode = chunk[0] === openBrace ? 'lines' : 'frames';
      if (this.#mode === 'lines') this.#form = 'line';
    }
    if (this.#mode === 'frames') this.#frames.push(chunk);
    else this.#lines.push(chunk);
  }

  /**
   * The next whole frame; undefined until it is there.
   *
   * @throws SignalboxError `TOO_LARGE`, `BAD_REQUEST`: nothing after it can be read
   */
  next(): IncomingFrame | undefined {
    try {
      if (this.#mode === 'frames') return this.#nextFrame();
      return this.#mode === 'lines' ? this.#nextLine() : undefined;
    } catch (error) {
      this.#mode = 'broken';
      throw error;
    }
  }

  #nextFrame(): IncomingFrame | undefined {
    const body = this.#frames.next();
    if (body === undefined) return undefined;
    if (body.byteLength < shortestBody) throw unreadable(`a frame of ${body.byteLength} bytes was announced`);
    if (body[0] === binaryVersion) return openBinary(body);
    if (body[0] === openBrace) return { form: 'json', text: body.toString('utf8') };
    throw unreadable(`a body begins with the byte ${body[0]}`);
  }

  #nextLine(): IncomingFrame | undefined {
    let line = this.#lines.next();
    while (line?.trim() === '') line = this.#lines.next();
    return line === undefined ? undefined : { form: 'line', text: line };
  }
}

function openBinary(body: Buffer): IncomingFrame {
  try {
    return { form: 'binary', frame: decodeBinary(body) };
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    const requestId = body.byteLength < 8 ? 0 : body.readUInt32BE(4);
    return { form: 'binary', frame: { type: 0, requestId, header: {}, payload: Buffer.alloc(0) }, error };
  }
}

function unreadable(what: string): SignalboxError {
  return new SignalboxError('BAD_REQUEST', `The connection cannot be read: ${what}. A body begins with { or with the byte 1.`, {
    executed: 'no',
  });
}
