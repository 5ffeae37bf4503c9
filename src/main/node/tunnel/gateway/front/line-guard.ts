/** What the guard waits for next. */
type State = 'line' | 'body' | 'chunkSize' | 'chunk' | 'chunkEnd' | 'trailer' | 'broken';

const lf = 0x0a;
const cr = 0x0d;

/**
 * Follows the framing of the requests on one connection and finds lines that do not end in CR LF, and chunks that end otherwise
 * (RFC 9112 section 2.2). The parser of Node 20, which is the one in the application, lets some of them through; a proxy in front of the
 * gateway may not, and would then see other requests than we do (security.md row 57). What is wrong in other ways is left to the parser.
 */
export class LineGuard {
  #state: State = 'line';
  /** The line that is being read, as far as it came in earlier pieces. */
  #line = '';
  /** Lines of the head that have been read. */
  #lines = 0;
  #lengthBytes = 0;
  #chunked = false;
  /** Of the body or the chunk. */
  #leftBytes = 0;
  readonly #largestLineBytes: number;

  constructor(largestLineBytes: number) {
    this.#largestLineBytes = largestLineBytes;
  }

  /** @returns false: this connection must not be read on */
  accepts(bytes: Buffer): boolean {
    let at = 0;
    while (at < bytes.length && this.#state !== 'broken') {
      if (this.#state === 'body' || this.#state === 'chunk') at = this.#skip(bytes, at);
      else at = this.#readLine(bytes, at);
    }
    return this.#state !== 'broken';
  }

  #skip(bytes: Buffer, at: number): number {
    const taken = Math.min(this.#leftBytes, bytes.length - at);
    this.#leftBytes -= taken;
    if (this.#leftBytes === 0) this.#state = this.#state === 'chunk' ? 'chunkEnd' : 'line';
    return at + taken;
  }

  #readLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(lf, at);
    if (end === -1) {
      this.#line += bytes.toString('latin1', at);
      if (this.#line.length > this.#largestLineBytes) this.#state = 'broken';
      return bytes.length;
    }
    const line = this.#line + bytes.toString('latin1', at, end);
    this.#line = '';
    if (line.charCodeAt(line.length - 1) === cr) this.#lineRead(line.slice(0, -1));
    else this.#state = 'broken';
    return end + 1;
  }

  #lineRead(line: string): void {
    if (this.#state === 'chunkSize') this.#chunkBegins(line);
    else if (this.#state === 'chunkEnd') this.#state = line === '' ? 'chunkSize' : 'broken';
    else if (this.#state === 'trailer') {
      if (line === '') this.#state = 'line';
    } else if (line !== '') this.#headLine(line);
    else if (this.#lines > 0) this.#headEnds();
  }

  #headLine(line: string): void {
    this.#lines += 1;
    const length = /^content-length:[ \t]*(\d{1,15})[ \t]*$/i.exec(line)?.[1];
    if (length !== undefined) this.#lengthBytes = Number(length);
    else if (/^transfer-encoding:[ \t]*chunked[ \t]*$/i.test(line)) this.#chunked = true;
  }

  #headEnds(): void {
    this.#state = this.#chunked ? 'chunkSize' : this.#lengthBytes > 0 ? 'body' : 'line';
    this.#leftBytes = this.#lengthBytes;
    this.#lines = 0;
    this.#lengthBytes = 0;
    this.#chunked = false;
  }

  #chunkBegins(line: string): void {
    const size = /^([0-9a-f]{1,12})(?:[ \t]*;.*)?$/i.exec(line)?.[1];
    if (size === undefined) {
      this.#state = 'broken';
      return;
    }
    this.#leftBytes = Number.parseInt(size, 16);
    this.#state = this.#leftBytes === 0 ? 'trailer' : 'chunk';
  }
}
