import { UsageError } from './exit-codes.ts';

/**
 * Reads `key=value` words. A value is JSON where it can be (`7421`, `true`, `["a"]`), else text; a setting that is a text
 * stays one, so that `node.name=007` is no number. `null` puts the default back.
 *
 * @param isText whether the setting of that key takes a text
 */
export function parseAssignments(words: readonly string[], isText: (key: string) => boolean): Record<string, unknown> {
  const values: [string, unknown][] = [];
  for (const word of words) {
    const mark = word.indexOf('=');
    if (mark < 1) throw new UsageError(`${word}: write a setting as key=value, for example node.name=press-07.`);
    const key = word.slice(0, mark);
    values.push([key, parseValue(word.slice(mark + 1), isText(key))]);
  }
  return Object.fromEntries(values);
}

function parseValue(text: string, isText: boolean): unknown {
  if (isText && text !== 'null') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
