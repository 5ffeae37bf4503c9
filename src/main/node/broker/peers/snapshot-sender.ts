import { type FileHandle, open } from 'node:fs/promises';
import { toErrorShape } from '../../../../common/errors.ts';
import type { Logger } from '../../telemetry/index.ts';
import type { BrokerId, GroupId } from '../core/types.ts';
import type { BinaryFrame } from '../protocol/index.ts';
import type { SnapshotFile } from '../state/types.ts';
import type { PeerLimits } from './limits.ts';
import type { PeerConnection } from './peer-connection.ts';
import { peerFrameTypes } from './peer-frames.ts';
import { decodeDone, decodeRequest, offerHeader } from './snapshot-messages.ts';

interface Offer {
  readonly connection: PeerConnection;
  readonly file: SnapshotFile;
  handle: Promise<FileHandle> | undefined;
  timer: NodeJS.Timeout | undefined;
  /** What the member has: where it asked last. */
  broughtBytes: number;
  /** Ends it, once. */
  settle(isInstalled: boolean): void;
}

/**
 * Brings snapshots to members. The member asks for one piece after the other: what is under way to it is never more than one, so that
 * heartbeats and the log pass in between.
 */
export class SnapshotSender {
  readonly #limits: PeerLimits;
  readonly #logger: Logger;
  readonly #offers = new Map<string, Offer>();

  constructor(limits: PeerLimits, logger: Logger) {
    this.#limits = limits;
    this.#logger = logger;
  }

  /** One to each member and group: a later one takes its place. @returns whether the member has installed it */
  offer(connection: PeerConnection, groupId: GroupId, file: SnapshotFile): Promise<boolean> {
    const key = keyOf(connection.peer.brokerId, groupId);
    this.#offers.get(key)?.settle(false);
    return new Promise((resolve) => {
      const offer: Offer = {
        connection,
        file,
        handle: undefined,
        timer: undefined,
        broughtBytes: 0,
        settle: (isInstalled) => {
          clearTimeout(offer.timer);
          if (this.#offers.get(key) === offer) this.#offers.delete(key);
          void this.#closeFile(offer);
          resolve(isInstalled);
        },
      };
      this.#offers.set(key, offer);
      this.#waitFor(offer);
      connection.send({ type: peerFrameTypes.dataSyncOffer, requestId: 0, header: offerHeader(groupId, file), payload: [] });
    });
  }

  /** How much of a snapshot a member has, 0 to 1; null when none is on the way to it. */
  progress(groupId: GroupId, brokerId: BrokerId): number | null {
    const offer = this.#offers.get(keyOf(brokerId, groupId));
    return offer === undefined ? null : offer.broughtBytes / offer.file.sizeBytes;
  }

  /** Gives a piece. @throws SignalboxError `INVALID_PARAMS` */
  async request(connection: PeerConnection, { requestId, header }: BinaryFrame): Promise<void> {
    const { group, snapshot_id, offset, max_bytes } = decodeRequest(header);
    const offer = this.#offers.get(keyOf(connection.peer.brokerId, group));
    const answer = (fields: object, payload: readonly Uint8Array[] = []) =>
      connection.send({ type: peerFrameTypes.dataSyncChunk, requestId, header: fields, payload });
    if (offer === undefined || offer.connection !== connection || offer.file.sha256 !== snapshot_id || offset >= offer.file.sizeBytes) {
      answer({ code: 'NOT_FOUND', message: 'This snapshot is no longer offered.' });
      return;
    }
    this.#waitFor(offer);
    offer.broughtBytes = offset;
    try {
      const piece = await this.#read(offer, offset, max_bytes);
      answer({ snapshot_id, offset, done: offset + piece.byteLength === offer.file.sizeBytes }, [piece]);
    } catch (error) {
      this.#logger.error('broker.snapshotUnreadable', 'A snapshot could not be read.', { group, file: offer.file.path, error });
      answer({ code: toErrorShape(error).code, message: 'The snapshot cannot be read.' });
      offer.settle(false);
    }
  }

  /** The member has installed it, or cannot. @throws SignalboxError `INVALID_PARAMS` */
  done(connection: PeerConnection, { header }: BinaryFrame): void {
    const { group, snapshot_id, ok, message } = decodeDone(header);
    const { brokerId } = connection.peer;
    const offer = this.#offers.get(keyOf(brokerId, group));
    if (offer === undefined || offer.file.sha256 !== snapshot_id) return;
    if (!ok) this.#logger.warn('broker.snapshotRefused', 'A member did not take a snapshot.', { group, brokerId, message });
    offer.settle(ok);
  }

  disconnected(brokerId: BrokerId): void {
    for (const offer of [...this.#offers.values()]) if (offer.connection.peer.brokerId === brokerId) offer.settle(false);
  }

  stop(): void {
    for (const offer of [...this.#offers.values()]) offer.settle(false);
  }

  #waitFor(offer: Offer): void {
    clearTimeout(offer.timer);
    offer.timer = setTimeout(() => offer.settle(false), this.#limits.snapshotIdleMs).unref();
  }

  async #read(offer: Offer, offset: number, maxBytes: number): Promise<Uint8Array> {
    offer.handle ??= open(offer.file.path, 'r');
    const handle = await offer.handle;
    const piece = Buffer.allocUnsafe(Math.min(maxBytes, offer.file.sizeBytes - offset));
    const { bytesRead } = await handle.read(piece, 0, piece.byteLength, offset);
    if (bytesRead < piece.byteLength) throw new Error(`The file ends at ${offset + bytesRead} bytes.`);
    return piece;
  }

  async #closeFile({ handle, file }: Offer): Promise<void> {
    try {
      await (await handle)?.close();
    } catch (error) {
      this.#logger.warn('broker.snapshotNotClosed', 'The file of a snapshot could not be closed.', { file: file.path, error });
    }
  }
}

function keyOf(brokerId: BrokerId, groupId: GroupId): string {
  return `${groupId} ${brokerId}`;
}
