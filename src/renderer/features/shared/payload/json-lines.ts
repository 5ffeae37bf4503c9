/** JSON for people: one line a value, each with the JSON pointer it shows, so that a difference finds its line. */

export interface JsonLine {
  readonly text: string;
  /** Pointer of the value that begins on this line (RFC 6901); undefined for a closing bracket. */
  readonly pointer: string | undefined;
}

/** Lines so far, and how many characters may still come. */
interface Page {
  readonly lines: JsonLine[];
  room: number;
}

/** Where a value stands. */
interface Place {
  readonly pointer: string;
  readonly indent: string;
  readonly before: string;
  readonly after: string;
}

/**
 * The lines of `JSON.stringify(value, null, 2)`.
 *
 * @param maxCharacters no line is begun after so many: the top of a large value costs as little as a small one
 */
export function jsonLines(value: unknown, maxCharacters = Number.POSITIVE_INFINITY): readonly JsonLine[] {
  const page: Page = { lines: [], room: maxCharacters };
  write(value, { pointer: '', indent: '', before: '', after: '' }, page);
  return page.lines;
}

function write(value: unknown, { pointer, indent, before, after }: Place, page: Page): void {
  const entries = entriesOf(value);
  if (entries === undefined || entries.length === 0) {
    put(page, `${indent}${before}${JSON.stringify(value) ?? 'null'}${after}`, pointer);
    return;
  }
  const isArray = Array.isArray(value);
  put(page, `${indent}${before}${isArray ? '[' : '{'}`, pointer);
  for (const [index, [key, child]] of entries.entries()) {
    if (page.room <= 0) return;
    const place = {
      pointer: pointerTo(pointer, key),
      indent: `${indent}  `,
      before: isArray ? '' : `${JSON.stringify(key)}: `,
      after: index < entries.length - 1 ? ',' : '',
    };
    write(child, place, page);
  }
  put(page, `${indent}${isArray ? ']' : '}'}${after}`, undefined);
}

function put(page: Page, text: string, pointer: string | undefined): void {
  if (page.room <= 0) return;
  page.lines.push({ text, pointer });
  page.room -= text.length + 1;
}

/** Keys and values of an object or array; undefined for anything else. */
export function entriesOf(value: unknown): readonly (readonly [key: string, value: unknown])[] | undefined {
  if (Array.isArray(value)) return value.map((child, index) => [String(index), child] as const);
  if (typeof value === 'object' && value !== null) return Object.entries(value);
  return undefined;
}

/** The pointer of a member. */
export function pointerTo(parent: string, key: string): string {
  return `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The value at a pointer, or undefined. */
export function valueAt(value: unknown, pointer: string): unknown {
  let current = value;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

/** A pointer as people read it: `/system/cpu/percent` becomes `system.cpu.percent`. */
export function pointerLabel(pointer: string): string {
  return pointer === '' ? 'value' : pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Pointers of every number in a value, in order, at most `most`. */
export function numericPointers(value: unknown, most: number): readonly string[] {
  const found: string[] = [];
  const visit = (current: unknown, pointer: string): void => {
    if (found.length >= most) return;
    if (typeof current === 'number') found.push(pointer);
    else for (const [key, child] of entriesOf(current) ?? []) visit(child, pointerTo(pointer, key));
  };
  visit(value, '');
  return found;
}
