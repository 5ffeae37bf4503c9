/** Text from elsewhere that a terminal or a reader may take for orders (security.md row 52). */

/**
 * Control characters but tab and line end, those that turn the direction of writing, and those that cannot be seen. The joiners of scripts
 * and emoji are none of them.
 */
const steering =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** For people: each such character becomes a question mark. */
export function harmlessText(text: string): string {
  return text.replace(steering, '?');
}

/** For programs: JSON that says the same, with each such character escaped. */
export function harmlessJson(json: string): string {
  return json.replace(steering, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
