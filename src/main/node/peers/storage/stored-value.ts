/** What the store holds under a key, without its value. */
export interface StoredItem {
  readonly key: string;
  /** Counts the changes of the key at its owner. */
  readonly version: number;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch, by the clock of the owner. */
  readonly updatedAt: number;
  /** `name@node` */
  readonly updatedBy: string;
}

export interface StoredValue extends StoredItem {
  readonly value: Uint8Array;
}

/** Which keys a list is to hold; in their order as bytes. */
export interface KeyRange {
  readonly prefix: string;
  /** Only keys behind this one. */
  readonly after: string;
  /** Most of them. */
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly more: boolean;
}

/** A row of `own_value` or `copy`. */
export interface ValueRow {
  readonly key: string;
  readonly version: number;
  readonly value: Uint8Array | null;
  readonly size_bytes: number;
  readonly updated_at: number;
  readonly updated_by: string;
}

/** Columns of {@link ValueRow} but for the value. */
export const itemColumns = 'key, version, size_bytes, updated_at, updated_by';

export function itemOf(row: Omit<ValueRow, 'value'>): StoredItem {
  return { key: row.key, version: row.version, sizeBytes: row.size_bytes, updatedAt: row.updated_at, updatedBy: row.updated_by };
}

/** Behind every key that begins with the prefix: keys are printable ASCII. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u007f`;
}

/** The page of rows that were read with one more than the limit, which tells whether there are more. */
export function pageOf<R, T>(rows: readonly R[], limit: number, read: (row: R) => T): Page<T> {
  return { items: rows.slice(0, limit).map(read), more: rows.length > limit };
}
