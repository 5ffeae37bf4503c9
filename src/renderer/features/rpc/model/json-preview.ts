/** Large answers: a pretty beginning at once, the whole only when it is asked for. */

/** What is shown without asking (ui.md section 5). */
export const previewCharacters = 65_536;

export interface JsonPreview {
  readonly text: string;
  readonly complete: boolean;
}

/** Indented JSON text that stops after so many characters, without ever writing the rest. */
export function previewJson(value: unknown, mostCharacters = previewCharacters): JsonPreview {
  const writer = new PreviewWriter(mostCharacters);
  const complete = writer.write(value, '');
  return { text: writer.text, complete };
}

/** A value on one line, cut with an ellipsis; only the beginning of a large one is ever written. */
export function shortJson(value: unknown, longest = 80): string {
  if (value === undefined) return '';
  // Indentation and line breaks fall away again: room for those of a deep value.
  const { text, complete } = previewJson(value, longest * 4);
  const line = text.replaceAll(/\n\s*("(?:[^"\\]|\\.)*"): /g, '$1:').replaceAll(/\n\s*/g, '');
  return complete && line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** Each method answers false when there is no room left. */
class PreviewWriter {
  text = '';
  #left: number;

  constructor(mostCharacters: number) {
    this.#left = mostCharacters;
  }

  write(value: unknown, indent: string): boolean {
    if (typeof value !== 'object' || value === null) return this.#put(JSON.stringify(value) ?? 'null');
    if (Array.isArray(value)) {
      return this.#members(
        value.map((element) => ['', element] as const),
        '[]',
        indent,
      );
    }
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return this.#members(
      members.map(([key, member]) => [`${JSON.stringify(key)}: `, member] as const),
      '{}',
      indent,
    );
  }

  #members(members: readonly (readonly [name: string, value: unknown])[], brackets: string, indent: string): boolean {
    if (members.length === 0) return this.#put(brackets);
    if (!this.#put(brackets.slice(0, 1))) return false;
    const inner = `${indent}  `;
    for (const [index, [name, value]] of members.entries()) {
      if (!this.#put(`${index === 0 ? '' : ','}\n${inner}${name}`) || !this.write(value, inner)) return false;
    }
    return this.#put(`\n${indent}${brackets.slice(1)}`);
  }

  #put(text: string): boolean {
    this.text += text.slice(0, this.#left);
    this.#left -= Math.min(text.length, this.#left);
    return this.#left > 0;
  }
}
