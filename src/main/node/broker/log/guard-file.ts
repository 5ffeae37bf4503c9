/**
 * What this disk once held, in a file of its own beside the log (`synced_through`, queue.md 6 item 4).
 *
 * SQLite opens a journal that was cut off or deleted without a word, and a broker that then votes with less than it has acknowledged can
 * lose what a majority held. A log that ends below what is written here is recognised. Two slots take turns, so that one is always whole;
 * the file is never longer than when it was made, so that writing it needs no change of the file system.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { syncFolder } from '../../store/durable-file.ts';
import type { GroupId } from '../core/types.ts';
import { storageError } from './storage-error.ts';

export interface GuardRecord {
  /** Of the highest entry that was durable. `Number.MAX_SAFE_INTEGER`: nobody knows. */
  readonly index: number;
  readonly term: number;
  /** Highest term that was durable, in which a vote may have been given. */
  readonly hardTerm: number;
  /** `creating`, `removing`: the log may be there or not. */
  readonly stage: 'kept' | 'creating' | 'removing';
}

const stages = ['kept', 'creating', 'removing'] as const;
const magic = 0x53474247;
const slotBytes = 16_384;
const headerBytes = 24;
const recordBytes = 32;
/** Groups of which one broker may hold replicas. */
export const guardGroupsMax = Math.floor((slotBytes - headerBytes) / recordBytes);

/**
 * Longest time for which the guard may be behind the log (queue.md 6, item 4). Each write of it is a flush that commits wait behind: at four
 * times as many a lone append took a fifth longer.
 */
const intervalMs = 100;

export class GuardFile {
  readonly #file: string;
  readonly #records: Map<GroupId, GuardRecord>;
  readonly #handle: FileHandle;
  readonly #onFailure: (error: unknown) => void;
  #sequence: number;
  #dirty = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  private constructor(file: string, handle: FileHandle, found: Slot, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#handle = handle;
    this.#records = found.records;
    this.#sequence = found.sequence;
    this.#onFailure = onFailure;
  }

  /**
   * @param onFailure told when it could not be written in its own time; it is tried again after the next change
   * @throws SignalboxError `STORAGE_FULL`
   */
  static async open(file: string, onFailure: (error: unknown) => void): Promise<GuardFile> {
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const handle = await openOrMake(file);
      try {
        return new GuardFile(file, handle, await readNewest(handle), onFailure);
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch (error) {
      throw storageError(file, error);
    }
  }

  get(groupId: GroupId): GuardRecord | undefined {
    return this.#records.get(groupId);
  }

  groupIds(): readonly GroupId[] {
    return [...this.#records.keys()];
  }

  get isFull(): boolean {
    return this.#records.size >= guardGroupsMax;
  }

  /** On the disk within {@link intervalMs}, or with the next `flush`. */
  set(groupId: GroupId, record: GuardRecord): void {
    this.#records.set(groupId, record);
    this.#touch();
  }

  delete(groupId: GroupId): void {
    this.#records.delete(groupId);
    this.#touch();
  }

  /** Resolves when everything that was set is on the disk. @throws SignalboxError `STORAGE_FULL` */
  async flush(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    // Another that waited for the same write may have begun the next one: it holds what was set before this call.
    if (this.#writing === undefined && this.#dirty) this.#write();
    await this.#writing;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.flush();
    } finally {
      clearTimeout(this.#timer);
      await this.#handle.close();
    }
  }

  #touch(): void {
    this.#dirty = true;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch(this.#onFailure);
    }, intervalMs).unref();
  }

  #write(): void {
    this.#dirty = false;
    this.#sequence++;
    const slot = encodeSlot(this.#sequence, this.#records);
    const position = (this.#sequence % 2) * slotBytes;
    this.#writing = (async () => {
      try {
        await this.#handle.write(slot, 0, slot.length, position);
        await this.#handle.datasync();
      } catch (error) {
        this.#dirty = true;
        throw storageError(this.#file, error);
      } finally {
        this.#writing = undefined;
      }
    })();
  }
}

interface Slot {
  readonly sequence: number;
  readonly records: Map<GroupId, GuardRecord>;
}

async function openOrMake(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const handle = await open(file, 'wx+', 0o600);
  try {
    await handle.write(Buffer.alloc(2 * slotBytes), 0, 2 * slotBytes, 0);
    await handle.sync();
    await syncFolder(dirname(file));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readNewest(handle: FileHandle): Promise<Slot> {
  const bytes = Buffer.alloc(2 * slotBytes);
  await handle.read(bytes, 0, bytes.length, 0);
  const slots = [bytes.subarray(0, slotBytes), bytes.subarray(slotBytes)].flatMap((slot) => decodeSlot(slot) ?? []);
  return slots.sort((left, right) => right.sequence - left.sequence)[0] ?? { sequence: 0, records: new Map() };
}

/** `u32 magic | u32 CRC-32 of all that follows | u64 sequence | u32 count | u32 0 | records`, each `7 bytes group | u8 stage | u64 index | u64 term | u64 hard term`. */
function encodeSlot(sequence: number, records: ReadonlyMap<GroupId, GuardRecord>): Buffer {
  const slot = Buffer.alloc(headerBytes + records.size * recordBytes);
  slot.writeUInt32BE(magic, 0);
  slot.writeBigUInt64BE(BigInt(sequence), 8);
  slot.writeUInt32BE(records.size, 16);
  let at = headerBytes;
  for (const [groupId, { index, term, hardTerm, stage }] of records) {
    slot.write(groupId, at, 7, 'latin1');
    slot.writeUInt8(stages.indexOf(stage), at + 7);
    slot.writeBigUInt64BE(BigInt(index), at + 8);
    slot.writeBigUInt64BE(BigInt(term), at + 16);
    slot.writeBigUInt64BE(BigInt(hardTerm), at + 24);
    at += recordBytes;
  }
  slot.writeUInt32BE(crc32(slot.subarray(8)), 4);
  return slot;
}

/** Undefined when the slot was never written, or not to its end. */
function decodeSlot(slot: Buffer): Slot | undefined {
  const count = slot.readUInt32BE(16);
  if (slot.readUInt32BE(0) !== magic || count > guardGroupsMax) return undefined;
  const end = headerBytes + count * recordBytes;
  if (crc32(slot.subarray(8, end)) !== slot.readUInt32BE(4)) return undefined;
  const records = new Map<GroupId, GuardRecord>();
  for (let at = headerBytes; at < end; at += recordBytes)
    records.set(slot.toString('latin1', at, at + 7), {
      stage: stages[slot.readUInt8(at + 7)] ?? 'kept',
      index: Number(slot.readBigUInt64BE(at + 8)),
      term: Number(slot.readBigUInt64BE(at + 16)),
      hardTerm: Number(slot.readBigUInt64BE(at + 24)),
    });
  return { sequence: Number(slot.readBigUInt64BE(8)), records };
}
