import { inspectorLimits } from './limits.ts';
import { type RequestRecord, recordBytes } from './request-record.ts';

/** The last requests of one tunnel, bounded by number and bytes; the oldest goes first. */
export class RequestRing {
  /** Oldest first. */
  readonly #records: RequestRecord[] = [];
  #bytes = 0;
  #dropped = 0;

  get records(): readonly RequestRecord[] {
    return this.#records;
  }

  /** Memory of all that is kept, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** No longer kept, because newer ones needed the room. */
  get dropped(): number {
    return this.#dropped;
  }

  add(record: RequestRecord): void {
    this.#records.push(record);
    this.#bytes += recordBytes(record);
    this.#makeRoom();
  }

  /** A kept record needs so many bytes more (headers, a piece of a body). */
  grow(bytes: number): void {
    this.#bytes += bytes;
    this.#makeRoom();
  }

  /** Drops the oldest. @returns false when there is none */
  dropOldest(): boolean {
    const oldest = this.#records.shift();
    if (oldest === undefined) return false;
    this.#bytes -= recordBytes(oldest);
    letGo(oldest);
    this.#dropped++;
    return true;
  }

  /** Forgets all. @returns how many that were */
  clear(): number {
    const count = this.#records.length;
    for (const record of this.#records) letGo(record);
    this.#records.length = 0;
    this.#bytes = 0;
    return count;
  }

  #makeRoom(): void {
    while (this.#records.length > inspectorLimits.keptRequests || this.#bytes > inspectorLimits.keptBytesPerTunnel)
      if (!this.dropOldest()) return;
  }
}

/** Who follows the exchange still has the record: its bodies must not stay with it. */
function letGo(record: RequestRecord): void {
  record.kept = false;
  record.requestBody = null;
  record.responseBody = null;
}
