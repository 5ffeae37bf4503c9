import { envelopeFields, varintBytes, WireWriter, wireTypes } from '../protocol/index.ts';
import { linkLimits } from './limits.ts';
import type { LinkSocket } from './socket.ts';

/** Tag and length of a Batch come before the first envelope. */
const batchPrefixRoom = 6;
/** Blocks that are kept for the next frame, of all links. */
const keptBlocks = 16;
const blocks: Buffer[] = [];

/**
 * Gathers what is written in one turn of the event loop into as few frames as it goes into: a frame a message costs several times as much
 * (tunnel.md). A message that is alone goes as it is, several go as a Batch.
 */
export class FrameOutput {
  readonly #socket: LinkSocket;
  readonly #batches: boolean;
  readonly #fill: () => void;
  /** Frames given to the socket, in their order. */
  readonly #sending: { readonly sizeBytes: number; readonly block: Buffer | undefined }[] = [];
  #writer: WireWriter | undefined;
  #messages = 0;
  #firstMessage = 0;
  #inSocketBytes = 0;
  #scheduled: NodeJS.Immediate | undefined;
  #closed = false;
  #bytesOut = 0;

  /**
   * @param batches false: each message is a frame
   * @param fill is called before a frame is sent and when the socket has room again: to write what waits
   */
  constructor(socket: LinkSocket, batches: boolean, fill: () => void) {
    this.#socket = socket;
    this.#batches = batches;
    this.#fill = fill;
  }

  get bytesOut(): number {
    return this.#bytesOut;
  }

  /** Written and not on the wire. */
  get waitingBytes(): number {
    return this.#inSocketBytes + this.#gatheredBytes();
  }

  /** Whether data may be written; what is urgent may be in any case. */
  get hasRoom(): boolean {
    return this.waitingBytes < linkLimits.socketBytes;
  }

  /** A writer with so much room. Each message that is written has to be told with {@link written}. */
  reserve(roomBytes: number): WireWriter {
    if (this.#writer !== undefined && this.#writer.bytes.length - this.#writer.position < roomBytes) this.#cut();
    if (this.#writer === undefined) {
      const needed = roomBytes + batchPrefixRoom;
      const block =
        needed > linkLimits.batchBytes ? Buffer.allocUnsafeSlow(needed) : (blocks.pop() ?? Buffer.allocUnsafeSlow(linkLimits.batchBytes));
      this.#writer = new WireWriter(block, batchPrefixRoom);
    }
    return this.#writer;
  }

  /** @param alone where the envelope begins when it is not in a Batch */
  written(alone: number): void {
    if (this.#messages++ === 0) this.#firstMessage = alone;
    if (this.#batches) this.schedule();
    else this.#cut();
  }

  /** Lets `fill` be called, and a frame be sent, at the end of this turn. */
  schedule(): void {
    if (this.#scheduled === undefined && !this.#closed) this.#scheduled = setImmediate(this.#flush);
  }

  /** Sends what has been written; after that nothing goes out any more. */
  close(): void {
    this.#cut();
    this.#closed = true;
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
  }

  readonly #flush = (): void => {
    this.#scheduled = undefined;
    if (this.#closed) return;
    this.#fill();
    this.#cut();
  };

  readonly #sent = (): void => {
    const frame = this.#sending.shift();
    if (frame === undefined) return;
    this.#inSocketBytes -= frame.sizeBytes;
    if (frame.block !== undefined) keep(frame.block);
    if (!this.#closed && this.hasRoom) {
      this.#fill();
      this.#cut();
    }
  };

  #gatheredBytes(): number {
    return this.#writer === undefined ? 0 : this.#writer.position - batchPrefixRoom;
  }

  #cut(): void {
    const writer = this.#writer;
    if (writer === undefined || this.#messages === 0) return;
    const frame = writer.bytes.subarray(this.#messages === 1 ? this.#firstMessage : batchStart(writer), writer.position);
    this.#messages = 0;
    this.#writer = undefined;
    if (this.#closed) return;
    this.#bytesOut += frame.length;
    this.#inSocketBytes += frame.length;
    if (frame.length <= linkLimits.copiedFrameBytes) {
      const copy = Buffer.from(frame);
      keep(writer.bytes);
      this.#sending.push({ sizeBytes: copy.length, block: undefined });
      this.#socket.send(copy, this.#sent);
    } else {
      this.#sending.push({ sizeBytes: frame.length, block: writer.bytes });
      this.#socket.send(frame, this.#sent);
    }
  }
}

/** Writes tag and length of a Batch before the envelopes. @returns where it begins */
function batchStart(writer: WireWriter): number {
  const end = writer.position;
  const sizeBytes = end - batchPrefixRoom;
  const start = batchPrefixRoom - 1 - varintBytes(sizeBytes);
  writer.position = start;
  writer.tag(envelopeFields.batch, wireTypes.bytes);
  writer.varint(sizeBytes);
  writer.position = end;
  return start;
}

function keep(block: Buffer): void {
  if (block.length === linkLimits.batchBytes && blocks.length < keptBlocks) blocks.push(block);
}
