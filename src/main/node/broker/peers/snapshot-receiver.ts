import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { Logger } from '../../telemetry/index.ts';
import type { BrokerId, GroupId } from '../core/types.ts';
import type { BinaryFrame } from '../protocol/index.ts';
import type { PeerLimits } from './limits.ts';
import type { PeerConnection } from './peer-connection.ts';
import { peerFrameTypes } from './peer-frames.ts';
import { decodeChunk, decodeOffer, type SnapshotOffer } from './snapshot-messages.ts';
import type { PeerReceiver } from './types.ts';

export interface SnapshotReceiverOptions {
  /** Where pieces are gathered; on the disk that the state is on. */
  readonly directory: string;
  readonly limits: PeerLimits;
  readonly logger: Logger;
  readonly install: PeerReceiver['installSnapshot'];
  /** Whether a snapshot of a group is taken from this broker. */
  readonly mayOffer: (from: BrokerId, groupId: GroupId) => boolean;
}

interface Receiving {
  readonly offer: SnapshotOffer;
  readonly connection: PeerConnection;
  receivedBytes: number;
  isAbandoned: boolean;
  readonly ended: Promise<void>;
}

/** Takes snapshots from leaders, piece by piece. What came before a connection broke is kept, and the next try goes on from there. */
export class SnapshotReceiver {
  readonly #options: SnapshotReceiverOptions;
  readonly #receiving = new Map<GroupId, Receiving>();

  constructor(options: SnapshotReceiverOptions) {
    this.#options = options;
  }

  /** How much of a snapshot is here, 0 to 1; null when none is on the way. */
  progress(groupId: GroupId): number | null {
    const receiving = this.#receiving.get(groupId);
    return receiving === undefined ? null : receiving.receivedBytes / receiving.offer.sizeBytes;
  }

  /** A leader offers one. @throws SignalboxError `INVALID_PARAMS` */
  async offered(connection: PeerConnection, { header }: BinaryFrame): Promise<void> {
    const offer = decodeOffer(header);
    const { groupId, sha256 } = offer;
    const before = this.#receiving.get(groupId);
    if (before !== undefined) {
      if (before.connection === connection && before.offer.sha256 === sha256) return;
      before.isAbandoned = true;
      await before.ended;
    }
    if (connection.isEnded || this.#receiving.has(groupId)) return;
    const refusal = this.#refusalOf(connection, offer);
    if (refusal !== undefined) {
      answer(connection, offer, refusal);
      return;
    }
    const { promise, resolve } = withResolvers();
    const receiving: Receiving = { offer, connection, receivedBytes: 0, isAbandoned: false, ended: promise };
    this.#receiving.set(groupId, receiving);
    try {
      await this.#receive(receiving);
    } finally {
      this.#receiving.delete(groupId);
      resolve();
    }
  }

  /** Gives up what is on the way; resolves when nothing is written any more. */
  async stop(): Promise<void> {
    const all = [...this.#receiving.values()];
    for (const receiving of all) receiving.isAbandoned = true;
    await Promise.all(all.map(({ ended }) => ended));
  }

  /** Removes what is here of a group's snapshots. */
  async forget(groupId: GroupId): Promise<void> {
    await this.#removeOthers(groupId, undefined);
  }

  #refusalOf({ peer }: PeerConnection, { groupId }: SnapshotOffer): string | undefined {
    const { limits, mayOffer } = this.#options;
    if (!mayOffer(peer.brokerId, groupId)) return `This broker takes no snapshot of ${groupId} from ${peer.brokerId}.`;
    if (this.#receiving.size >= limits.snapshots) return `This broker receives ${limits.snapshots} snapshots already.`;
    return undefined;
  }

  async #receive(receiving: Receiving): Promise<void> {
    const { connection, offer } = receiving;
    const { groupId, sha256, position, configuration } = offer;
    const { logger, install, directory } = this.#options;
    const path = this.#pathOf(offer);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await this.#removeOthers(groupId, path);
      if (!(await this.#fetch(receiving, path))) return;
      try {
        await install(groupId, path, sha256, position, configuration);
      } finally {
        // Installed, it was moved; not installed, it is not what it should be.
        await rm(path, { force: true });
      }
      logger.info('broker.snapshotInstalled', 'A snapshot took the place of a replica.', { groupId, index: position.index });
      answer(connection, offer, undefined);
    } catch (error) {
      logger.warn('broker.snapshotFailed', 'A snapshot was not taken.', { groupId, from: connection.peer.brokerId, error });
      answer(connection, offer, toErrorShape(error).message);
    }
  }

  /** @returns false when it was given up */
  async #fetch(receiving: Receiving, path: string): Promise<boolean> {
    const { offer, connection } = receiving;
    const file = await open(path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      // More than the snapshot has is not of it.
      if (size > offer.sizeBytes) await file.truncate(0);
      receiving.receivedBytes = size > offer.sizeBytes ? 0 : size;
      while (receiving.receivedBytes < offer.sizeBytes) {
        if (receiving.isAbandoned) return false;
        const piece = await this.#ask(connection, offer, receiving.receivedBytes);
        await file.appendFile(piece);
        receiving.receivedBytes += piece.byteLength;
      }
      await file.sync();
      return !receiving.isAbandoned;
    } finally {
      await file.close();
    }
  }

  /** The next piece, never more than was asked for. */
  async #ask(connection: PeerConnection, offer: SnapshotOffer, offset: number): Promise<Buffer> {
    const { limits } = this.#options;
    const maxBytes = Math.min(limits.snapshotChunkBytes, offer.sizeBytes - offset);
    const request = { group: offer.groupId, snapshot_id: offer.sha256, offset, max_bytes: maxBytes };
    const { header, payload } = await connection.ask(peerFrameTypes.dataSyncRequest, request, limits.requestMs);
    const chunk = decodeChunk(header);
    if ('code' in chunk) throw SignalboxError.fromShape(chunk);
    if (chunk.offset !== offset || payload.byteLength === 0 || payload.byteLength > maxBytes)
      throw new SignalboxError('INVALID_PARAMS', 'A piece of the snapshot is not the one that was asked for.', { executed: 'no' });
    return payload;
  }

  /** Pieces of earlier snapshots of the group are worth nothing. */
  async #removeOthers(groupId: GroupId, kept: string | undefined): Promise<void> {
    const { directory } = this.#options;
    const names = await readdir(directory).catch(() => []);
    for (const name of names) if (name.startsWith(`${groupId}.`) && join(directory, name) !== kept) await rm(join(directory, name));
  }

  #pathOf({ groupId, sha256 }: SnapshotOffer): string {
    return join(this.#options.directory, `${groupId}.${sha256}.part`);
  }
}

function answer(connection: PeerConnection, { groupId, sha256 }: SnapshotOffer, refusal: string | undefined): void {
  if (connection.isEnded) return;
  const header = { group: groupId, snapshot_id: sha256, ok: refusal === undefined, message: refusal?.slice(0, 512) ?? '' };
  connection.send({ type: peerFrameTypes.dataSyncDone, requestId: 0, header, payload: [] });
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
