import { crc32 } from 'node:zlib';
import type { EntryKind, LogEntry } from './types.ts';

/** As in the header that is summed; never renumbered, for logs on disks hold the sums. */
const kindNumbers: Readonly<Record<EntryKind, number>> = { commands: 0, configuration: 1, noop: 2 };
const headerBytes = 25;
const header = Buffer.alloc(headerBytes);

/**
 * The checksum of an entry: CRC-32 over the checksum of the entry before (4 bytes), index (8), term (8), kind (1), length of the data (4), all
 * big-endian, and the data. It makes a chain: where two logs have one checksum at an index, they are one log up to it (queue.md 2, lessons 3
 * and 4). The data is not copied.
 *
 * @param previous Checksum of the entry before; 0 for the first of all.
 */
export function entryChecksum(previous: number, entry: Pick<LogEntry, 'index' | 'term' | 'kind' | 'data'>): number {
  header.writeUInt32BE(previous, 0);
  header.writeUInt32BE(Math.floor(entry.index / 0x1_0000_0000), 4);
  header.writeUInt32BE(entry.index >>> 0, 8);
  header.writeUInt32BE(Math.floor(entry.term / 0x1_0000_0000), 12);
  header.writeUInt32BE(entry.term >>> 0, 16);
  header.writeUInt8(kindNumbers[entry.kind], 20);
  header.writeUInt32BE(entry.data.byteLength, 21);
  return crc32(entry.data, crc32(header));
}
