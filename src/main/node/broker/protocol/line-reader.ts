import { SignalboxError } from '../../../../common/errors.ts';

const newline = 0x0a;

/** Takes lines out of a stream. What is held is what came, in one piece that grows by doubling, and each byte is looked at once. */
export class LineReader {
  readonly #maxBytes: number;
  #held = Buffer.alloc(0);
  /** `#held` counts from `#start` to `#end`. */
  #start = 0;
  #end = 0;
  #scanned = 0;

  /** @param maxBytes longest line */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes held that belong to no line taken. */
  get pendingBytes(): number {
    return this.#end - this.#start;
  }

  push(chunk: Buffer): void {
    if (this.#end + chunk.byteLength > this.#held.byteLength) this.#makeRoom(chunk.byteLength);
    chunk.copy(this.#held, this.#end);
    this.#end += chunk.byteLength;
  }

  /**
   * The next line without its end; undefined until it is there.
   *
   * @throws SignalboxError `TOO_LARGE` for a line beyond the bound, whether its end has come or not
   */
  next(): string | undefined {
    const found = this.#held.subarray(0, this.#end).indexOf(newline, this.#scanned);
    const lineEnd = found === -1 ? this.#end : found;
    if (lineEnd - this.#start > this.#maxBytes)
      throw new SignalboxError('TOO_LARGE', `A line is longer than ${this.#maxBytes} bytes. Send large messages in frames.`, {
        executed: 'no',
      });
    this.#scanned = lineEnd;
    if (found === -1) return undefined;
    const line = this.#held.toString('utf8', this.#start, found);
    this.#start = found + 1;
    this.#scanned = this.#start;
    return line;
  }

  #makeRoom(bytes: number): void {
    const used = this.#end - this.#start;
    const grown = Buffer.allocUnsafeSlow(Math.max(used + bytes, Math.min(2 * used, this.#maxBytes + bytes)));
    this.#held.copy(grown, 0, this.#start, this.#end);
    this.#scanned -= this.#start;
    this.#held = grown;
    this.#start = 0;
    this.#end = used;
  }
}
