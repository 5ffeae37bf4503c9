/** Characters of a hash that a column has room for. */
const shown = 8;

/** The beginning of a hash, for a column; an en dash for none. The inspector has all of it. */
export function shortHash(hash: string | null): string {
  return hash === null || hash === '' ? '–' : hash.slice(0, shown);
}

/** Whether a hash is that of nothing: what comes before the first block. */
export function isZeroHash(hash: string): boolean {
  return /^0+$/.test(hash);
}
