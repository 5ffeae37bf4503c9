/** The file that an export is saved as, and the command that checks it. */

/** @param name of the node whose chain it is @param from first number, undefined: from the beginning */
export function exportFileName(name: string, from: number | undefined, to: number | undefined): string {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '') || 'chain';
  const range = from === undefined && to === undefined ? '' : `-${from ?? 1}-${to ?? 'end'}`;
  return `ledger-${safe}${range}.jsonl`;
}

/** What a person types where the file is. */
export function verifyCommand(fileName: string): string {
  return `signalbox ledger verify ${fileName}`;
}

/**
 * What a person wrote as a number of an entry: `12,408`, `#12408`.
 *
 * @returns undefined for nothing; null for what is no such number
 */
export function parseNumber(text: string): number | undefined | null {
  const plain = text.trim().replace(/^#/, '').replaceAll(',', '');
  if (plain === '') return undefined;
  return /^\d{1,15}$/.test(plain) ? Number(plain) : null;
}
