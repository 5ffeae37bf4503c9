import type { HeaderPairs } from '../../link/types.ts';
import { agentLimits } from '../limits.ts';
import { InvalidResponse } from './invalid-response.ts';
import { parseHeaderLines } from './response-head.ts';

/** The end of a chunked body was found. */
export interface ChunkedEnd {
  readonly trailers: HeaderPairs;
  /** Of the bytes that were pushed last. */
  readonly usedBytes: number;
}

type State = 'size' | 'data' | 'dataEnd' | 'trailers';

const carriageReturn = 13;
const lineFeed = 10;
const sizeLine = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

/** Takes the chunks out of a body (RFC 9112 section 7.1). Extensions of chunks are passed over; line ends are CR LF and nothing else. */
export class ChunkedBody {
  readonly #data: (chunk: Buffer) => void;
  #state: State = 'size';
  #line = '';
  #remainingBytes = 0;
  #trailerLines: string[] = [];
  #trailerBytes = 0;

  /** @param data takes each piece: a view of what was pushed */
  constructor(data: (chunk: Buffer) => void) {
    this.#data = data;
  }

  begin(): void {
    this.#state = 'size';
    this.#line = '';
    this.#trailerLines = [];
    this.#trailerBytes = 0;
  }

  /** @returns undefined while there is more to come @throws InvalidResponse */
  push(bytes: Buffer): ChunkedEnd | undefined {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'data') {
        const end = Math.min(at + this.#remainingBytes, bytes.length);
        this.#data(bytes.subarray(at, end));
        this.#remainingBytes -= end - at;
        at = end;
        if (this.#remainingBytes === 0) this.#state = 'dataEnd';
        continue;
      }
      const feed = bytes.indexOf(lineFeed, at);
      const stop = feed < 0 ? bytes.length : feed;
      this.#addToLine(bytes.toString('latin1', at, stop));
      if (feed < 0) return undefined;
      at = feed + 1;
      const trailers = this.#takeLine();
      if (trailers !== undefined) return { trailers, usedBytes: at };
    }
    return undefined;
  }

  #addToLine(text: string): void {
    this.#line += text;
    if (this.#line.length > agentLimits.chunkLineBytes) throw new InvalidResponse('a line between its chunks is too long');
  }

  /** @returns the trailers when this was the last line of the body */
  #takeLine(): HeaderPairs | undefined {
    const line = this.#line;
    this.#line = '';
    if (line.charCodeAt(line.length - 1) !== carriageReturn)
      throw new InvalidResponse('a line between its chunks ends in a bare line feed');
    const text = line.slice(0, -1);
    switch (this.#state) {
      case 'size':
        this.#takeSize(text);
        return undefined;
      case 'dataEnd':
        if (text !== '') throw new InvalidResponse('a chunk is longer than it says');
        this.#state = 'size';
        return undefined;
      default:
        return this.#takeTrailer(text);
    }
  }

  #takeSize(text: string): void {
    const size = sizeLine.exec(text)?.[1];
    if (size === undefined) throw new InvalidResponse('the size of a chunk is not a number');
    this.#remainingBytes = Number.parseInt(size, 16);
    this.#state = this.#remainingBytes === 0 ? 'trailers' : 'data';
  }

  #takeTrailer(text: string): HeaderPairs | undefined {
    if (text === '') return this.#trailerLines.length === 0 ? [] : parseHeaderLines(this.#trailerLines, 0).headers;
    this.#trailerBytes += text.length;
    if (this.#trailerBytes > agentLimits.trailerBytes) throw new InvalidResponse('its trailers are too large');
    this.#trailerLines.push(text);
    return undefined;
  }
}
