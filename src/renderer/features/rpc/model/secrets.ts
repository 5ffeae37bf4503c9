/** Keeps secret parameters out of everything that is kept or shown again. */
import { getAt, setAt } from '../../../design/data/json-pointer.ts';
import { parseJsonText } from '../../../design/data/json-syntax.ts';
import { isOnlyReferences } from './variables.ts';

/** Dotted paths of the contract, `user.password`, as keys. */
function pathOf(secretParam: string): readonly string[] {
  return secretParam.split('.');
}

/**
 * The text without the values of secret parameters; references to variables stay. A text without secrets comes back
 * exactly as written.
 *
 * @returns undefined when the text is not JSON yet, so that nobody can tell where the secret is
 */
export function withoutSecrets(text: string, secretParams: readonly string[]): string | undefined {
  if (secretParams.length === 0) return text;
  const parsed = parseJsonText(text);
  if (!parsed.ok) return parsed.error.fault === 'empty' ? text : undefined;
  let cleaned = parsed.value;
  for (const param of secretParams) {
    const path = pathOf(param);
    const value = getAt(cleaned, path);
    if (value === undefined || value === '' || (typeof value === 'string' && isOnlyReferences(value))) continue;
    cleaned = setAt(cleaned, path, undefined);
  }
  return cleaned === parsed.value ? text : JSON.stringify(cleaned, null, 2);
}
