import { entryChecksum } from '../../src/main/node/broker/core/checksum.ts';
import { encodeConfiguration } from '../../src/main/node/broker/core/configuration.ts';
import type { EntryKind, GroupConfiguration, LogEntry, LogPosition, Persist } from '../../src/main/node/broker/core/types.ts';

export const groupA = 'G-AAAAA';
export const groupB = 'G-BBBBB';
export const start: LogPosition = { index: 0, term: 0, checksum: 0 };

export function configurationOf(groupId: string, version = 0): GroupConfiguration {
  return { groupId, version, members: [{ brokerId: 'B-OWN01', voter: true, nodeId: null, host: '127.0.0.1', port: 9401 }] };
}

/** Makes entries that follow each other, as a core does. */
export class EntryMaker {
  last: LogPosition;

  constructor(last: LogPosition = start) {
    this.last = last;
  }

  next(term: number, data: Uint8Array | string, kind: EntryKind = 'commands'): LogEntry {
    const entry = { index: this.last.index + 1, term, kind, data: typeof data === 'string' ? new TextEncoder().encode(data) : data };
    const checksum = entryChecksum(this.last.checksum, entry);
    this.last = { index: entry.index, term, checksum };
    return { ...entry, checksum };
  }

  many(term: number, count: number): LogEntry[] {
    return Array.from({ length: count }, () => this.next(term, `entry ${this.last.index + 1}`));
  }

  configuration(groupId: string, term: number): LogEntry {
    return this.next(term, encodeConfiguration(configurationOf(groupId, this.last.index + 1)), 'configuration');
  }
}

export function persist(entries: readonly LogEntry[], more: Partial<Persist> = {}): Persist {
  return { ticket: 0, hardState: undefined, truncateFrom: undefined, entries, ...more };
}
