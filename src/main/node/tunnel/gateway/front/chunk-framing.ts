import type { IncomingMessage } from 'node:http';

/** What any chunk needs: its size, generously, and two line ends. */
const neededBytes = 20;

/**
 * Measures what a body in chunks brings besides its bytes. Node bounds the extensions of one chunk, not those of all, which RFC 9112 section
 * 7.1.1 asks for: a body of few bytes could be of any size on the wire.
 */
export class ChunkFraming {
  readonly #request: IncomingMessage;
  readonly #fromBytes: number;
  #bodyBytes = 0;
  #pieces = 0;

  /** @param request its head has just been read */
  constructor(request: IncomingMessage) {
    this.#request = request;
    this.#fromBytes = request.socket.bytesRead;
  }

  /**
   * @param sizeBytes of a piece of the body that came: a chunk, or a part of one
   * @returns bytes so far that are neither body nor needed by its chunks. Up to 64 KiB of them, which is what is read at once, may still turn
   *   out to be body.
   */
  surplusAfter(sizeBytes: number): number {
    this.#bodyBytes += sizeBytes;
    this.#pieces += 1;
    const { socket, readableLength } = this.#request;
    return socket.bytesRead - this.#fromBytes - this.#bodyBytes - readableLength - this.#pieces * neededBytes;
  }
}
