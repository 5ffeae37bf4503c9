import type { z } from 'zod';
import type { capturedBodySchema } from '../../../../common/contract/tunnels.ts';

/** The beginning of a body, up to a limit, and how long all of it was. */
export class KeptBody {
  readonly #maxBytes: number;
  readonly #pieces: Buffer[] = [];
  #keptBytes = 0;
  #sizeBytes = 0;

  /** @param maxBytes kept at most */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** In memory. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Of the whole body, as far as it has come. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** More came than was kept. */
  get truncated(): boolean {
    return this.#sizeBytes > this.#keptBytes;
  }

  /** Copies what fits. @returns bytes that were copied */
  add(chunk: Uint8Array): number {
    this.#sizeBytes += chunk.byteLength;
    const room = Math.min(chunk.byteLength, this.#maxBytes - this.#keptBytes);
    if (room <= 0) return 0;
    this.#pieces.push(Buffer.from(chunk.subarray(0, room)));
    this.#keptBytes += room;
    return room;
  }

  /** What was kept, in one piece. */
  bytes(): Buffer {
    const [only] = this.#pieces;
    return this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces);
  }

  /** As the contract shows it. */
  shown(): z.infer<typeof capturedBodySchema> {
    return { base64: this.bytes().toString('base64'), sizeBytes: this.#sizeBytes, truncated: this.truncated };
  }
}
