/** A join code while it is typed: grouped, and checked as soon as it is whole (security.md row 58). */
import {
  decodeJoinCode,
  groupJoinCode,
  isJoinCodeCharacter,
  joinCodeCharacters,
  joinCodeCheckInput,
  joinCodeCheckOf,
  normalizeJoinCode,
} from '../../../../../common/join-code.ts';

/** What is wrong with what was typed; `undefined` while it is only unfinished. */
export type CodeProblem =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'long'; readonly count: number }
  | { readonly kind: 'mistyped' };

/** The text of the field after a change: `XXXXX-XXXXX-XXXXX-XXXXX`. */
export function groupTyped(text: string): string {
  return groupJoinCode(normalizeJoinCode(text));
}

/** Characters of the code in a text. */
export function charactersOf(text: string): number {
  return normalizeJoinCode(text).length;
}

/**
 * Where the cursor belongs after grouping: behind the same number of characters of the code.
 *
 * @param before text up to the cursor, as it was typed
 */
export function cursorAfter(before: string, grouped: string): number {
  const characters = normalizeJoinCode(before).length;
  let at = 0;
  for (let seen = 0; at < grouped.length && seen < characters; at++) if (grouped[at] !== '-') seen++;
  // Behind the dash, so that the next character is typed where it will stand.
  return grouped[at] === '-' && at < grouped.length - 1 ? at + 1 : at;
}

/** What can be said of a code without its check characters. */
export function spellingProblem(text: string): CodeProblem | undefined {
  const code = normalizeJoinCode(text);
  const foreign = [...code].find((character) => !isJoinCodeCharacter(character));
  if (foreign !== undefined) return { kind: 'character', character: foreign };
  return code.length > joinCodeCharacters ? { kind: 'long', count: code.length - joinCodeCharacters } : undefined;
}

/** True when the check characters of a whole code fit. */
export async function isCodeRight(text: string): Promise<boolean> {
  const read = decodeJoinCode(text);
  if ('fault' in read) return false;
  const digest = await crypto.subtle.digest('SHA-256', joinCodeCheckInput(read.secret));
  return joinCodeCheckOf(new Uint8Array(digest)) === read.check;
}
